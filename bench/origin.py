"""Sources made of real feeds, and the nginx on loopback that serves them to bench/polling.py.

Every source is one feed of a collection with guids, links and titles of its own, at an address of its own in
127/8, so that no two share an article or a host. The first item is held back until `publish`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

NGINX = """
worker_processes 1; daemon off; pid nginx.pid; error_log error.log; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    access_log off; etag on; default_type application/xml; sendfile on; keepalive_timeout 15;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    types {{ application/feed+json json; application/rss+xml rss; application/atom+xml atom; }}
    server {{
        listen {port} backlog=4096; allow 127.0.0.0/8; deny all;
        root www;
    }}
}}
"""
ITEM = re.compile(rb"<((?:\w+:)?(?:item|entry))(?=[\s>]).*?</\1\s*>", re.DOTALL)
NAME = re.compile(
    rb"(<(?:guid|id|atom:id|link|feedburner:origLink)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?\s*)([^<\s\]][^<\]]*)",
    re.IGNORECASE,
)
ADDRESS = re.compile(rb"(<link\s[^>]*href\s*=\s*[\"']|rdf:about\s*=\s*[\"'])([^\"'<>]+)", re.IGNORECASE)
TITLE = re.compile(rb"(<title(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?)(?=[^<\s])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """One source: its address, and how many items it shows once the held one is out."""

    url: str
    address: str
    items: int


class Farm:
    """`sources` many files below `folder`/www, and what each address shows."""

    def __init__(self, folder: Path, feeds: Path, sources: int, *, port: int, least: int) -> None:
        self.folder, self.port = folder, port
        self._feeds = [path for path in sorted(feeds.iterdir()) if len(items_of(path)) >= least]
        if not self._feeds:
            raise SystemExit(f"{feeds} holds no feed of {least} or more items.")
        self._stamp = int(time.time()) - 400_000
        self.bytes = 0
        (folder / "www").mkdir(parents=True)
        folder.chmod(0o755)  # nginx started by root reads as somebody else
        self.origins = [self._origin(k) for k in range(sources)]

    @property
    def shapes(self) -> int:
        return len(self._feeds)

    def _path(self, k: int) -> Path:
        feed = self._feeds[k % len(self._feeds)]
        return self.folder / "www" / f"{k}{feed.suffix}"

    def _origin(self, k: int) -> Origin:
        items = items_of(self._feeds[k % len(self._feeds)])
        address = f"127.77.{k // 250}.{k % 250 + 1}:{self.port}"
        return Origin(f"http://{address}/{self._path(k).name}", address, len(items))

    def write(self, *, held: bool) -> None:
        """Writes all sources anew, at a new time, without or with their newest item."""
        self.bytes = 0
        for k in range(len(self.origins)):
            body = mutated(self._feeds[k % len(self._feeds)], f"s{k}", held=held)
            self.bytes += len(body)
            self._path(k).write_bytes(body)
        self.touch()

    def touch(self) -> None:
        """The same bytes under another ETag and Last-Modified."""
        self._stamp += 60
        for k in range(len(self.origins)):
            os.utime(self._path(k), (self._stamp, self._stamp))

    @contextmanager
    def served(self) -> Iterator[None]:
        """While entered, nginx serves what is written."""
        (self.folder / "nginx.conf").write_text(NGINX.format(port=self.port))
        words = ["nginx", "-p", str(self.folder), "-c", "nginx.conf", "-e", "error.log"]
        path = os.environ["PATH"] + ":/usr/sbin"
        process = subprocess.Popen(words, env=os.environ | {"PATH": path})
        try:
            for _ in range(100):
                with suppress(OSError), urllib.request.urlopen(self.origins[0].url, timeout=1):
                    break
                time.sleep(0.05)
            else:
                raise SystemExit("nginx does not answer.")
            yield
        finally:
            process.terminate()
            process.wait()


def items_of(path: Path) -> list[bytes]:
    """The items of a feed as they stand in the file; none of what is no feed."""
    data = path.read_bytes()
    if path.suffix == ".json":
        return [json.dumps(item).encode() for item in json.loads(data).get("items", [])]
    if path.suffix == ".jsonl":
        return []
    return [found[0] for found in ITEM.finditer(data)]


def mutated(path: Path, mark: str, *, held: bool) -> bytes:
    """A feed whose items have the mark in guid, link and title; `held`: without the first."""
    data = path.read_bytes()
    if path.suffix == ".json":
        feed = json.loads(data)
        for item in feed["items"]:
            for name in ("id", "url"):
                if item.get(name):
                    item[name] = _marked(str(item[name]).encode(), mark.encode()).decode()
            item["title"] = f"{mark} {item.get('title') or ''}"
        feed["items"] = feed["items"][1:] if held else feed["items"]
        return json.dumps(feed, ensure_ascii=False).encode()
    found = list(ITEM.finditer(data))
    parts, end = [], 0
    for n, item in enumerate(found):
        parts.append(data[end : item.start()])
        if n or not held:
            parts.append(_item(item[0], mark.encode()))
        end = item.end()
    return b"".join(parts) + data[end:]


def _item(item: bytes, mark: bytes) -> bytes:
    item = NAME.sub(lambda found: found[1] + _marked(found[2], mark), item)
    item = ADDRESS.sub(lambda found: found[1] + _marked(found[2], mark), item)
    return TITLE.sub(rb"\1" + mark + b" ", item)


def _marked(name: bytes, mark: bytes) -> bytes:
    """An address on a host of its own, or a name with the mark behind it."""
    if b"://" in name:
        return name.replace(b"://", b"://" + mark + b".", 1)
    return name.rstrip() + b"-" + mark
