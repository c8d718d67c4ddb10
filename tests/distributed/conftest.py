"""A desk of several processes over one PostgreSQL, and origins on hosts of their own that count who asks."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL

from aggregator.jobs.engine import prepare
from aggregator.store import Store

HOSTS, EACH, ITEMS = 3, 4, 2
DELAY = 1.0
"""Seconds between two requests to one host."""


class Origin:
    """A host whose sources have items of their own; those named in `held` are answered once `let_go` is set."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.asked = threading.Semaphore(0)
        """Released whenever a request comes in for a source that is held."""
        self.let_go = threading.Event()
        self.deadly: dict[str, Callable[[], None]] = {}
        """What happens to those who ask for a source."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        name = environ["PATH_INFO"].strip("/")
        if name in self.deadly:
            self.deadly[name]()
        if name in self.held:
            self.asked.release()
            self.let_go.wait(60)
        start_response("200 OK", [("Content-Type", "application/rss+xml")])
        items = "".join(
            f"<item><title>Story {n} of {name}</title><guid>{name}:{n}</guid>"
            f"<link>https://{name}.example/{n}</link><description>Words of {name} {n}.</description></item>"
            for n in range(ITEMS)
        )
        return [f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()]


class Town:
    """The configuration of a desk, its database, and the processes that serve it."""

    def __init__(self, folder: Path, cache: Path, url: str, origins: list[tuple[Origin, Any]]) -> None:
        self.folder, self.url = folder, url
        self.origins = [origin for origin, _ in origins]
        self.servers = [server for _, server in origins]
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": str(cache)}
        self.names = [f"h{host}s{n}" for host in range(len(origins)) for n in range(EACH)]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.processes: list[subprocess.Popen[bytes]] = []
        self.configure()
        self.store = Store.open(url)
        prepare(url)

    def configure(self, more: str = "", inside: str = "") -> None:
        addresses = [server.address for server in self.servers] + ([inside] if inside else [])
        inside = ", ".join(f'"{address}"' for address in addresses)
        sources = "".join(
            f'[[source]]\nid = "h{host}s{n}"\nurl = "{server.url}/h{host}s{n}"\n'
            for host, server in enumerate(self.servers)
            for n in range(EACH)
        )
        (self.folder / "config.toml").write_text(
            f'[service]\nmode = "distributed"\ntick = "1s"\nworkers = 4\n[store]\nurl = "{self.url}"\n'
            f'[fetch]\nallow_inside = [{inside}]\nhost_delay = "{DELAY:.0f}s"\n'
            f"[web]\nport = {self.port}\n{sources}{more}",
            encoding="utf-8",
        )

    def start(self, role: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{role}{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "aggregator", role, *words],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def page(self, path: str) -> str:
        """What the pages say; empty while nobody serves them."""
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer,
        ):
            return str(answer.read().decode())
        return ""

    def run(self, *words: str) -> str:
        command = [sys.executable, "-m", "aggregator", *words]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )
        return done.stdout + done.stderr

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()}" for path in sorted(self.folder.glob("*.log")))

    def until(self, reached: Callable[[], bool], seconds: float = 60) -> None:
        """Looks ten times a second whether something has come about."""
        for _ in range(round(seconds * 10)):
            if reached():
                return
            threading.Event().wait(0.1)
        pytest.fail(f"it did not come about in {seconds} s\n{self.logs()}")

    def polled(self) -> Counter[str]:
        """How many polls of each source are stored."""
        return Counter(row[0] for row in self.store.poll_log(datetime.fromtimestamp(0, UTC)))

    def asked(self) -> Counter[str]:
        """How often each source was asked."""
        return Counter(request.path.strip("/") for server in self.servers for request in server.requests)

    def entries(self) -> Counter[str]:
        return Counter(article.guid for article in self.store.every_article())

    def all_entries(self) -> Counter[str]:
        return Counter(f"{name}:{n}" for name in self.names for n in range(ITEMS))

    def gaps(self) -> list[float]:
        """Seconds between two requests to one host, of all hosts."""
        return [
            later.at - one.at
            for server in self.servers
            for one, later in zip(server.requests, server.requests[1:], strict=False)
        ]

    def jobs(self) -> list[tuple[str, str, int]]:
        """Task, status and attempts of each job."""
        libpq = self.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(libpq) as connection:
            return connection.execute(
                "SELECT task_name, status::text, attempts FROM jobs.procrastinate_jobs ORDER BY id"
            ).fetchall()

    @contextmanager
    def outage(self) -> Iterator[None]:
        """The server of the database takes nobody in, and has thrown all out."""
        with psycopg.connect(self.administration, autocommit=True) as connection:
            name = self.store.engine.url.database
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    @property
    def administration(self) -> str:
        url = self.store.engine.url.set(drivername="postgresql", database="postgres")
        return url.render_as_string(hide_password=False)

    def close(self) -> None:
        for origin in self.origins:
            origin.let_go.set()
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.store.close()


@pytest.fixture
def database(postgres_url: URL) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"dateline_test_{os.getpid()}_{secrets.token_hex(4)}"
    libpq = postgres_url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(libpq, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    yield postgres_url.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(libpq, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def town(tmp_path: Path, cache: Path, database: str, loopback: Any) -> Iterator[Town]:
    origins = []
    for _ in range(HOSTS):
        origin = Origin()
        origins.append((origin, loopback(origin)))
    made = Town(tmp_path, cache, database, origins)
    yield made
    made.close()
