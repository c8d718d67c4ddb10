"""Sources on loopback for bench/soak.py that change, fail and recover, each by a plan of its own.

What source k serves at a moment follows from k and the clock alone, so that a soak may be stopped and taken up again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import resource
import sys
import time
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache

SHOWN = 20
"""Items a feed shows at a time."""
BEFORE = 8
"""Items it has when the soak begins."""
WIRE = 600
"""Seconds between two stories of the wire that many sources carry."""
PLACES = (
    "Rabat", "Lyon", "Fez", "Madrid", "Nairobi", "Lima", "Oslo", "Quito", "Accra", "Naples", "Leeds", "Porto",
    "Tunis", "Cairo", "Delhi", "Osaka", "Berlin", "Austin", "Recife", "Dakar",
)  # fmt: skip
SAID = (
    "The court of {0} has heard the case of the port workers", "Heavy rain has closed the roads around {0}",
    "The ministry of health opened a hospital in {0}", "The football team of {0} won the cup against {1}",
    "Teachers went on strike in {0} for the third day", "A new railway line will join {0} and {1}",
    "Voters in {0} elect a parliament on Sunday", "The central bank raised interest rates, said traders in {0}",
    "Scientists of the university of {0} found a frozen lake", "Police arrested four people after a fire in {0}",
    "The film festival of {0} opens with a drama from {1}", "Farmers near {0} fear for the olive harvest",
)  # fmt: skip
FAULTS = ("500", "429", "404", "reset", "hang", "garbage", "cut")


@dataclass(frozen=True, slots=True)
class Plan:
    """How one source behaves."""

    gap: float
    """Seconds between two items."""
    has_validators: bool
    wait: float
    """Seconds before it answers."""
    period: float
    """Seconds from one outage to the next; 0: it has none."""
    outage: float
    fault: str


@cache
def plan(k: int) -> Plan:
    """Most are well; one in eight fails now and then, one in fifty always."""
    dice = random.Random(f"soak {k}")
    gap = 120.0 * 180 ** dice.random()  # from two minutes to six hours
    fate, validators = dice.random(), dice.random() < 0.8
    wait = dice.uniform(0.5, 4) if dice.random() < 0.03 else 0.0
    period = dice.uniform(1200, 3600) if fate < 0.12 else 1.0 if fate > 0.98 else 0.0
    outage = dice.uniform(300, 1000) if period > 1 else 1.0
    return Plan(gap, validators, wait, period, outage, dice.choice(FAULTS))


def url(k: int, port: int) -> str:
    return f"http://127.77.{k // 250}.{k % 250 + 1}:{port}/feed"


def number(address: str) -> int:
    _, _, high, low = address.split(".")
    return int(high) * 250 + int(low) - 1


def is_down(k: int, at: float) -> bool:
    """`at` in seconds since the soak began; outages are not in step."""
    one = plan(k)
    return bool(one.period) and (at + 97 * k) % one.period < one.outage


def count(k: int, at: float) -> int:
    """How many items it has published."""
    return BEFORE + max(0, int(at / plan(k).gap))


def feed(k: int, began: float, at: float) -> bytes:
    """The newest items, the newest first."""
    last = count(k, at)
    items = "".join(item(k, n, began) for n in range(last, max(0, last - SHOWN), -1))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Source {k}</title>{items}</channel></rss>'.encode()


def item(k: int, n: int, began: float) -> str:
    published = began + (n - BEFORE) * plan(k).gap
    story = int(published // WIRE)
    shared = random.Random(f"{k} {n}").random() < 0.1
    dice = random.Random(f"wire {story}" if shared else f"{k} {n} words")
    words = [dice.choice(SAID).format(*dice.sample(PLACES, 2)) for _ in range(12)]
    mark = f"wire {story}" if shared else f"{k}-{n}"
    return (
        f"<item><title>{words[0]} ({mark})</title><link>http://source-{k}.example/{n}</link>"
        f"<guid isPermaLink='false'>{k}:{n}</guid><pubDate>{formatdate(published)}</pubDate>"
        f"<description>{'. '.join(words)}. Report {mark}.</description></item>"
    )


class Origin:
    """Answers for all sources, on all addresses of 127.77/16."""

    def __init__(self, began: float) -> None:
        self.began = began

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            k = number(writer.get_extra_info("sockname")[0])
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                if not await self.answer(k, head, writer):
                    break
                await writer.drain()
        writer.close()

    async def answer(self, k: int, head: str, writer: asyncio.StreamWriter) -> bool:
        """False if the connection is over."""
        at = time.time() - self.began
        await asyncio.sleep(plan(k).wait)
        if is_down(k, at):
            return await fail(plan(k).fault, writer)
        tag = f'"{count(k, at)}"' if plan(k).has_validators else ""
        if tag and f"if-none-match: {tag}" in head:
            writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
            return True
        body = feed(k, self.began, at)
        etag = f"ETag: {tag}\r\n" if tag else ""
        lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n{etag}Content-Length: {len(body)}\r\n\r\n"
        writer.write(lines.encode() + body)
        return True


async def fail(fault: str, writer: asyncio.StreamWriter) -> bool:
    if fault == "reset":
        writer.transport.abort()
    elif fault == "hang":
        await asyncio.sleep(60)
    elif fault == "garbage":
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 17\r\n\r\n<p>Come back later"
        )
        await writer.drain()
    elif fault == "cut":
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 9000\r\n\r\n<rss>"
        )
        await writer.drain()
    else:
        extra = "Retry-After: 120\r\n" if fault == "429" else ""
        writer.write(f"HTTP/1.1 {fault} Out of order\r\n{extra}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        return True
    return False


async def serve(port: int, began: float) -> None:
    server = await asyncio.start_server(Origin(began).talk, "0.0.0.0", port, backlog=4096)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
