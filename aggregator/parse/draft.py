"""What both readers find, in feedparser's terms, and the one way it becomes an `Entry`.

The fast and the thorough reader fill the same `Draft`; whatever needs judgement (which text is the
fullest, what counts as a link, who the authors are) is decided here, once, so that they cannot differ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from feedparser.html import _cp1252

from aggregator.parse.dates import parse_date
from aggregator.schema import Enclosure, Entry, Point, Term
from aggregator.urls import resolve

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_DATES = ("published", "updated", "created")
_C1 = re.compile("[\x80-\x9f]")
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n\s*")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an entry with the media type, language and base address that hold for it."""

    value: str
    type: str = "text/html"
    language: str = ""
    base: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """One entry while it is read; names and meanings are those of feedparser's result."""

    props: dict[str, str] = field(default_factory=dict)
    """`id`, `link`, `title`, `summary`, `published`, `updated`, `created`, `author`, `geo_lat`, …"""
    details: dict[str, Text] = field(default_factory=dict)
    """Type, language and base of `title` and `summary`; their values are in props."""
    contents: list[Text] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    authors: list[dict[str, str]] = field(default_factory=list)
    tags: list[tuple[str, str, str]] = field(default_factory=list)
    """Term, scheme, label."""
    media: list[dict[str, str]] = field(default_factory=list)
    """Attributes of media:content."""
    thumbnails: list[str] = field(default_factory=list)
    image: str = ""
    point: tuple[float, float] | None = None
    """Latitude, longitude."""


def repaired(text: str) -> str:
    """UTF-8 that was read as Latin-1 is UTF-8 again; Windows-1252 code points are the characters meant."""
    if text.isascii():
        return text
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("latin-1").decode("utf-8")
    return text.translate(_cp1252) if _C1.search(text) else text


def shape(draft: Draft, *, atom: bool, base: str, language: str) -> Entry | None:
    """The entry a draft describes, or None if it says nothing at all.

    `atom`: texts of type text/plain are literal, so they are escaped into HTML; in RSS they are not, since
    most publishers put markup there. `base` and `language` are the feed's.
    """
    props = draft.props
    summary, content = _texts(draft, atom)
    details = [*draft.contents, *(draft.details.get(name, Text("")) for name in ("summary", "title"))]
    base = next((detail.base for detail in details if detail.base), base)
    languages = (props.get("language", ""), *(detail.language for detail in details), language)
    published, updated, created = (parse_date(props.get(name, "")) for name in _DATES)
    entry = Entry(
        guid=props.get("id", ""),
        link=_link(draft, base),
        title=_title(draft, atom),
        authors=_authors(draft.authors),
        published=published or created or updated,
        updated=updated,
        language=next((tag for text in languages if (tag := language_tag(text))), ""),
        summary=summary,
        content=content,
        base=resolve(base, base) if base else "",
        terms=_terms(draft.tags),
        enclosures=_enclosures(draft, base),
        image=_image(draft, base),
        points=_points(draft),
    )
    says = entry.guid, entry.link, entry.title, entry.summary, entry.content, entry.enclosures, entry.image
    return entry if any(says) else None


@lru_cache(maxsize=64)
def language_tag(text: str) -> str:
    """A BCP 47 tag (`pt_BR` is `pt-BR`), or empty if it is none."""
    tag = text.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


def from_plain(text: str) -> str:
    """Literal text as HTML: a paragraph where a blank line was."""
    return _paragraphs(escape(text, quote=False))


def _paragraphs(html: str) -> str:
    if "<" in html or not _BLANK_LINES.search(html):
        return html
    return "".join(f"<p>{part}</p>" for part in _BLANK_LINES.split(html.strip()))


def _html(text: Text, atom: bool) -> str:
    if atom and text.type == "text/plain":
        return from_plain(text.value)
    if text.type == "application/xhtml+xml":
        return text.value.replace("</br>", "")
    return _paragraphs(text.value)


def _title(draft: Draft, atom: bool) -> str:
    title = draft.props.get("title", "")
    detail = draft.details.get("title")
    if detail is not None and atom and detail.type == "text/plain":
        return escape(title, quote=False)
    return title


def _texts(draft: Draft, atom: bool) -> tuple[str, str]:
    """Summary and content: the fullest of all texts is the content, if there is more than one."""
    texts = [_html(content, atom) for content in draft.contents if content.value]
    summary = draft.props.get("summary", "")
    detail = draft.details.get("summary")
    if summary and not (detail is None and any(summary == content.value for content in draft.contents)):
        texts.append(_html(Text(summary, detail.type if detail else "text/html"), atom))
    texts = list(dict.fromkeys(texts))
    if not texts:
        return "", ""
    if len(texts) == 1:
        return ("", texts[0]) if draft.contents else (texts[0], "")
    content = max(texts, key=len)
    return next(text for text in reversed(texts) if text is not content), content


def _link(draft: Draft, base: str) -> str:
    alternates = (link.get("href", "") for link in draft.links if link.get("rel") == "alternate")
    guid = draft.props.get("id", "")
    for candidate in (draft.props.get("link", ""), *alternates):
        if candidate == guid and not guid.startswith(("http://", "https://", "/")):
            continue  # called a permalink, but it is a bare identifier
        if candidate and (link := resolve(base, candidate)):
            return link
    return resolve(base, guid) if guid.startswith(("http://", "https://")) else ""


def _authors(authors: Iterable[dict[str, str]]) -> tuple[str, ...]:
    names = (repaired(author.get("name") or author.get("email") or "") for author in authors)
    return tuple(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))


def _terms(tags: Iterable[tuple[str, str, str]]) -> tuple[Term, ...]:
    terms = (
        Term(label=" ".join((label or term).split()), scheme=scheme.strip())
        for term, scheme, label in tags
        if (label or term).strip()
    )
    return tuple(dict.fromkeys(terms))


def _enclosures(draft: Draft, base: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    links = [(link.get("href", ""), link.get("type", ""), link.get("length", ""))
             for link in draft.links if link.get("rel") == "enclosure"]  # fmt: skip
    media = [(one.get("url", ""), one.get("type", ""), one.get("filesize", ""))
             for one in draft.media if one.get("type", "").startswith(("audio/", "video/"))]  # fmt: skip
    for href, kind, length in (*links, *media):
        if href and (url := resolve(base, href)) and url not in found:
            found[url] = Enclosure(url=url, type=kind.strip(), length=_bytes(length))
    return tuple(found.values())


def _bytes(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 16 and int(text) else None


def _image(draft: Draft, base: str) -> str:
    shown = [one.get("url", "") for one in draft.media if _is_picture(one, one.get("url", ""))]
    enclosed = [
        link.get("href", "")
        for link in draft.links
        if link.get("rel") == "enclosure" and _is_picture(link, link.get("href", ""))
    ]
    for candidate in (*shown, *enclosed, *draft.thumbnails, draft.image):
        if candidate and (url := resolve(base, candidate)):
            return url
    return ""


def _is_picture(attributes: dict[str, str], url: str) -> bool:
    kind = attributes.get("type", "")
    said = kind.startswith("image/") or attributes.get("medium") == "image"
    return said or (not kind and _PICTURE.search(url) is not None)


def _points(draft: Draft) -> tuple[Point, ...]:
    point = draft.point
    if point is None:
        try:
            point = float(draft.props.get("geo_lat", "")), float(draft.props.get("geo_long", ""))
        except ValueError:
            return ()
    lat, lon = point
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return ()
    return (Point(lat=lat, lon=lon, name=draft.props.get("georss_featurename", "")),)
