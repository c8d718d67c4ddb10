"""The counts beside a list. Counting is the dearest part of a page, so what was counted is kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from aggregator.filters import Filter
from aggregator.store import Facets, Store
from web.shelves import good_since, is_personal, standing

FEW = 500
"""Articles that are counted while the page is made: in about 15 ms."""
_MOST_KEPT = 256
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MANY_FOR = timedelta(minutes=1)
"""How long those of a long list are good, whatever arrives."""

_kept: OrderedDict[_Key, Facets] = OrderedDict()
_lock = Lock()


def facets_of(store: Store, where: Filter, now: datetime) -> Facets | None:
    """How the articles a filter finds divide; None for a long list that was not counted lately.

    The counts of a short list hold until an article changes, those of a long one for a minute.
    """
    key = _key(store, where, now)
    return _found(key) or (None if key.long else _count(key, store, where, now))


def facets_at_once(store: Store, where: Filter, now: datetime) -> Facets:
    """The same, counted however long it takes."""
    key = _key(store, where, now)
    return _found(key) or _count(key, store, where, now)


@dataclass(frozen=True, slots=True)
class _Key:
    store: int
    where: Filter
    state: str
    at: datetime
    long: bool


def _key(store: Store, where: Filter, now: datetime) -> _Key:
    if store.number(where, now=now, most=FEW + 1) > FEW:
        return _Key(id(store), where, "", now - (now - _EPOCH) % _MANY_FOR, True)
    state = standing() if is_personal(where) else store.state()
    return _Key(id(store), where, state, good_since(where, now), False)


def _found(key: _Key) -> Facets | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _count(key: _Key, store: Store, where: Filter, now: datetime) -> Facets:
    found = store.facets(where, now=now)
    with _lock:
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found
