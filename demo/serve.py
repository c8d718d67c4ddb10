"""Serves the demo's invented feeds on loopback, well-behaved (ETag, 304) and otherwise (slow, gone).

In a feed, `{rfc822:35m}` and `{iso:35m}` stand for the moment 35 minutes before the server started, so that
the news is fresh whenever it is shown and the feeds do not change while it runs; `{here}` is its address.
"""

from __future__ import annotations

import hashlib
import html
import re
import struct
import threading
import zlib
from collections.abc import Mapping
from colorsys import hls_to_rgb
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import pi, sin
from pathlib import Path

FEEDS = Path(__file__).parent / "feeds"
PORT = 8899
SLOW = "/monsoon-mail.rss"
GONE = "/evening-gazette.rss"
SLOW_PIECES = 8
"""The slow feed comes in so many pieces, one a second."""

TYPES = {
    ".rss": "application/rss+xml; charset=utf-8",
    ".rdf": "application/rdf+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json",
}
UNITS = {"m": "minutes", "h": "hours"}
MOMENT = re.compile(r"\{(rfc822|iso):(\d+)([mh])\}")
PICTURE = re.compile(r"/picture/(\d{1,3})\.png")
WIDTH, HEIGHT = 320, 180
STORY = re.compile(r"/[a-z-]+/\d{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    body: bytes
    content_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


def fill(template: str, *, here: str, started: datetime) -> str:
    """The template with its moments and its address filled in."""

    def moment(found: re.Match[str]) -> str:
        at = started - timedelta(**{UNITS[found[3]]: int(found[2])})
        return format_datetime(at) if found[1] == "rfc822" else at.isoformat(timespec="seconds")

    return MOMENT.sub(moment, template).replace("{here}", here)


def feeds(*, here: str, started: datetime) -> dict[str, Document]:
    """Every feed by its path on the server."""
    return {
        f"/{path.name}": Document(
            body=fill(path.read_text(encoding="utf-8"), here=here, started=started).encode(),
            content_type=TYPES[path.suffix],
            modified=started,
        )
        for path in sorted(FEEDS.iterdir())
    }


@lru_cache(maxsize=64)
def picture(number: int) -> bytes:
    """A calm little landscape, a PNG; each number has a hue of its own."""
    hue, sun = number * 67 % 360 / 360, 60 + number * 45 % 200
    hills = [130 - round(40 * sin(x / WIDTH * 2 * pi) * (1 - x / WIDTH / 2)) for x in range(WIDTH)]
    rows = (
        bytes(2 if y > hills[x] else 1 if (x - sun) ** 2 + (y - 60) ** 2 < 480 else 0 for x in range(WIDTH))
        for y in range(HEIGHT)
    )
    colours = (
        hls_to_rgb(hue, 0.82, 0.45),
        hls_to_rgb((hue + 0.11) % 1, 0.72, 0.8),
        hls_to_rgb(hue, 0.45, 0.35),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", struct.pack(">2I5B", WIDTH, HEIGHT, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", bytes(round(255 * part) for colour in colours for part in colour)),
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))),
            chunk(b"IEND", b""),
        )
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG (its section 5.3): length, kind, data, check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def story(path: str) -> bytes:
    title = html.escape(path.strip("/").rpartition("/")[0].replace("-", " ").title())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>This story was invented for Dateline's demo; its text is in the feed.</p></html>"
    ).encode()


class DemoServer(ThreadingHTTPServer):
    """The demo's publishers; `pause` is the number of seconds between two pieces of the slow feed."""

    daemon_threads = True

    def __init__(self, port: int = PORT, *, started: datetime | None = None, pause: float = 1.0) -> None:
        self.closing = threading.Event()  # server_close, which a failing start calls, needs it
        super().__init__(("127.0.0.1", port), Publisher)
        self.started = (started or datetime.now(UTC)).replace(microsecond=0)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.feeds: Mapping[str, Document] = feeds(here=self.url, started=self.started)
        self.pause = pause

    def server_close(self) -> None:
        self.closing.set()
        super().server_close()


class Publisher(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DemoServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if document := self.server.feeds.get(path):
            self.send_feed(document, slow=path == SLOW)
        elif path == GONE:
            self.send(410, b"The Evening Gazette has closed.\n", "text/plain")
        elif found := PICTURE.fullmatch(path):
            self.send(200, picture(int(found[1])), "image/png")
        elif STORY.fullmatch(path):
            self.send(200, story(path), "text/html; charset=utf-8")
        else:
            self.send(404, b"There is nothing here.\n", "text/plain")

    def send_feed(self, document: Document, *, slow: bool) -> None:
        validators = {"ETag": document.etag, "Last-Modified": format_datetime(document.modified, usegmt=True)}
        asked = self.headers.get("If-None-Match")
        same = document.etag in asked if asked else self.unmodified(validators["Last-Modified"])
        if same:
            self.send(304, b"", document.content_type, validators)
        else:
            pieces = SLOW_PIECES if slow else 1
            self.send(200, document.body, document.content_type, validators, pieces=pieces)

    def unmodified(self, last_modified: str) -> bool:
        return self.headers.get("If-Modified-Since") == last_modified

    def send(
        self,
        status: int,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] | None = None,
        *,
        pieces: int = 1,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        size = len(body) // pieces + 1
        for start in range(0, len(body), size):
            if start and self.server.closing.wait(self.server.pause):
                self.close_connection = True
                return
            self.wfile.write(body[start : start + size])
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Says nothing: the log on the screen is Dateline's."""


def main() -> None:
    with DemoServer() as server:
        print(f"Serving {len(server.feeds)} feeds at {server.url} (Ctrl-C stops it).")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
