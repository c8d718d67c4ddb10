"""What a reader does with articles: marks them as read, stars, saves and tags them, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, g, jsonify, redirect, request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from aggregator.errors import FilterError
from aggregator.filters import Filter, slug
from aggregator.schema import Article, Reader
from aggregator.store import MOST_TAGS
from web.address import joined
from web.csrf import HEADER, is_https
from web.desk import this_desk
from web.look import own_path
from web.query import BadParameter
from web.reader import signed_in, this_reader
from web.views import own_tags
from web.words import number_words

blueprint = Blueprint("noting", __name__)

DONE = "dateline-done"
"""Cookie that tells the next page what was done, so that it can offer to undo it."""
_LARGEST = 2**63 - 1
_DEED = re.compile(r"(un)?(?:(read|star|save)\.([0-9]{1,10})|tag\.([0-9]{1,10})\.(.{1,200}))")
_SWEPT = re.compile(r"(list|all)\.([0-9]{1,16})\.([0-9]{1,9})")
_WHAT = {"read": "read", "star": "starred", "save": "saved"}
_SAID = {
    "read": _("Marked as read."),
    "unread": _("Marked as unread."),
    "star": _("Starred."),
    "unstar": _("No longer starred."),
    "save": _("Saved for later."),
    "unsave": _("No longer saved."),
}
_LONGEST = 1_000
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a reader did with one article."""

    undoes: bool
    what: str
    """`read`, `star`, `save`, or `tag`."""
    id: int
    tag: str = ""

    @classmethod
    def of(cls, code: str) -> Deed | None:
        """What a button or a cookie says; None if it says nothing."""
        found = _DEED.fullmatch(code)
        if not found or int(found[3] or found[4]) > _LARGEST_ID:
            return None
        try:
            tag = slug("tag", found[5].strip()) if found[5] else ""
        except FilterError:
            return None
        return cls(bool(found[1]), found[2] or "tag", int(found[3] or found[4]), tag)

    def __str__(self) -> str:
        return f"{'un' if self.undoes else ''}{self.what}.{self.id}{f'.{self.tag}' if self.tag else ''}"

    @property
    def opposite(self) -> Deed:
        return Deed(not self.undoes, self.what, self.id, self.tag)

    @property
    def said(self) -> str:
        if self.what == "tag":
            said = (
                _("Tag “%(tag)s” taken away.", tag=self.tag)
                if self.undoes
                else _("Tagged “%(tag)s”.", tag=self.tag)
            )
            return str(said)
        return str(_SAID[f"{'un' if self.undoes else ''}{self.what}"])

    def do(self, reader: Reader) -> None:
        desk = this_desk()
        what = _WHAT.get(self.what, f"tag:{self.tag}")
        desk.store.note(reader.n, [self.id], what, on=not self.undoes, now=desk.now())


# --- what pages need -----------------------------------------------------------------------------


def notes_of(articles: Sequence[Article]) -> dict[int, dict[str, Any]]:
    """What the reader noted of each article, by its number; nothing if there is no reader."""
    reader = this_reader()
    if reader is None or not articles:
        return {}
    places = [article.position for article in articles if article.position is not None]
    found = this_desk().store.notes(reader.n, places)
    return {
        article.id: _shown(found.get(article.position, frozenset()))
        for article in articles
        if article.id is not None and article.position is not None
    }


def this_page() -> str:
    """The address of the current page, for a form to come back to."""
    path = quote(request.script_root + request.path)
    return joined(path, request.args.items(multi=True)) if len(request.query_string) < _LONGEST else path


def mark_opened(article: Article) -> None:
    """Marks an article as read that the reader opened."""
    reader, desk = this_reader(), this_desk()
    if reader is None or article.id is None or article.position is None:
        return
    if "read" not in desk.store.notes(reader.n, [article.position])[article.position]:
        desk.store.note(reader.n, [article.id], "read", on=True, now=desk.now())


def _shown(noted: frozenset[str]) -> dict[str, Any]:
    tags = sorted(one.removeprefix("tag:") for one in noted if one.startswith("tag:"))
    return {what: noted_as in noted for what, noted_as in _WHAT.items()} | {"tags": tags}


def done() -> dict[str, str] | None:
    """What was done a moment ago, in words, with what undoes it; told once."""
    code = request.cookies.get(DONE, "")
    told = _told(code) if this_reader() else None
    if told:
        g.done_is_told = True
    return told


def _told(code: str) -> dict[str, str] | None:
    if swept := _SWEPT.fullmatch(code):
        all_of_it = swept[1] == "all"
        return {
            "said": gettext("Everything marked as read.") if all_of_it else _marked(int(swept[3])),
            "undo": code,
        }
    deed = Deed.of(code)
    return {"said": deed.said, "undo": str(deed.opposite)} if deed else None


def _marked(count: int) -> str:
    if not count:
        return str(_("Everything here was read already."))
    return str(
        ngettext(
            "1 article marked as read.",
            "%(count)s articles marked as read.",
            count,
            count=number_words(count),
        )
    )


@blueprint.after_app_request
def forget_done(response: Response) -> Response:
    """The next page does not tell it again."""
    if g.get("done_is_told"):
        response.delete_cookie(DONE, secure=is_https(), httponly=True, samesite="Lax")
    return response


# --- what forms and scripts send --------------------------------------------------------------------


@blueprint.post("/notes")
def note() -> Any:
    """Does what a button says: `read.12`, `unstar.12`, `tag.12` with a name in the field `tag`."""
    reader = signed_in()
    code = request.form.get("note", "")
    if re.fullmatch(r"(un)?tag\.[0-9]{1,10}", code):
        code = f"{code}.{_tag()}"
    deed = Deed.of(code)
    if deed is None or this_desk().store.article(deed.id) is None:
        abort(404)
    _make_room(deed)
    deed.do(reader)
    return _answer(str(deed), deed.id)


@blueprint.post("/notes/undo")
def undo() -> Any:
    """Takes back what was done last."""
    reader, desk = signed_in(), this_desk()
    code = request.form.get("undo", "")
    if swept := _SWEPT.fullmatch(code):
        undone = desk.store.unread_again(reader.n, int(swept[2]), desk.now())
        said = _("Unread again.") if undone else _("That cannot be undone any more.")
        return jsonify(said=str(said), undo="") if _is_script() else redirect(_back(), 303)
    deed = Deed.of(code)
    if deed is None:
        abort(404)
    _make_room(deed)
    deed.do(reader)
    return _answer(str(deed), deed.id) if _is_script() else redirect(_back(), 303)


def swept(where: Filter, *, everything: bool) -> Any:
    """Marks the articles of a list as read, or those above one of them; what arrived since the page was made is not."""
    reader, desk = signed_in(), this_desk()
    upto, above = _number("upto", _LARGEST_ID), request.form.get("above", "")
    now = desk.now()
    if everything and not above:
        return _answer(f"all.{desk.store.read_all(reader.n, upto=upto, now=now)}.0", None)
    bounds: dict[str, int] = {}
    if above:
        oldest_first = request.form.get("order") == "oldest"
        place = _number("above", _LARGEST)
        bounds = {"before": place + 1} if oldest_first else {"lowest": place}
    stamp, count = desk.store.read_list(reader.n, where, upto=upto, now=now, **bounds)
    return _answer(f"list.{stamp}.{count}", None)


def _tag() -> str:
    try:
        return slug("tag", "-".join(request.form.get("tag", "").split()))
    except FilterError as error:
        raise BadParameter(str(error), name="tag") from error


def _make_room(deed: Deed) -> None:
    """Refuses one tag more than a reader may have."""
    if not deed.tag or deed.undoes:
        return
    known = own_tags()
    if deed.tag not in known and len(known) >= MOST_TAGS:
        raise BadParameter(f"A reader has at most {MOST_TAGS} tags; take one away first.", name="tag")


def _number(name: str, most: int) -> int:
    said = request.form.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 20 and int(said) < most):
        abort(400, _("This form is not complete. Go back, load the page again and repeat it."))
    return int(said)


def _answer(code: str, id: int | None) -> Any:
    """For a script what it shows; for a form the page it came from, which offers to undo it."""
    told = _told(code) or {}
    if _is_script():
        return jsonify(**told, id=id, notes=_now(id) if id else None)
    response = redirect(_back(id), 303)
    response.set_cookie(DONE, code, max_age=60, secure=is_https(), httponly=True, samesite="Lax")
    return response


def _now(id: int) -> dict[str, Any]:
    found = this_desk().store.article(id)
    return notes_of([found]).get(id, {}) if found else {}


def _is_script() -> bool:
    return HEADER in request.headers


def _back(id: int | None = None) -> str:
    """The page a form came from, at the article it spoke of; only ever one of ours."""
    path = own_path(request.form.get("back", "").partition("#")[0])
    return f"{path}#a{id}" if id else path
