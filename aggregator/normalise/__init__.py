"""Entry to Article: the feed's words become ours. Pure; never raises for what a feed may hold.

Dates (rule 24): a missing date is the time first seen. So is one before 1990: there were no feeds, so it
is what an unset clock gives (1970, 1980, year 1), and would hide the news at the end of every list. A date
in the future is clamped to the time first seen.
"""

from __future__ import annotations

import html as entities
import re
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from aggregator.normalise.dateline import IsPlace
from aggregator.normalise.opening import opening, without_opening
from aggregator.normalise.titles import site_in
from aggregator.schema import Article, Entry, Identity, Removal, Source
from aggregator.urls import canonical_url, host_of, resolve

SUMMARY = 300
"""Characters of a summary, at most."""
_FALLBACK_TITLE = 80
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_SLACK = timedelta(days=1)
"""A date farther ahead is no mistake of clock or zone but junk: the feed has then given no date."""
_UPDATE_HORIZON = timedelta(days=366)
_LANGUAGE = re.compile(
    r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?:[-_](?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:[-_][a-z0-9](?:[-_][a-z0-9]{1,8})+)?",
    re.I | re.A,
)
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})
_MAIL_AND_NAME = re.compile(r"<?[^\s<>()@]+@[^\s<>()@]+>?\s*\((.*)\)")
_MAIL = re.compile(r"[<(\[]?(?:mailto:)?[^\s<>()\[\]@]+@[^\s<>()\[\]@]+\.[^\s<>()\[\]@]+[>)\]]?")
_BY = re.compile(r"(?:by|par|por|von)\s+(?=[A-ZÀ-Þ])", re.I)
_IMAGE = re.compile(r'<img[^>]* src="([^"]*)"[^>]*>')
_ICON = re.compile(r'/emoji/|/smilies/| (?:width|height)="[0-3]?[0-9](?:px)?"')
_SENTENCE_END = re.compile(r"[.!?؟。…][\"”’»)\]]*(?=\s)")


def normalise(
    entry: Entry, identity: Identity, source: Source, *, first_seen: datetime, is_place: IsPlace
) -> Article:
    """The article of a cleaned entry that its source first served at `first_seen`; `is_place` tells datelines."""
    url = canonical_url(entry.link)
    html = entry.content or entry.summary
    published, given = _published(entry.published, first_seen)
    first = opening(entry.text, is_place)
    text = entry.text[first.length :]
    if first.length:
        html = without_opening(html, entry.text[: first.length])
    excerpt = (
        entry.excerpt[opening(entry.excerpt, is_place).length :] if entry.excerpt != entry.text else text
    )
    title, named = _title(entry, source)
    return Article(
        uid=_uid(url, identity, source),
        identity=identity,
        guid=_storable(entry.guid),
        url=url,
        title=title or _shortened(" ".join(text.split()), _FALLBACK_TITLE) or "(untitled)",
        authors=_authors(entry.authors or first.authors),
        published=published,
        published_given=given,
        updated=_updated(entry.updated, first_seen),
        first_seen=first_seen,
        language=_language(entry.language) or _language(source.language or ""),
        dateline=first.dateline,
        summary=_shortened(" ".join(excerpt.split()), SUMMARY),
        html=html,
        text=text,
        enclosures=tuple(enclosure for enclosure in entry.enclosures if host_of(enclosure.url)),
        image=_image(entry, html),
        terms=entry.terms,
        points=entry.points,
        places=entry.places,
        breadcrumb=entry.breadcrumb,
        removed=entry.removed + named + first.removed,
    )


def _title(entry: Entry, source: Source) -> tuple[str, tuple[Removal, ...]]:
    """The title without the name of its source at the end, and what went."""
    site = site_in(entry.title, source.title)
    return entry.title.removesuffix(site), (Removal(rule="site name", text=site.strip()),) if site else ()


def _uid(url: str, identity: Identity, source: Source) -> str:
    own = url.partition("://")[2] if identity.link_is_own else ""
    name = own or f"{source.url} {identity.key}"
    return uuid5(NAMESPACE_URL, _storable(name)).urn


def _storable(text: str) -> str:
    """Without what no database takes: NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _published(given: datetime | None, first_seen: datetime) -> tuple[datetime, bool]:
    if given is None or given < _EARLIEST or given > first_seen + _SLACK:
        return first_seen, False
    return min(given, first_seen), True


def _updated(given: datetime | None, first_seen: datetime) -> datetime | None:
    """An update may come after the entry was first seen, but a year ahead it is junk."""
    if given is None or given < _EARLIEST or given > first_seen + _UPDATE_HORIZON:
        return None
    return given


def _language(tag: str) -> str:
    """BCP 47 as it is commonly written ("en-US", "zh-Hant"); empty for what is no language tag."""
    found = _LANGUAGE.fullmatch(tag.strip())
    if not found or found[1].lower() in _NO_LANGUAGE:
        return ""
    language, script, region = found.groups("")
    return "-".join(part for part in (language.lower(), script.title(), region.upper()) if part)


def _authors(given: tuple[str, ...]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for author in given:
        found = _MAIL_AND_NAME.fullmatch(author.strip())
        name = _MAIL.sub("", found[1] if found else author)
        name = _BY.sub("", " ".join(name.split()), count=1).strip(" ,;()<>")
        if name:
            names[name] = None
    return tuple(names)


def _shortened(text: str, limit: int) -> str:
    """At most `limit` characters: whole sentences if they fill half of it, else whole words and "…"."""
    if len(text) <= limit:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, limit + 1)]
    if ends and limit // 2 <= ends[-1] <= limit:
        return text[: ends[-1]]
    cut = text.rfind(" ", limit // 2, limit)
    return text[: cut if cut > 0 else limit - 1].rstrip(" ,;:–—-") + "…"


def _image(entry: Entry, html: str) -> str:
    """The entry's own image, else the first in its text that is no icon, else an enclosed one."""
    own = resolve(entry.base or entry.link, entry.image)
    if own:
        return own
    if "<img" in html:
        for found in _IMAGE.finditer(html):
            if not _ICON.search(found[0]):
                return resolve("", entities.unescape(found[1]))
    enclosed = (one.url for one in entry.enclosures if one.type.lower().startswith("image/"))
    return next((url for url in enclosed if host_of(url)), "")
