"""Readers of the desk, on both databases."""

from datetime import UTC, datetime

from aggregator.store import Store

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def test_the_owner_is_made_once_and_is_an_admin(store: Store) -> None:
    assert store.reader("owner") is None
    owner = store.owner(NOW)
    assert (owner.name, owner.role, owner.is_admin) == ("owner", "admin", True)
    assert store.owner(NOW) == owner
    assert store.reader("owner") == owner
