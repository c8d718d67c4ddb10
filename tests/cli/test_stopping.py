"""A running Dateline that is told to stop: it ends within ten seconds, and what it did not finish is done later."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

FEED = b"""<rss version="2.0"><channel><title>Loop</title><item><title>Rain in Lyon</title>
<link>http://a.example/1</link></item></channel></rss>"""
LIMIT = 10
"""Seconds after which supervisors kill (Docker; systemd waits longer)."""


class Origin:
    """A publisher whose answers wait until they are let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.asked.set()
        self.let_go.wait(60)
        start_response("200 OK", [("Content-Type", "application/rss+xml")])
        return [FEED]


@pytest.fixture
def origin() -> Iterator[Origin]:
    made = Origin()
    yield made
    made.let_go.set()


class Running:
    """`dateline run`, and what it says."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.said: list[str] = []
        self.serving = threading.Event()
        self.reader = threading.Thread(target=self._listen)
        self.reader.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if "Dateline is at" in line:
                self.serving.set()

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Tells it to stop; returns after how many seconds it had ended."""
        began = time.monotonic()
        os.kill(self.process.pid, number)
        self.process.wait(60)
        return time.monotonic() - began

    def close(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def run(shell: Any, origin: Origin, loopback: Callable[..., Any]) -> Iterator[Callable[[], Running]]:
    server = loopback(origin)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shell.configure(
        f'[fetch]\nallow_inside = ["{server.address}"]\n[web]\nport = {port}\n'
        f'[[source]]\nid = "slow"\nurl = "{server.url}/feed"\n'
    )
    running: list[Running] = []

    def start() -> Running:
        running.append(Running(shell.start("run"), port))
        assert running[-1].serving.wait(120), running[-1].said
        return running[-1]

    yield start
    for one in running:
        one.close()


def wait_until_read(port: int) -> None:
    """Returns when the article is made, and all that is left to do is to store it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            if b'dateline_step_seconds_count{step="locate"} 1.0' in answer.read():
                return
    pytest.fail("The feed was not read within a minute.")


def stored(shell: Any) -> list[str]:
    return [line for line in shell.run("articles", "--jsonl").stdout.splitlines() if line]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_poll_that_waits_for_its_origin_is_handed_back_and_made_at_the_next_start(
    shell: Any, origin: Origin, run: Callable[[], Running], number: int
) -> None:
    first = run()
    assert origin.asked.wait(60)
    assert first.stop(number) < LIMIT
    assert first.process.returncode == 0
    assert not any("Traceback" in line for line in first.said)
    assert stored(shell) == []
    origin.asked.clear()
    origin.let_go.set()
    second = run()
    assert origin.asked.wait(60)
    second.stop()
    shell.run("poll", "--due")
    assert len(stored(shell)) == 1


def test_a_database_that_is_locked_for_long_does_not_keep_it_from_ending(
    shell: Any, origin: Origin, run: Callable[[], Running]
) -> None:
    running = run()
    assert origin.asked.wait(60)
    with closing(sqlite3.connect(shell.folder / "data" / "dateline.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # as a backup would, until the end of this test
        origin.let_go.set()
        wait_until_read(running.port)
        took = running.stop()
        other.execute("ROLLBACK")
    assert took < LIMIT
    assert running.process.returncode == 0
    running.reader.join(60)
    assert "handed back" in running.said[-1]
    shell.run("poll", "--due")
    assert len(stored(shell)) == 1
