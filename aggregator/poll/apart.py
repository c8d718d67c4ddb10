"""Feeds and pages read in processes of their own: what is large or odd must not stall or crash the rest.

The kernel's alarm clock ends a parse that takes too long, even inside C code, and a limit on memory one
that grows too large. `concurrent.futures` can do neither: it never ends a running task.
"""

from __future__ import annotations

import os
import queue
import resource
import signal
import struct
import sys
from typing import IO

import msgspec

from aggregator.beside import start
from aggregator.errors import ParseError
from aggregator.parse import Document, facts, offers_of, read, thorough
from aggregator.schema import Entry, Feed, Offer, replace

SECONDS = 30
"""Longest time one document may take."""
MEMORY = 1_500_000_000
"""Bytes of address space a parser may use."""
DOCUMENTS = 500
"""A process is replaced after so many, so that no leak adds up."""

_LENGTH = struct.Struct(">I")
_encode = msgspec.msgpack.Encoder().encode


class _Reading(msgspec.Struct, tag=True):
    document: Document
    doubted: bool
    """The fast reader has refused it already."""


class _Page(msgspec.Struct, tag=True):
    body: bytes
    selector: str


class _Site(msgspec.Struct, tag=True):
    body: bytes
    url: str


_Work = _Reading | _Page | _Site


class _Result(msgspec.Struct):
    feed: Feed | None = None
    page: Entry | None = None
    offers: tuple[Offer, ...] = ()
    error: str = ""


class Parsers:
    """A few parser processes, started when first needed."""

    def __init__(self, size: int | None = None) -> None:
        self._idle: queue.LifoQueue[_Parser | None] = queue.LifoQueue()
        for _ in range(size or os.cpu_count() or 1):
            self._idle.put(None)

    def read(self, document: Document, *, doubted: bool) -> Feed:
        """Like `parse.read`, elsewhere; waits until a process is free. Raises ParseError."""
        feed = self._ask(_Reading(document=document, doubted=doubted)).feed
        if feed is None:
            raise ParseError("Parsing gave nothing.")
        return feed

    def page(self, body: bytes, selector: str) -> Entry:
        """What a page says, as an entry: its article (`page`), like `clean.page.article_of`, and its `facts`.

        Done elsewhere; waits until a process is free. Raises ParseError.
        """
        page = self._ask(_Page(body=body, selector=selector)).page
        if page is None:
            raise ParseError("Reading the page gave nothing.")
        return page

    def offers(self, body: bytes, url: str) -> tuple[Offer, ...]:
        """The feeds a page offers, like `parse.offers_of`; read elsewhere. Raises ParseError."""
        return self._ask(_Site(body=body, url=url)).offers

    def _ask(self, work: _Work) -> _Result:
        parser = self._idle.get()
        try:
            if parser is None:
                parser = _Parser()
            result = parser.ask(work)
        except (OSError, EOFError) as error:
            if parser is not None:
                parser.end()
            parser = None
            raise ParseError(
                f"Parsing was stopped: the document took longer than {SECONDS} s or too much memory."
            ) from error
        finally:
            if parser is not None and parser.asked >= DOCUMENTS:
                parser.end()
                parser = None
            self._idle.put(parser)
        if result.error:
            raise ParseError(result.error)
        return result

    def close(self) -> None:
        """Ends the idle processes; a busy one ends itself when its parent goes."""
        while True:
            try:
                parser = self._idle.get_nowait()
            except queue.Empty:
                return
            if parser is not None:
                parser.end()


class _Parser:
    """One parser process and the pipes to it."""

    def __init__(self) -> None:
        self._process = start(__name__)
        self.asked = 0

    def ask(self, work: _Work) -> _Result:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        self.asked += 1
        _send(stdin, _encode(work))
        return msgspec.msgpack.decode(_receive(stdout), type=_Result)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """The next message. Raises EOFError if the other side has gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    data = pipe.read(_LENGTH.unpack(head)[0])
    if len(data) < _LENGTH.unpack(head)[0]:
        raise EOFError
    return data


def _done(work: _Work) -> _Result:
    if isinstance(work, _Reading):
        return _Result(feed=(thorough if work.doubted else read)(work.document))
    if isinstance(work, _Site):
        return _Result(offers=offers_of(work.body, work.url))
    from aggregator.clean.page import article_of

    return _Result(page=replace(facts(work.body), page=article_of(work.body, work.selector)))


def _serve() -> None:
    """Parses what comes in until the parent goes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            work = msgspec.msgpack.decode(_receive(sys.stdin.buffer), type=_Work)
        except EOFError:
            return
        signal.alarm(SECONDS)
        try:
            result = _done(work)
        except ParseError as error:
            result = _Result(error=str(error))
        except (MemoryError, RecursionError):
            result = _Result(error="The document needs too much memory to be parsed.")
        signal.alarm(0)
        _send(sys.stdout.buffer, _encode(result))


if __name__ == "__main__":
    _serve()
