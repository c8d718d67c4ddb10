"""Tokens that open feeds: made, listed, revoked, asked for. Only hashes of them are kept."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from aggregator.schema import Token
from aggregator.store.dialect import sentences, writing
from aggregator.store.tables import token


class Tokens:
    """The side of the store that lets readers in. Every method raises StoreError."""

    engine: sa.Engine

    def add_token(self, *, reader: str, view: str, now: datetime) -> str:
        """A new token, 256 random bits; it cannot be asked for again."""
        made = secrets.token_urlsafe(32)
        row = {"id": secrets.token_hex(4), "reader": reader, "view": view, "hash": _hash(made), "made": now}
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.insert(token), [row])
        return made

    def tokens(self) -> Sequence[Token]:
        """All tokens that hold, by view and reader."""
        columns = (token.c.id, token.c.reader, token.c.view, token.c.made)
        query = sa.select(*columns).order_by(token.c.view, token.c.reader, token.c.made, token.c.id)
        with sentences(self.engine), self.engine.connect() as connection:
            return [Token(**row._mapping) for row in connection.execute(query)]

    def revoke_token(self, id: str) -> bool:
        """Ends a token at once; False if there is none of this id."""
        with sentences(self.engine), writing(self.engine) as connection:
            return connection.execute(sa.delete(token).where(token.c.id == id)).rowcount > 0

    def admits(self, view: str, said: str) -> bool:
        """Whether what was said is a token of the view. How long it takes tells nothing of any token."""
        given = _hash(said)
        query = sa.select(token.c.hash).where(token.c.view == view)
        with sentences(self.engine), self.engine.connect() as connection:
            hashes = connection.execute(query).scalars().all()
        return sum(hmac.compare_digest(given, one) for one in hashes) > 0


def _hash(said: str) -> str:
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
