"""Pages as they are sent: kept for a minute while nothing changes, and pressed for the way."""

from __future__ import annotations

import gzip
import secrets
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from flask import Flask, Response, current_app, make_response, request
from werkzeug.wrappers import Response as Answer

from aggregator.schema import Settings
from web.cache import Cache
from web.csrf import csrf_token
from web.desk import this_desk
from web.language import locale
from web.look import chosen
from web.noting import DONE
from web.reader import this_reader
from web.shelves import standing

ROOM = 32_000_000
"""Bytes of pages that are kept, at most: some 500."""
LONGEST = 2_000
"""Characters of address and host; pages under longer ones are not kept."""
SMALLEST = 1_000
"""Bytes of a page that is worth pressing."""
_LEVEL = 2
"""Of deflate: with 5 a page takes twice as long and is a tenth smaller."""
_MOST_PADDING = 64
_OUR_FILES = ("text/css", "text/javascript")
_TOKEN = b"{the token of the visitor's form}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A list as it was made."""

    state: object
    """Of all that changes it: it holds for this state alone."""
    settings: Settings
    """In force when it was made."""
    body: bytes
    """With a mark where the token of forms goes."""
    digest: str
    """Of the body."""


def install(app: Flask) -> None:
    app.extensions["pages"] = Cache[object, Page](ROOM, lambda key, page: len(page.body) + LONGEST)
    app.after_request(pressed)


def kept(make: Callable[[], Answer | str]) -> Answer | str:
    """The page that is made here, or as it was made within this minute for the same reader, or any other visitor.

    It is made anew as soon as an article changes, or anything that the reader keeps here; and where it tells what the
    reader did just now, which is told once. Of a kept one only the token of its forms is the visitor's own.
    """
    if request.cookies.get(DONE):
        return make()
    desk, reader, settings = this_desk(), this_reader(), this_desk().settings()
    if len(request.full_path) + len(request.host) > LONGEST:
        return make()
    key = (reader, request.full_path, tuple(chosen().items()), locale(), request.host)
    minute = desk.now().replace(second=0, microsecond=0)
    state = (standing(), minute)  # asked first: what changes meanwhile makes it anew
    pages: Cache[object, Page] = current_app.extensions["pages"]
    page = pages.get(key)
    if page is None or page.state != state or page.settings is not settings:
        answer = make_response(make())
        if answer.status_code != 200:
            return answer
        body = answer.get_data().replace(_token(), _TOKEN)
        page = Page(state=state, settings=settings, body=body, digest=sha256(body).hexdigest())
        pages.put(key, page)
    return _sent(page)


def _sent(page: Page) -> Answer:
    """The page with the visitor's token in it, or 304 where the browser has it so."""
    token = _token()
    tag = sha256(page.digest.encode() + token).hexdigest()[:32]
    is_there = request.if_none_match.contains_weak(tag)
    answer = make_response(b"" if is_there else page.body.replace(_TOKEN, token), 304 if is_there else 200)
    answer.set_etag(tag, weak=True)
    return answer


def _token() -> bytes:
    """What the forms of this reader's lists hold. A stranger's have none, so that nobody is given a cookie to read."""
    return csrf_token().encode() if this_reader() else _TOKEN


def pressed(response: Response) -> Response:
    """A page as gzip (RFC 1952) for who takes it, with a name of random length in its head.

    Pages hold the token of forms beside words of the address; the random length keeps who can watch lengths from
    guessing the one by the other (BREACH), as Django does it.
    """
    if response.mimetype not in ("text/html", *_OUR_FILES):
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or response.status_code != 200:
        return response
    if not request.accept_encodings["gzip"] or request.method != "GET":
        return response
    if response.mimetype in _OUR_FILES:
        return _pressed_file(response)
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(_gzip(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _pressed_file(response: Response) -> Response:
    """Holds no secret, so it may be as short as it can; the same file whether packed or not (RFC 9110, 8.8.1)."""
    response.direct_passthrough = False
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _gzip(body: bytes) -> bytes:
    name = b"a" * (1 + secrets.randbelow(_MOST_PADDING))
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(body) + deflate.flush()
    tail = struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + name + b"\0" + packed + tail
