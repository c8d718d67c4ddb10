"""Tokens open the feeds of one view, app passwords all; only hashes of them are stored."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from aggregator.store import Store

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def test_a_token_opens_its_view_and_no_other(store: Store) -> None:
    ann = store.welcome("ann", now=NOW)
    token = store.add_token(ann, view="world", label="phone", now=NOW)
    assert store.admits("world", token, NOW) == ann
    assert store.admits("sport", token, NOW) is None
    assert store.admits("world", token[:-1], NOW) is None
    assert store.admits("world", "", NOW) is None


def test_an_app_password_opens_every_view(store: Store) -> None:
    said = store.add_token(store.welcome("ann", now=NOW), view="", label="phone", now=NOW)
    assert store.admits("world", said, NOW)
    assert store.admits("latest", said, NOW)


def test_a_revoked_token_opens_nothing_and_leaves_the_others(store: Store) -> None:
    ann, bo = (store.welcome(name, now=NOW) for name in ("ann", "bo"))
    first, second = (store.add_token(one, view="world", label="", now=NOW) for one in (ann, bo))
    (listed,) = store.tokens(ann)
    assert (listed.reader, listed.view, listed.made) == ("ann", "world", NOW)
    assert not store.revoke_token(listed.id, bo)
    assert store.revoke_token(listed.id, ann)
    assert not store.revoke_token(listed.id)
    assert store.admits("world", first, NOW) is None
    assert store.admits("world", second, NOW) == bo


def test_the_last_use_of_a_token_is_kept_to_the_quarter_hour(store: Store) -> None:
    ann = store.welcome("ann", now=NOW)
    said = store.add_token(ann, view="", label="", now=NOW)
    assert store.tokens(ann)[0].used is None
    for minutes, used in ((1, 1), (10, 1), (17, 17)):
        store.admits("world", said, NOW + timedelta(minutes=minutes))
        assert store.tokens(ann)[0].used == NOW + timedelta(minutes=used)


def test_the_database_does_not_hold_the_token(store: Store) -> None:
    token = store.add_token(store.welcome("ann", now=NOW), view="world", label="", now=NOW)
    with store.engine.connect() as connection:
        (row,) = connection.execute(sa.text("SELECT * FROM token")).all()
    assert not any(token[:8] in str(value) for value in row)
