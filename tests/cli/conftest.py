"""The command as users run it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli.desk import gazetteer_path

FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>News</title>
<item><title>The court of Rabat</title><link>https://news.example/1?utm_source=x</link><guid>one</guid>
<pubDate>Mon, 12 Jan 2026 10:00:00 GMT</pubDate><category>Justice</category>
<description>Rabat – The court has decided.</description></item>
<item><title>Rain in Lyon</title><link>https://news.example/2</link><guid>two</guid>
<pubDate>Mon, 12 Jan 2026 09:00:00 GMT</pubDate><description>It rains.</description></item>
</channel></rss>"""


@dataclass
class Shell:
    """A folder with a configuration in it, and the command to use it."""

    folder: Path
    environment: dict[str, str]

    def run(self, *words: str, code: int = 0, said: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "aggregator", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            input=said,
            text=True,
            timeout=600,
        )
        assert done.returncode == code, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        return done

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "aggregator", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def configure(self, text: str) -> None:
        (self.folder / "config.toml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory, gazetteer_file: Path) -> Path:
    """A cache with a gazetteer in it, so that not every test builds one."""
    folder = tmp_path_factory.mktemp("cache")
    path = folder / "dateline" / gazetteer_path().name
    path.parent.mkdir()
    path.symlink_to(gazetteer_file)
    return folder


@pytest.fixture
def shell(tmp_path: Path, cache: Path) -> Shell:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(cache)}
    return Shell(folder=tmp_path, environment=environment)


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    if environ["PATH_INFO"] == "/broken":
        start_response("500 Oops", [])
        return [b""]
    start_response("200 OK", [("Content-Type", "application/rss+xml"), ("ETag", '"1"')])
    return [FEED.encode()]


@pytest.fixture
def polled(shell: Shell, loopback: Any) -> Shell:
    """A shell with two sources, one of which fails."""
    server = loopback(answer)
    shell.configure(
        f"""
[fetch]
allow_inside = ["{server.address}"]
host_delay = "0s"

[[source]]
id = "good"
url = "{server.url}/good"
title = "Good"
categories = ["politics"]

[[source]]
id = "bad"
url = "{server.url}/broken"
title = "Bad"
"""
    )
    return shell
