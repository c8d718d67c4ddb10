"""Rules 26 and 27: whatever happens to a poll, nothing is lost, nothing is twice, and nothing is given away.

`bench/faults.py` does the same for hours, at moments left to chance.
"""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import threading
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

SECRETS = ("a-pass-word", "a-to-ken", "a-head-er")
PAGES = ("/", "/sources", "/about", "/status", "/sources.opml", "/healthz", "/readyz", "/metrics")
FEEDS = ("/feeds/latest.rss", "/feeds/latest.atom", "/feeds/latest.json")


def start_and_hold(shell: Any, *held: str) -> subprocess.Popen[str]:
    """A poll that goes no further than asking these sources."""
    shell.origin.held = set(held)
    process = shell.start("poll", "--due")
    for _ in held:
        assert shell.origin.asked.acquire(timeout=30)
    return process


def test_rule_26_a_poll_that_is_killed_loses_and_doubles_nothing(shell: Any, ended: Any) -> None:
    process = start_and_hold(shell, "source3")
    process.kill()
    ended(process, -signal.SIGKILL)
    shell.origin.let_go.set()
    shell.run("poll", "--due")
    assert shell.counts() == shell.all_once()


def test_rule_26_three_pollers_at_once_ask_each_source_once(shell: Any, ended: Any) -> None:
    for process in [shell.start("poll", "--due") for _ in range(3)]:
        ended(process)
    assert sorted(request.path for request in shell.server.requests) == [f"/{name}" for name in shell.names]
    assert shell.counts() == shell.all_once()


def test_rule_26_a_locked_database_is_waited_for(shell: Any, ended: Any) -> None:
    shell.run("init")
    process = start_and_hold(shell, *shell.names)
    with closing(sqlite3.connect(shell.database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        shell.origin.let_go.set()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
        connection.execute("ROLLBACK")
    ended(process)
    assert shell.counts() == shell.all_once()


@pytest.mark.parametrize("jump", ["+10y", "-10y"])
def test_rule_26_a_clock_that_jumps_there_and_back_keeps_nothing_from_being_read(
    jump: str, shell: Any
) -> None:
    shell.run("poll", "--due", prefix=["faketime", "-f", jump])
    shell.origin.published += 2
    shell.run("poll", "--due")
    assert shell.counts() == shell.all_once()


def test_rule_26_a_clock_that_jumps_back_meanwhile_does_not_hang_the_poll(
    shell: Any, ended: Any, tmp_path: Path
) -> None:
    urls = [f"{shell.server.url}/{name}" for name in shell.names]
    shell.configure('read_timeout = "2s"\n' + "".join(f'[[source]]\nurl = "{url}"\n' for url in urls))
    clock = tmp_path / "clock"
    clock.write_text("+0")
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    shell.environment |= {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    shell.origin.held = {"source3"}
    process = shell.start("poll", "--due", prefix=["env", f"LD_PRELOAD={library}"])
    assert shell.origin.asked.acquire(timeout=30)
    clock.write_text("-10y")
    assert "sent nothing for 2 seconds" in ended(process)


def test_rule_26_a_full_disk_is_said_and_loses_nothing(shell: Any) -> None:
    shell.run("init")
    said = shell.run("poll", "--due", code=1, largest_file=40_000)
    assert "full" in said
    shell.run("poll", "--due")
    assert shell.counts() == shell.all_once()


@pytest.mark.parametrize("how", ["full", "gone"])
def test_rule_26_a_log_that_cannot_be_written_does_not_hang_the_poll(
    how: str, shell: Any, ended: Any
) -> None:
    shell.names.append("broken")
    shell.configure("".join(f'[[source]]\nid = "{n}"\nurl = "{shell.server.url}/{n}"\n' for n in shell.names))
    if how == "full":
        with open("/dev/full", "w") as full:
            ended(shell.start("poll", "--due", stderr=full))
    else:
        process = shell.start("poll", "--due", stderr=subprocess.PIPE)
        process.stderr.close()
        process.stderr = None
        ended(process)
    shell.names.remove("broken")
    assert shell.counts() == shell.all_once()


def test_rule_26_a_summary_that_finds_no_room_is_said_and_loses_nothing(shell: Any) -> None:
    said = shell.run("poll", "--due", code=1, prefix=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
    assert "could not be written: No space left on device" in said
    assert shell.counts() == shell.all_once()


def test_rule_26_a_stopped_poll_goes_on_where_it_was(shell: Any, ended: Any) -> None:
    process = start_and_hold(shell, "source2", "source3")
    process.send_signal(signal.SIGSTOP)
    shell.origin.let_go.set()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGCONT)
    ended(process)
    assert shell.counts() == shell.all_once()


def test_rule_27_secrets_are_in_no_log_page_or_feed(shell: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = shell.server.address
    shell.configure(
        f'[[source]]\nid = "good"\nurl = "http://{address}/good?token=a-to-ken"\nusername = "me"\n'
        f'password = "a-pass-word"\nheaders = {{ X-Key = "a-head-er" }}\n'
        f'[[source]]\nid = "bad"\nurl = "http://{address}/broken?token=a-to-ken"\npassword = "a-pass-word"\n'
        'username = "me"\n',
        more=f'[service]\nlog_level = "debug"\n[web]\nport = {port}\n',
    )
    process = shell.start("run")
    log: list[str] = []
    seen = threading.Event()

    def follow() -> None:
        for line in process.stderr:
            log.append(line)
            if any("good: " in one for one in log) and any("bad: " in one for one in log):
                seen.set()

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        assert seen.wait(30), log
        pages = {path: fetched(f"http://127.0.0.1:{port}{path}") for path in PAGES + FEEDS}
    finally:
        process.terminate()
        process.wait(30)
        reader.join(10)
        process.stdout.close()
        process.stderr.close()
    assert "Story 1 of good" in pages["/"]
    told = {"the log": "".join(log), **pages}
    for words in (["articles", "--jsonl"], ["sources", "list"], ["sources", "show", "bad"]):
        told[" ".join(words)] = shell.run(*words)
    found = [(where, secret) for where, text in told.items() for secret in SECRETS if secret in text]
    assert not found, found


def fetched(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=30) as page:
            return str(page.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return str(error.read().decode())
