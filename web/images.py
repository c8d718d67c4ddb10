"""Images and sound of articles: asked for over TLS alone, and no SVG, which is a document and may hold anything."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_MEDIA = re.compile(r'(<(?:img|audio|video|source)\b[^>]*? (?:src|poster)=")http://', re.I)
_DRAWN = re.compile(r'<img\b[^>]*? src="[^"?#]*\.svgz?(?:[?#][^"]*)?"[^>]*>', re.I)


def over_tls(url: str) -> str:
    """The address of an image or sound over https; empty if it is none of the web, or an SVG."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in ("http", "https") or not rest:
        return ""
    try:
        drawn = urlsplit(url).path.lower().endswith((".svg", ".svgz"))
    except ValueError:
        return ""
    return "" if drawn else f"https://{rest}"


def media_over_tls(html: str) -> str:
    """The HTML of an article, which is clean already, with its images and sounds as `over_tls` has them."""
    return _MEDIA.sub(r"\1https://", _DRAWN.sub("", html))
