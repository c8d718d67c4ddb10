"""What a reader has on each shelf of a list: all of it, the unread, the starred, what was saved for later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from aggregator.filters import (
    Filter,
    Noted,
    Vocabulary,
    all_of,
    leaves,
    moves_with_time,
    operand,
    unhidden,
)
from aggregator.schema import View
from aggregator.store import Store
from web.address import ListAddress
from web.desk import this_desk
from web.query import BadParameter
from web.reader import this_reader
from web.views import by_reader, filter_of
from web.words import number_words

MOST = 1_000
"""How far is counted: whoever has more does not read them one by one."""
SHELVES = {"unread": _("Unread"), "starred": _("Starred"), "saved": _("Saved")}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GOOD_FOR = timedelta(minutes=5)
"""How long the count of a filter that counts back from now is good."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list, and where it is."""

    id: str
    """`unread`, `starred`, `saved`; nothing for all of it."""
    name: str
    url: str
    count: str
    chosen: bool


def is_personal(tree: Filter) -> bool:
    """Whether a filter finds other articles for another reader."""
    return any(isinstance(leaf, Noted) for leaf in leaves(tree))


def standing() -> str:
    """Changes with every article and with everything the reader notes: until then counts are as they were.

    It is as it was when the current request first asked: what is made of it may be newer, never older.
    """
    if "standing" not in g:
        store, reader = this_desk().store, this_reader()
        g.standing = f"{store.standing()[0]} {store.noted_at(reader.n) if reader else 0}"
    found: str = g.standing
    return found


def good_since(tree: Filter, now: datetime) -> datetime:
    """The instant for which a count of what a filter finds is made, so that it can be kept for a while."""
    return now - (now - _EPOCH) % _GOOD_FOR if moves_with_time(tree) else _EPOCH


def shelves(here: ListAddress, bare: Filter) -> list[Part]:
    """The shelves of a list; `bare` is its filter without the shelf. None of them if there is no reader."""
    reader = this_reader()
    if reader is None:
        return []
    known = Vocabulary(reader=reader.n)
    chosen = next((id for id in SHELVES if id in here.values("is")), "")
    found = [Part("", gettext("All"), here.beside("is", ""), "", not chosen)]
    for id, name in SHELVES.items():
        count = counted(all_of([bare, operand("is", id, known)]))
        found.append(Part(id, str(name), here.beside("is", id), count, id == chosen))
    return found


def unread_in(view: View | None) -> str:
    """How many articles of a view the reader has not read; nothing if none, or if there is no reader."""
    reader = this_reader()
    if reader is None:
        return ""
    desk = this_desk()
    known = by_reader(desk.vocabulary(desk.settings()))
    try:
        asked = filter_of(view, known)
    except BadParameter:  # its page says why
        return ""
    return counted(all_of([asked, operand("is", "unread", known)]))


def counted(tree: Filter) -> str:
    """How many articles a filter finds, but hidden ones; nothing if none."""
    desk = this_desk()
    where = unhidden(tree)
    count = _count(desk.store, standing(), where, good_since(where, desk.now()))
    return f"{number_words(count)}{'+' if count == MOST else ''}" if count else ""


@lru_cache(maxsize=1024)
def _count(store: Store, state: str, where: Filter, now: datetime) -> int:
    return store.number(where, now=now, most=MOST)
