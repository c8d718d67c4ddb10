"""Browsers in which readers have signed in. Only hashes of the secrets in their cookies are kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from aggregator.schema import Reader, Session
from aggregator.store.dialect import sentences, writing
from aggregator.store.reader_tables import reader, session

LASTS = timedelta(days=30)
"""How long a session lasts after its last use."""
USED_WITHIN = timedelta(minutes=15)
"""How exactly the last use is kept, so that reading does not write all the time."""
READER = (reader.c.n, reader.c.name, reader.c.role)
_LONGEST_AGENT = 200


def hash_of(said: str) -> str:
    """What is stored of a secret of 256 random bits, which needs neither salt nor a slow hash."""
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


class Sessions:
    """The side of the store that remembers who signed in where. Every method raises StoreError."""

    engine: sa.Engine

    def begin_session(self, who: Reader, secret: str, *, agent: str, now: datetime) -> None:
        """Signs a reader in, in the browser that has the secret; sessions that are over go."""
        row = {
            "id": secrets.token_hex(8),
            "reader_n": who.n,
            "hash": hash_of(secret),
            "made": now,
            "used": now,
            "agent": agent[:_LONGEST_AGENT],
        }
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.delete(session).where(session.c.used < now - LASTS))
            connection.execute(sa.insert(session), [row])

    def reader_of_session(self, secret: str, now: datetime) -> Reader | None:
        """Who is signed in, in the browser that has the secret."""
        query = sa.select(*READER, session.c.id, session.c.used).join_from(session, reader)
        query = query.where(session.c.hash == hash_of(secret), session.c.used >= now - LASTS)
        with sentences(self.engine), self.engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if row.used < now - USED_WITHIN:
            with sentences(self.engine), writing(self.engine) as connection:
                connection.execute(sa.update(session).where(session.c.id == row.id).values(used=now))
        return Reader(n=row.n, name=row.name, role=row.role)

    def sessions(self, who: Reader, secret: str, now: datetime) -> Sequence[Session]:
        """Where a reader is signed in, the last used first; the browser that has the secret is marked."""
        query = sa.select(session).where(session.c.reader_n == who.n, session.c.used >= now - LASTS)
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(query.order_by(session.c.used.desc(), session.c.id)).all()
        this = hash_of(secret)
        return [
            Session(id=row.id, agent=row.agent, made=row.made, used=row.used, is_this=row.hash == this)
            for row in rows
        ]

    def end_session(self, id: str, who: Reader) -> bool:
        """Signs a reader out of one browser; False if that reader has no such session."""
        query = sa.delete(session).where(session.c.id == id, session.c.reader_n == who.n)
        with sentences(self.engine), writing(self.engine) as connection:
            return connection.execute(query).rowcount > 0

    def end_session_of(self, secret: str) -> None:
        """Signs out the browser that has the secret."""
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.delete(session).where(session.c.hash == hash_of(secret)))

    def end_sessions(self, who: Reader) -> None:
        """Signs a reader out of every browser."""
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.delete(session).where(session.c.reader_n == who.n))
