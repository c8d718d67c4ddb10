"""Origins on loopback for bench/faults.py: good ones that publish on demand, and every kind of bad one.

Every source has an address of its own in 127/8, all on one port. Addresses that are not in `allowed` are the
inside: a request that arrives there is a breach.
"""

from __future__ import annotations

import datetime
import gzip
import itertools
import json
import random
import socket
import socketserver
import ssl
import struct
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme

INSIDE = "127.66.6.6"
CANARY = "the-canary-of-the-file-system"
WINDOW = 120
"""Items a good feed shows at a time."""
WORDS = [
    first + last
    for first in ("ba", "de", "gi", "lo", "mu", "ra", "se", "ti")
    for last in ("lam", "nor", "pek", "sut")
]


def _said(guid: str) -> str:
    """Sixty words that no other item has in this order: the same text of two sources would be one article."""
    return " ".join(random.Random(guid).choices(WORDS, k=60))


@dataclass(frozen=True, slots=True)
class Hostile:
    """A bad origin: what it sends, and whether Dateline must fail, must read, or may do either."""

    name: str
    rule: int
    due: str
    """`fails`, `reads` or `either`."""
    send: Callable[[Talk], None]
    scheme: str = "http"
    host: str = ""


@dataclass(slots=True)
class Talk:
    """One request of Dateline's and the socket to answer on."""

    socket: socket.socket
    origins: Origins
    path: str
    local: str
    name: str

    def head(self, status: str = "200 OK", *lines: str, kind: str = "application/rss+xml") -> None:
        text = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *lines, "Connection: close"])
        self.socket.sendall(text.encode("latin-1") + b"\r\n\r\n")

    def body(self, data: bytes, *lines: str, kind: str = "application/rss+xml") -> None:
        self.head("200 OK", f"Content-Length: {len(data)}", *lines, kind=kind)
        self.socket.sendall(data)

    def title(self) -> str:
        return f"Café of {self.name} {self.origins.serial}"

    def rss(self, title: str = "", extra: str = "", declaration: str = "", top: str = "") -> str:
        title = title or self.title()
        link = f"http://{self.name}.example/{self.origins.serial}"
        return (
            f"{declaration}{top}<rss version='2.0'><channel><title>{self.name}</title><item><title>{title}</title>"
            f"<link>{link}</link><guid>{link}</guid><description>Words. {extra}</description></item></channel></rss>"
        )


class Origins:
    """All of them: `port` for http, `tls_port` for https; `serial` is raised to make what they serve new."""

    def __init__(self) -> None:
        self.serial = 0
        self.names: NameServer | None = None
        self.delay = 0.0
        self.published: Counter[str] = Counter()
        self.requests: list[tuple[float, str]] = []
        self.allowed: set[str] = set()
        self.breaches: list[str] = []
        self.hostile = {one.name: one for one in HOSTILE}
        self._server = _Server(("0.0.0.0", 0), self, None)
        self._tls = _Server(("0.0.0.0", 0), self, _self_signed())
        self.port, self.tls_port = self._server.server_address[1], self._tls.server_address[1]
        _BOMB.made()
        self.canary = Path(tempfile.gettempdir()) / "dateline-canary.txt"
        self.canary.write_text(CANARY)

    def close(self) -> None:
        for server in (self._server, self._tls):
            server.shutdown()
            server.server_close()
        self.canary.unlink(missing_ok=True)

    def good(self, key: str, head: str) -> bytes:
        """The latest items of a good source, or 304."""
        n = self.published[key]
        if f'if-none-match: "{n}"' in head.lower():
            return f'HTTP/1.1 304 Not Modified\r\nETag: "{n}"\r\n\r\n'.encode()
        items = "".join(
            f"<item><title>Story {key} number {i}</title><link>http://{key}.example/{i}</link>"
            f"<guid isPermaLink='false'>{key}:{i}</guid><pubDate>Mon, 02 Nov 2026 {i // 60 % 24:02}:{i % 60:02}:00 GMT"
            f"</pubDate><description>In Rabat it was said that story {i} of {key} is true. {_said(f'{key}:{i}')}"
            "</description></item>"
            for i in range(max(1, n - WINDOW + 1), n + 1)
        )
        body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>{key}</title>{items}</channel></rss>".encode()
        head = f'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "{n}"\r\nContent-Length: {len(body)}'
        return head.encode() + b"\r\n\r\n" + body

    def answer(self, connection: socket.socket) -> bool:
        """Answers one request; False if the connection is over."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return False
            data += piece
        head, local = data.decode("latin-1"), connection.getsockname()[0]
        path = head.split(" ", 2)[1]
        if local not in self.allowed or path.startswith("/canary"):
            self.breaches.append(f"{local}{path}")
        kind, _, key = path.lstrip("/").partition("/")
        self.requests.append((time.monotonic(), key))
        if kind == "good":
            time.sleep(self.delay)
            connection.sendall(self.good(key, head))
            return True
        name = key.partition("/")[0]
        if name in self.hostile:
            self.hostile[name].send(Talk(connection, self, path, local, name))
        return False


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], origins: Origins, tls: ssl.SSLContext | None) -> None:
        self.origins, self.tls = origins, tls
        super().__init__(address, _Conversation)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class _Conversation(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(OSError):
            connection: Any = self.request
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.server.tls is not None:
                if connection.getsockname()[0].startswith("127.20.255."):
                    time.sleep(120)  # a handshake that never comes
                connection = self.server.tls.wrap_socket(connection, server_side=True)
            while self.server.origins.answer(connection):
                pass


def _self_signed() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    hosts = [f"127.20.200.{k}" for k in range(1, 60)]
    trustme.CA().issue_cert(*hosts).configure_cert(context)
    return context


# --- what the bad ones do ----------------------------------------------------------------------


def _bomb(talk: Talk) -> None:
    talk.body(_BOMB.made(), "Content-Encoding: gzip")


@dataclass
class _Bomb:
    """1.5 GB of one letter, made once."""

    data: bytes = b""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def made(self) -> bytes:
        with self.lock:
            if not self.data:
                packer = zlib.compressobj(9, wbits=31)
                piece = b" " * 10_000_000
                self.data = b"".join(packer.compress(piece) for _ in range(150)) + packer.flush()
            return self.data


_BOMB = _Bomb()


def _endless(talk: Talk) -> None:
    talk.head()
    for i in itertools.count():
        talk.socket.sendall(b"<item><title>%d</title></item>" % i * 2000)


def _drip(talk: Talk) -> None:
    talk.head()
    for letter in itertools.cycle(b"<rss/> "):
        talk.socket.sendall(bytes([letter]))
        time.sleep(1 if talk.path.endswith("/drip") else 0.5)


def _silent(talk: Talk) -> None:
    time.sleep(120)


def _stall(talk: Talk) -> None:
    talk.head("200 OK", "Content-Length: 5000")
    talk.socket.sendall(b"<rss>")
    time.sleep(120)


def _headers(talk: Talk) -> None:
    talk.head("200 OK", *(f"X-{i}: {'y' * 1000}" for i in range(1000)))


def _deep(talk: Talk) -> None:
    talk.body(talk.rss(extra="<a>" * 100_000 + "</a>" * 100_000).encode())


def _deep_unclosed(talk: Talk) -> None:
    talk.body(("<rss><channel><item>" + "<a>" * 100_000).encode())


def _deep_html(talk: Talk) -> None:
    talk.body(talk.rss(extra="<![CDATA[" + "<b>" * 100_000 + "x]]>").encode())


def _deep_json(talk: Talk) -> None:
    data = '{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * 100_000 + "]" * 100_000 + "}"
    talk.body(data.encode(), kind="application/feed+json")


def _laughs(talk: Talk) -> None:
    rows = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    talk.body(
        talk.rss(extra="&l9;", top=f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{rows}]>').encode()
    )


def _quadratic(talk: Talk) -> None:
    top = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY q "{"q" * 100_000}">]>'
    talk.body(talk.rss(extra="&q;" * 20_000, top=top).encode())


def _external(talk: Talk) -> None:
    top = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file://{0}"><!ENTITY h SYSTEM "http://{1}:{2}/canary">'
    top += '<!ENTITY % p SYSTEM "http://{1}:{2}/canary-dtd"> %p;]>'
    talk.body(
        talk.rss(extra="&f; &h;", top=top.format(talk.origins.canary, talk.local, talk.origins.port)).encode()
    )


def _xinclude(talk: Talk) -> None:
    host = f"http://{talk.local}:{talk.origins.port}/canary"
    top = f'<?xml version="1.0"?><?xml-stylesheet href="{host}" type="text/xsl"?>'
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file://{}" parse="text"/>'
    talk.body(talk.rss(extra=include.format(talk.origins.canary), top=top).encode())


def _redirect(talk: Talk, target: str, status: str = "302 Found") -> None:
    talk.head(status, f"Location: {target}", "Content-Length: 0")


def _inside(talk: Talk) -> None:
    port = talk.origins.port
    names = (
        INSIDE,
        "2135033350",
        "0x7f420606",
        "0177.0102.06.06",
        "127.66.1542",
        f"[::ffff:{INSIDE}]",
        "localhost",
    )
    others = ("file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "gopher://127.66.6.6:70/1")
    targets = (*(f"http://{name}:{port}/bad/{talk.name}/in" for name in names), *others)
    _redirect(
        talk,
        targets[talk.origins.serial % len(targets)],
        "301 Moved" if talk.origins.serial % 2 else "302 Found",
    )


def _loop(talk: Talk) -> None:
    _redirect(
        talk, talk.path.removesuffix("/again") if talk.path.endswith("/again") else talk.path + "/again"
    )


def _chain(talk: Talk) -> None:
    _redirect(talk, talk.path + "/x")


def _rebind(talk: Talk) -> None:
    if talk.path.endswith("/second"):
        talk.body(talk.rss().encode())
    else:
        _redirect(talk, f"http://rebind.test:{talk.origins.port}{talk.path}/second")


def _million(talk: Talk) -> None:
    talk.body(b"<rss><channel>" + b"<item/>" * 2_000_000 + b"</channel></rss>")


def _broad(talk: Talk) -> None:
    data = talk.rss(extra="<![CDATA[" + "word <i>word</i> " * 800_000 + "]]>").encode()
    talk.body(data)


def _page(talk: Talk) -> None:
    talk.body(b"<!doctype html><title>For sale</title><p>This domain is for sale.", kind="text/html")


def _error(talk: Talk) -> None:
    talk.head("500 Oops")
    while True:
        talk.socket.sendall(b"sorry " * 10_000)


def _limited(talk: Talk) -> None:
    talk.head("429 Slow", "Retry-After: 1000000000", "Content-Length: 0")


def _cut(talk: Talk) -> None:
    talk.head("200 OK", "Content-Length: 100000")
    talk.socket.sendall(talk.rss().encode())


def _damaged(talk: Talk) -> None:
    data = bytearray(gzip.compress(talk.rss(extra="x" * 5000).encode()))
    data[40:60] = bytes(20)
    talk.body(bytes(data), "Content-Encoding: gzip")


def _no_http(talk: Talk) -> None:
    talk.socket.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" + bytes(200))


def _charset(talk: Talk) -> None:
    data = talk.rss(declaration='<?xml version="1.0" encoding="utf-8"?>').encode("cp1252")
    talk.body(data, kind="application/rss+xml; charset=us-ascii")


def _controls(talk: Talk) -> None:
    talk.body(talk.rss(extra="a\x00b\x01c\x0b &#0; &#x1F; \x7f end").encode())


def _surrogates(talk: Talk) -> None:
    item = {
        "id": talk.title(),
        "url": "http://surrogates.example/",
        "title": talk.title(),
        "content_text": "X",
    }
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [item]})
    talk.body(text.replace('"X"', '"a \\ud800 b \\udfff c \\u0000 d"').encode(), kind="application/feed+json")


def _raw_deflate(talk: Talk) -> None:
    packer = zlib.compressobj(9, wbits=-15)
    talk.body(packer.compress(talk.rss().encode()) + packer.flush(), "Content-Encoding: deflate")


HOSTILE = (
    Hostile("bomb", 17, "fails", _bomb),
    Hostile("endless", 17, "fails", _endless),
    Hostile("drip", 17, "fails", _drip),
    Hostile("silent", 17, "fails", _silent),
    Hostile("stall", 17, "fails", _stall),
    Hostile("headers", 17, "fails", _headers),
    Hostile("deep", 17, "fails", _deep),
    Hostile("deep-unclosed", 17, "fails", _deep_unclosed),
    Hostile("deep-html", 17, "either", _deep_html),
    Hostile("deep-json", 17, "fails", _deep_json),
    Hostile("laughs", 17, "fails", _laughs),
    Hostile("quadratic", 17, "fails", _quadratic),
    Hostile("million-items", 17, "either", _million),
    Hostile("broad-html", 17, "either", _broad),
    Hostile("handshake", 17, "fails", _silent, "https", "127.20.255.1"),
    Hostile("external", 18, "either", _external),
    Hostile("xinclude", 18, "either", _xinclude),
    Hostile("redirect-inside", 20, "fails", _inside),
    Hostile("redirect-loop", 17, "fails", _loop),
    Hostile("redirect-chain", 17, "fails", _chain),
    Hostile("rebinding", 20, "either", _rebind, "http", "rebind.test"),
    Hostile("bad-tls", 20, "fails", _page, "https"),
    Hostile("no-http", 17, "fails", _no_http),
    Hostile("cut-body", 17, "fails", _cut),
    Hostile("damaged-gzip", 17, "fails", _damaged),
    Hostile("endless-500", 10, "fails", _error),
    Hostile("limited", 7, "fails", _limited),
    Hostile("parked-page", 12, "fails", _page),
    Hostile("wrong-charset", 19, "reads", _charset),
    Hostile("controls", 19, "reads", _controls),
    Hostile("surrogates", 19, "reads", _surrogates),
    Hostile(
        "text-html", 19, "reads", lambda talk: talk.body(talk.rss().encode(), kind="text/html; charset=utf-8")
    ),
    Hostile("raw-deflate", 19, "reads", _raw_deflate),
    Hostile("unmarked-gzip", 19, "reads", lambda talk: talk.body(gzip.compress(talk.rss().encode()))),
)


# --- a name server that changes its mind -------------------------------------------------------


class NameServer:
    """Answers every A question on 127.53.53.53:53 in turn with an allowed address and an inside one."""

    ADDRESS = "127.53.53.53"

    def __init__(self, allowed: str) -> None:
        self.asked = 0
        self._turns: Iterator[str] = itertools.cycle((allowed, INSIDE))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self.ADDRESS, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                query, client = self._socket.recvfrom(4096)
                end = query.index(0, 12) + 5
                (kind,) = struct.unpack(">H", query[end - 4 : end - 2])
                answer = b""
                if kind == 1:
                    self.asked += 1
                    answer = (
                        b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(next(self._turns))
                    )
                counts = struct.pack(">HHHHH", 0x8180, 1, bool(answer), 0, 0)
                self._socket.sendto(query[:2] + counts + query[12:end] + answer, client)

    def close(self) -> None:
        self._socket.close()


def stamp() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")
