"""The command as users run it, and an origin that answers when a test lets it."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

SOURCES, ITEMS = 4, 5


class Origin:
    """Sources of five items each; those named in `held` are answered once `let_go` is set."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.asked = threading.Semaphore(0)
        """Released whenever a request comes in for a source that is held."""
        self.let_go = threading.Event()
        self.published = ITEMS

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        name = environ["PATH_INFO"].strip("/")
        if name in self.held:
            self.asked.release()
            self.let_go.wait(30)
        if name == "broken":
            start_response("500 Oops", [])
            return [b""]
        start_response("200 OK", [("Content-Type", "application/rss+xml"), ("ETag", f'"{self.published}"')])
        items = "".join(
            f"<item><title>Story {n} of {name}</title><guid>{name}:{n}</guid>"
            f"<link>https://{name}.example/{n}</link><description>Words.</description></item>"
            for n in range(self.published)
        )
        return [f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()]


class Shell:
    """A folder with a configuration in it, and the command to use it."""

    def __init__(self, folder: Path, cache: Path, origin: Origin, server: Any) -> None:
        self.folder, self.origin, self.server = folder, origin, server
        self.database = folder / "data" / "dateline.db"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": str(cache)}
        self.names = [f"source{n}" for n in range(SOURCES)]
        self.configure("".join(f'[[source]]\nid = "{n}"\nurl = "{server.url}/{n}"\n' for n in self.names))

    def configure(self, sources: str, more: str = "") -> None:
        fetch = f'[fetch]\nallow_inside = ["{self.server.address}"]\nhost_delay = "0s"\nper_host = 8\n'
        (self.folder / "config.toml").write_text(more + fetch + sources, encoding="utf-8")

    def start(
        self, *words: str, prefix: Sequence[str] = (), stderr: Any = subprocess.PIPE, largest_file: int = 0
    ) -> subprocess.Popen[str]:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        return subprocess.Popen(
            [*prefix, sys.executable, "-m", "aggregator", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            preexec_fn=limit if largest_file else None,
        )

    def run(self, *words: str, code: int = 0, **how: Any) -> str:
        """What it said; it must end with `code` and without a traceback."""
        return end(self.start(*words, **how), code)

    def counts(self) -> Counter[str]:
        """How often each entry that was published is stored, and whether the database is whole."""
        lines = self.run("articles", "--jsonl").splitlines()
        with closing(sqlite3.connect(self.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return Counter(json.loads(line)["guid"] for line in lines)

    def all_once(self) -> Mapping[str, int]:
        """What `counts` is where nothing is lost and nothing twice."""
        return {f"{name}:{n}": 1 for name in self.names for n in range(self.origin.published)}


def end(process: subprocess.Popen[str], code: int = 0) -> str:
    """What a command said that ends now, with `code` and without a traceback."""
    try:
        said, complaint = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail("the command hangs")
    assert process.returncode == code, said + (complaint or "")
    assert "Traceback" not in (complaint or "")
    return said + (complaint or "")


@pytest.fixture
def ended() -> Callable[..., str]:
    """`ended(process, code=0)`: see `end`."""
    return end


@pytest.fixture
def shell(tmp_path: Path, cache: Path, loopback: Any) -> Iterator[Shell]:
    origin = Origin()
    yield Shell(tmp_path, cache, origin, loopback(origin))
    origin.let_go.set()
