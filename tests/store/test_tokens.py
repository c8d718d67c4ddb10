"""Tokens open the feeds of one view, until they are revoked; only hashes of them are stored."""

from datetime import UTC, datetime

import sqlalchemy as sa

from aggregator.store import Store

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def test_a_token_opens_its_view_and_no_other(store: Store) -> None:
    token = store.add_token(reader="ann", view="world", now=NOW)
    assert store.admits("world", token)
    assert not store.admits("sport", token)
    assert not store.admits("world", token[:-1])
    assert not store.admits("world", "")


def test_a_revoked_token_opens_nothing_and_leaves_the_others(store: Store) -> None:
    first, second = (store.add_token(reader=name, view="world", now=NOW) for name in ("ann", "bo"))
    listed = {token.reader: token for token in store.tokens()}
    assert (listed["ann"].view, listed["ann"].made) == ("world", NOW)
    assert store.revoke_token(listed["ann"].id)
    assert not store.revoke_token(listed["ann"].id)
    assert not store.admits("world", first)
    assert store.admits("world", second)


def test_the_database_does_not_hold_the_token(store: Store) -> None:
    token = store.add_token(reader="ann", view="world", now=NOW)
    with store.engine.connect() as connection:
        (row,) = connection.execute(sa.text("SELECT * FROM token")).all()
    assert not any(token in str(value) or str(value) in token for value in row if value != NOW)
