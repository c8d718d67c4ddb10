"""The thorough reader: feedparser, for whatever the fast one does not promise to read the same."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

from aggregator.parse.document import Document
from aggregator.parse.draft import Draft, Text, shape
from aggregator.parse.hints import feed_of
from aggregator.schema import Feed

FAULTS = (LookupError, ValueError, TypeError, AttributeError, AssertionError, RuntimeError, OverflowError)
"""What feedparser is known to raise on strange documents."""
# A guid is opaque, also where it looks like a relative address: it must not change with the feed's address.
_FeedParserMixin.can_be_relative_uri = _FeedParserMixin.can_be_relative_uri - {"id"}
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,3000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,1000}?)</skipDays>", re.IGNORECASE | re.DOTALL)
_LONG_WORD = re.compile(rb"[\w.+-]{1000}")
_TAG = re.compile(rb"<[^<>]{0,100}>")


def read(document: Document) -> Feed:
    """The feed as feedparser reads it, without its sanitising (`clean` does that). Raises one of FAULTS."""
    if _has_long_word(document.data):
        raise ValueError("a word is so long that the search for mail addresses would take hours")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": document.base}
    result = feedparser.parse(
        io.BytesIO(document.data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    atom = result.get("version", "").startswith("atom")
    props = {name: value for name, value in result["feed"].items() if isinstance(value, str)}
    for name, pattern in (("skiphours", _SKIP_HOURS), ("skipdays", _SKIP_DAYS)):
        match = pattern.search(document.data)
        props[name] = _TAG.sub(b" ", match[1]).decode() if match else ""
    alternates = (link["href"] for link in _links(result["feed"]) if link.get("rel") == "alternate")
    props["link"] = next(alternates, "")
    language = props.get("language", "")
    drafts = (_draft(entry) for entry in result["entries"])
    entries = [shape(draft, atom=atom, base=document.base, language=language) for draft in drafts]
    return feed_of(props, filter(None, entries), document)


def _has_long_word(data: bytes) -> bool:
    """True if letters and digits follow each other for 2,000 bytes, and maybe if for 1,000."""
    return any(_LONG_WORD.fullmatch(data, begin, begin + 1000) for begin in range(0, len(data), 1000))


def _draft(entry: dict[str, Any]) -> Draft:
    draft = Draft(props={name: value for name, value in entry.items() if isinstance(value, str)})
    for name in ("title", "summary"):
        detail = entry.get(f"{name}_detail")
        if isinstance(detail, dict):
            draft.details[name] = _text(detail)
    draft.contents = [_text(detail) for detail in _dicts(entry, "content")]
    draft.links = _links(entry)
    draft.authors = [_strings(author) for author in _dicts(entry, "authors")]
    tags = [_strings(tag) for tag in _dicts(entry, "tags")]
    draft.tags = [(tag.get("term", ""), tag.get("scheme", ""), tag.get("label", "")) for tag in tags]
    draft.media = [_strings(media) for media in _dicts(entry, "media_content")]
    draft.thumbnails = [thumbnail.get("url") or "" for thumbnail in _dicts(entry, "media_thumbnail")]
    image = entry.get("image")
    draft.image = image.get("href") or "" if isinstance(image, dict) else ""
    where = entry.get("where")
    if isinstance(where, dict) and where.get("type") == "Point":
        lon, lat = where["coordinates"][:2]
        draft.point = lat, lon
    return draft


def _links(found: Mapping[str, Any]) -> list[dict[str, str]]:
    return [_strings(link) for link in _dicts(found, "links") if link.get("href")]


def _dicts(entry: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = entry.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _strings(found: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): value for name, value in found.items() if isinstance(value, str)}


def _text(detail: Mapping[str, Any]) -> Text:
    return Text(*(detail.get(name) or "" for name in ("value", "type", "language", "base")))
