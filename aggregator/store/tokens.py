"""Tokens and app passwords that open feeds: made, listed, revoked, asked for. Only hashes of them are kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from aggregator.schema import Reader, Token
from aggregator.store.dialect import sentences, writing
from aggregator.store.reader_tables import reader, token
from aggregator.store.sessions import READER, USED_WITHIN, hash_of


class Tokens:
    """The side of the store that lets readers' programs in. Every method raises StoreError."""

    engine: sa.Engine

    def add_token(self, who: Reader, *, view: str, label: str, now: datetime) -> str:
        """A new token, 256 random bits; it cannot be asked for again. Without a view it opens all feeds."""
        made = secrets.token_urlsafe(32)
        row = {
            "id": secrets.token_hex(4),
            "reader_n": who.n,
            "view": view,
            "label": label,
            "hash": hash_of(made),
            "made": now,
        }
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.insert(token), [row])
        return made

    def tokens(self, who: Reader | None = None) -> Sequence[Token]:
        """All tokens that hold, or those of a reader, by view and reader."""
        columns = (token.c.id, reader.c.name.label("reader"), token.c.view, token.c.label)
        query = sa.select(*columns, token.c.made, token.c.used).join_from(token, reader)
        if who is not None:
            query = query.where(token.c.reader_n == who.n)
        query = query.order_by(token.c.view, reader.c.name, token.c.made, token.c.id)
        with sentences(self.engine), self.engine.connect() as connection:
            return [Token(**row._mapping) for row in connection.execute(query)]

    def revoke_token(self, id: str, who: Reader | None = None) -> bool:
        """Ends a token at once; False if there is none of this id, or it is not this reader's."""
        query = sa.delete(token).where(token.c.id == id)
        if who is not None:
            query = query.where(token.c.reader_n == who.n)
        with sentences(self.engine), writing(self.engine) as connection:
            return connection.execute(query).rowcount > 0

    def revoke_tokens(self, who: Reader) -> None:
        """Ends all tokens of a reader at once."""
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.delete(token).where(token.c.reader_n == who.n))

    def admits(self, view: str, said: str, now: datetime) -> Reader | None:
        """Whose token of the view was said, if it is one."""
        query = sa.select(*READER, token.c.id, token.c.used).join_from(token, reader)
        query = query.where(token.c.hash == hash_of(said), token.c.view.in_(["", view]))
        with sentences(self.engine), self.engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if row.used is None or row.used < now - USED_WITHIN:
            with sentences(self.engine), writing(self.engine) as connection:
                connection.execute(sa.update(token).where(token.c.id == row.id).values(used=now))
        return Reader(n=row.n, name=row.name, role=row.role)
