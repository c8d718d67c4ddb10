"""Pages as they are sent: kept for visitors without an account, and pressed for the way."""

from __future__ import annotations

import gzip
import secrets
import struct
import zlib
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from flask import Flask, Response, current_app, make_response, request
from werkzeug.wrappers import Response as Answer

from web.csrf import csrf_token
from web.desk import this_desk
from web.look import COOKIE
from web.reader import this_reader
from web.tongue import tongue

ROOM = 500
"""Pages that are kept, of some 60 kB each."""
SMALLEST = 1_000
"""Bytes of a page that is worth pressing."""
_LEVEL = 2
"""Of deflate: with 5 a page takes twice as long and is a tenth smaller."""
_MOST_PADDING = 64
_OUR_FILES = ("text/css", "text/javascript")
_TOKEN = "{the token of the visitor's form}"  # noqa: S105


class Pages:
    """Lists that were made lately, by all that decides how they look. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: OrderedDict[object, str] = OrderedDict()

    def get(self, key: object) -> str | None:
        with self._lock:
            return self._pages.get(key)

    def put(self, key: object, page: str) -> None:
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > ROOM:
                self._pages.popitem(last=False)


def install(app: Flask) -> None:
    app.extensions["pages"] = Pages()
    app.after_request(pressed)


def kept(make: Callable[[], Answer | str]) -> Answer | str:
    """The page that is made here, or as it was made for another visitor within this minute.

    A reader's page is never kept: it shows what the reader did. Of a kept one only the token of its forms is the
    visitor's own.
    """
    if this_reader():
        return make()
    desk = this_desk()
    minute = desk.now().replace(second=0, microsecond=0)
    look = request.cookies.get(COOKIE, "")
    key = (request.full_path, look, tongue(), request.host, desk.store.state(), id(desk.settings()), minute)
    pages: Pages = current_app.extensions["pages"]
    page = pages.get(key)
    if page is not None:
        return page.replace(_TOKEN, csrf_token())
    answer = make_response(make())
    if answer.status_code == 200:
        pages.put(key, answer.get_data(as_text=True).replace(csrf_token(), _TOKEN))
    return answer


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
