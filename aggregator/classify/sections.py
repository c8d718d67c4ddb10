"""The section of a site an article stands in, as its address tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

_MOST = 8
_NUMBERED = re.compile(r"([a-z]+(?:-[a-z]+)?)-[0-9]{5,}")
_LABEL = re.compile(r"[^\W\d_]{2,}(?:[-_ ][^\W\d_]+){0,2}")


def sections(url: str) -> Iterator[str]:
    """What may name a section, outermost first: the first part of the host, then the folders of the path.

    The last part of a path names the article; only one such as `business-12345678` names a section too.
    """
    host, _, path = url.partition("://")[2].partition("/")
    first, dot, rest = host.partition(".")
    if dot and "." in rest:
        yield first
    *folders, last = path.partition("?")[0].split("/")
    for folder in folders[:_MOST]:
        label = unquote(folder) if "%" in folder else folder
        if _LABEL.fullmatch(label):
            yield label.replace("-", " ").replace("_", " ")
    numbered = _NUMBERED.fullmatch(last)
    if numbered:
        yield numbered[1].replace("-", " ")
