"""Articles, their categories and places as other programs get them."""

from __future__ import annotations

import json
import re
from typing import Any

from aggregator.schema import Article, Category, Mention

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Where programs that know Unicode end a line, and what UTF-8 cannot hold."""


def json_line(fields: Any) -> str:
    """One line of JSON, however its reader tells lines apart."""
    line = json.dumps(fields, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def category_fields(category: Category) -> dict[str, Any]:
    return {
        "id": category.id,
        "name": category.name,
        "score": category.score,
        "evidence": [{"kind": one.kind, "text": one.text} for one in category.evidence],
    }


def place_fields(mention: Mention) -> dict[str, Any]:
    place = mention.place
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "name": place.name,
        "kind": "people" if mention.people else place.kind,
        "geonameid": place.geonameid,
        "country": place.country,
        "admin1": place.admin1,
        "regions": place.regions,
        "disputed_by": place.disputed_by,
        "lat": place.lat,
        "lon": place.lon,
        "role": mention.role,
        "score": mention.score,
        "evidence": [{"kind": one.kind, "text": one.text} for one in mention.evidence],
    }


def focus_fields(article: Article) -> dict[str, str]:
    """The place an article is mostly about, and its country; empty if it names none."""
    focus = article.focus
    return {"focus_country": focus.country if focus else "", "focus": focus.name if focus else ""}
