"""Hostile HTML to safe HTML: one nh3 pass over an allow-list made for news."""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache

import nh3

from aggregator.clean.burden import is_bearable
from aggregator.clean.characters import printable
from aggregator.urls import host_of

_TAGS = """
    a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strike
    strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_DROPPED_WHOLE = """
    script style iframe frame frameset object embed applet form svg math noscript noembed noframes template
    textarea select button dialog canvas audio video map title head xmp
"""
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_SET = {"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}}
# Images of one pixel or none, without a source (data: and the like), or from hosts that only count readers.
_PIXEL = re.compile(
    r'<img(?![^>]* src=")[^>]*>|<img[^>]* (?:width|height)="[01](?:px)?"[^>]*>'
    r'|<img[^>]* src="https?://(?:feeds\.feedburner\.com/(?:~|%7E)|feeds\.wordpress\.com/1\.0/|pixel\.wp\.com/'
    r"|stats\.wordpress\.com/|(?:ad|pubads\.g)\.doubleclick\.net/|b\.scorecardresearch\.com/|pixel\.)[^>]*>",
    re.I,
)
_FLARE = re.compile(
    r'<a href="https?://(?:feeds\.feedburner\.com/(?:~|%7E)ff/|feeds\.wordpress\.com/1\.0/go)[^>]*>(?:<img[^>]*>|[^<]+)*+</a>',
    re.I,
)
_ANY_TAG = re.compile(r"<[^<>]*>?")
_REFERENCE = re.compile(r"&(?:#x[0-9a-f]+;?|#[0-9]+;?|[a-z][a-z0-9]*;)?", re.I)
_MANY_AMPERSANDS = 10_000
"""From here on it is felt that the serialiser's time is quadratic over the ampersands of a text."""
_AMPERSAND = "\ue000"
"""Stands for an ampersand meanwhile: a private character, dropped from such documents beforehand."""


def safe_html(html: str, base: str) -> str:
    """HTML that is safe to show, its links absolute; relative ones go where `base` is no http(s) address."""
    if not html or html.isspace():
        return ""
    html = printable(html)
    if "<" not in html and "&" not in html:
        return html.strip().replace(">", "&gt;")
    if not is_bearable(html):
        html = _ANY_TAG.sub(" ", html)
    cleaner = _cleaner(base)
    if html.count("&") > _MANY_AMPERSANDS:
        html = _REFERENCE.sub(_without_ampersand, html.replace(_AMPERSAND, ""))
        safe = str(cleaner.clean(html)).replace(_AMPERSAND, "&amp;").replace("%EE%80%80", "&amp;")
    else:
        safe = str(cleaner.clean(html))
    if "<img" in safe:
        safe = _PIXEL.sub("", _FLARE.sub("", safe))
    return safe.strip()


def _without_ampersand(found: re.Match[str]) -> str:
    """The reference as a numeric one, an ampersand as its stand-in."""
    characters = entities.unescape(found[0])
    return "".join(_AMPERSAND if one == "&" else f"&#{ord(one)};" for one in characters)


@lru_cache(maxsize=256)
def _cleaner(base: str) -> nh3.Cleaner:
    base = base if host_of(base) else ""
    try:
        return nh3.Cleaner(
            tags=set(_TAGS.split()),
            clean_content_tags=set(_DROPPED_WHOLE.split()),
            attributes=_ATTRIBUTES,
            set_tag_attribute_values=_SET,
            url_schemes={"http", "https", "mailto"},
            url_relative=("rewrite_with_base", base) if base else "deny",
            link_rel="noopener noreferrer nofollow",
        )
    except ValueError:
        # An address we take for good and nh3 does not.
        return _cleaner("")
