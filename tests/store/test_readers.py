"""Readers of the desk, where they are signed in and what is theirs, on both databases."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from aggregator.store import Store
from aggregator.store.sessions import LASTS
from aggregator.store.tables import metadata

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def test_the_owner_is_made_once_and_is_an_admin(store: Store) -> None:
    assert store.reader("owner") is None
    owner = store.owner(NOW)
    assert (owner.name, owner.role, owner.is_admin) == ("owner", "admin", True)
    assert store.owner(NOW) == owner
    assert store.reader("owner") == owner


def test_a_name_is_given_once(store: Store) -> None:
    assert store.add_reader("ann", role="reader", password="#1", now=NOW)
    assert not store.add_reader("ann", role="admin", password="#2", now=NOW)
    assert store.password_of("ann") == "#1"
    assert store.password_of("bo") is None
    (ann,) = store.readers()
    assert not ann.is_admin
    store.set_role(ann, "admin")
    assert store.readers()[0].is_admin


def test_a_session_is_known_by_its_secret_until_it_is_ended(store: Store) -> None:
    ann, bo = (store.welcome(name, now=NOW) for name in ("ann", "bo"))
    store.begin_session(ann, "secret one", agent="Firefox", now=NOW)
    store.begin_session(ann, "secret two", agent="Chrome" * 100, now=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    assert store.reader_of_session("secret one", later) == ann
    assert store.reader_of_session("secret", later) is None
    one, two = store.sessions(ann, "secret one", later)
    assert (one.agent, one.is_this, one.made, one.used) == ("Firefox", True, NOW, later)
    assert (len(two.agent), two.is_this) == (200, False)
    assert not store.end_session(one.id, bo)
    assert store.end_session(one.id, ann)
    assert store.reader_of_session("secret one", later) is None
    assert store.reader_of_session("secret two", later) == ann
    store.end_sessions(ann)
    assert store.sessions(ann, "", later) == []


def test_a_session_ends_by_itself_a_month_after_its_last_use(store: Store) -> None:
    ann = store.welcome("ann", now=NOW)
    store.begin_session(ann, "secret", agent="", now=NOW)
    last = NOW + LASTS
    assert store.reader_of_session("secret", last) == ann
    assert store.reader_of_session("secret", last + LASTS + timedelta(seconds=1)) is None
    store.begin_session(ann, "another", agent="", now=last + LASTS + timedelta(seconds=1))
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM session")).scalar() == 1


def test_a_new_password_signs_out_everywhere(store: Store) -> None:
    ann, bo = (store.welcome(name, now=NOW) for name in ("ann", "bo"))
    store.begin_session(ann, "of ann", agent="", now=NOW)
    store.begin_session(bo, "of bo", agent="", now=NOW)
    store.set_password(ann, "#1")
    assert store.reader_of_session("of ann", NOW) is None
    assert store.reader_of_session("of bo", NOW) == bo


def test_somebody_known_by_a_subject_never_becomes_a_reader_of_that_name(store: Store) -> None:
    owner = store.owner(NOW)
    guest = store.welcome("owner", subject="https://id.example 7", now=NOW)
    assert guest.n != owner.n
    assert (guest.name, guest.role) == ("owner-2", "reader")
    assert store.welcome("another name", subject="https://id.example 7", now=NOW) == guest
    assert store.welcome("owner", subject="https://id.example 8", now=NOW).name == "owner-3"


def test_whoever_goes_takes_all_along_and_leaves_what_is_others(store: Store) -> None:
    ann, bo = (store.welcome(name, now=NOW) for name in ("ann", "bo"))
    for one in (ann, bo):
        store.begin_session(one, f"of {one.name}", agent="Firefox", now=NOW)
        store.add_token(one, view="world", label="phone", now=NOW)
    store.remove_reader(ann)
    assert [one.name for one in store.readers()] == ["bo"]
    with store.engine.connect() as connection:
        for table in metadata.tables.values():
            if "reader_n" in table.c:
                query = sa.select(sa.func.count()).where(table.c.reader_n == ann.n)
                assert connection.execute(query).scalar() == 0
    assert store.reader_of_session("of bo", NOW) == bo
    assert len(store.tokens()) == 1


def test_an_export_has_a_row_of_every_table_that_is_the_readers_and_no_secret(store: Store) -> None:
    ann = store.welcome("ann", now=NOW)
    store.set_password(ann, "#hash of a password")
    store.begin_session(ann, "secret", agent="Firefox", now=NOW)
    store.add_token(ann, view="world", label="phone", now=NOW)
    found = store.belongings(ann)
    assert set(found) >= {"reader", "session", "token"}
    assert found["reader"][0]["name"] == "ann"
    assert found["token"][0]["label"] == "phone"
    assert found["session"][0]["agent"] == "Firefox"
    assert set(found) >= {name for name, table in metadata.tables.items() if "reader_n" in table.c}
    assert "hash" not in str(found)
