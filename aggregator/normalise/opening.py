"""What stands before the first sentence (author, date, dateline), taken out of text and HTML alike."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass

from aggregator.normalise.dateline import DATE, IsPlace, dateline
from aggregator.schema import Removal

_ROUNDS = 3
_REACH = 160
_NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w’'.-]*"
_NAME = rf"{_NAME_WORD}(?: (?:(?:de la|de|del|da|dos|van|von|el|al|ben|bin) )?{_NAME_WORD}){{1,3}}"
_BYLINE = re.compile(
    rf"(?:By|BY|Par|PAR|Por|POR|Von|VON) (?P<names>{_NAME}(?: (?:and|et|y|e|und|&) {_NAME})?)"
    r"(?:(?P<dash>\s*[|•]\s*|\s+[–—-]+\s+|\s*[–—]\s*|\s*\n\s*)|,\s+|\s*(?=\())(?=[\"“«¿¡(]*[A-ZÀ-Þ])"
)
_ARABIC_BYLINE = re.compile(
    r"(?:بقلم|كتبت?|الكاتب)\s*[:/-]?\s*(?P<names>[\u0621-\u064a]+(?: [\u0621-\u064a]+){1,3})"
    r"(?P<dash>\s*[–—|•]\s*|\s+-\s+)"
)
_AND = re.compile(r" (?:and|et|y|e|und|&) ")
_DATE = re.compile(
    rf"(?:(?:Published|Posted|Updated|Publié|Publicado|Actualizado|Veröffentlicht|Stand|Atualizado|نشر)[\w\s]{{0,12}}:?\s)?"
    rf"(?:(?i:{DATE})|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}|\d{{1,2}} [\u0621-\u064a]{{3,10}} \d{{4}})"
    r"(?:,? (?:at )?\d{1,2}[:h]\d\d(?: ?(?:am|pm|AM|PM|GMT|UTC|Uhr))?)?(?:,? \([A-Za-z ]{2,20}\))?"
    r"(?:(?P<dash>\s*[–—|•]\s*|\s+-+\s+|(?<=\))\s*-+\s*)|,\s+)(?=[\"“«‘¿¡(]*[A-ZÀ-Þ\u0621-\u064a])"
)
_PIECE = re.compile(r"<[^>]*>|&[^;<\s]{1,40};|[^<&]+|.", re.S)
_EMPTIED = re.compile(r"<(b|strong|i|em|span|a|u|small|p|div)(?: [^>]*)?>\s*</\1>\s*")
_NESTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What was found before the first sentence."""

    dateline: str = ""
    authors: tuple[str, ...] = ()
    length: int = 0
    """Characters of the text up to the first sentence."""
    removed: tuple[Removal, ...] = ()


def opening(text: str, is_place: IsPlace) -> Opening:
    """The author, the date and the dateline a plain text opens with, in any order, each once."""
    found = Opening()
    for _ in range(_ROUNDS):
        more = _next(text[found.length : found.length + 2 * _REACH], is_place)
        if more is None or any(one.rule == more.removed[0].rule for one in found.removed):
            break
        found = Opening(
            dateline=found.dateline or more.dateline,
            authors=found.authors or more.authors,
            length=found.length + more.length,
            removed=found.removed + more.removed,
        )
    return found


def _next(text: str, is_place: IsPlace) -> Opening | None:
    byline = _BYLINE.match(text[:_REACH]) or _ARABIC_BYLINE.match(text[:_REACH])
    if byline and (byline["dash"] or dateline(text[byline.end() :], is_place)):
        names = tuple(_AND.split(byline["names"]))
        return _opening("byline", text[: byline.end()], authors=names)
    date = _DATE.match(text[:_REACH])
    if date and (date["dash"] or dateline(text[date.end() :], is_place)):
        return _opening("date", text[: date.end()])
    if place := dateline(text, is_place):
        return _opening("dateline", text[: place.length], dateline=place.place)
    return None


def _opening(rule: str, words: str, *, dateline: str = "", authors: tuple[str, ...] = ()) -> Opening:
    removal = Removal(rule=rule, text=" ".join(words.split()))
    return Opening(dateline=dateline, authors=authors, length=len(words), removed=(removal,))


def without_opening(html: str, words: str) -> str:
    """HTML without the words it opens with, its tags kept; as it was if it opens with other words."""
    wanted = "".join(words.split())
    tags: list[str] = []
    seen = 0
    for piece in _PIECE.finditer(html):
        if piece[0][0] == "<":
            tags.append(piece[0])
            continue
        reference = piece[0][0] == "&" and len(piece[0]) > 1
        for offset, sign in enumerate(entities.unescape(piece[0]) if reference else piece[0]):
            if sign.isspace():
                continue
            if seen == len(wanted):
                return _tidied("".join(tags) + html[piece.start() + (0 if reference else offset) :])
            if sign != wanted[seen]:
                return html
            seen += 1
    return html


def _tidied(html: str) -> str:
    for _ in range(_NESTED):
        html, count = _EMPTIED.subn("", html, count=2)
        if not count:
            break
    return html
