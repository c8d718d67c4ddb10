"""The doctor: it says what is wrong and what to do, and changes nothing."""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aggregator.cli.checkup import clock, limits, reach, room
from aggregator.schema import FetchSettings, WebSettings

CONTACT = '[fetch]\ncontact = "admin@news.example"\n'


def remarks(done: Any) -> dict[str, list[str]]:
    """What the doctor said, by state."""
    said: dict[str, list[str]] = {"ok": [], "mind": [], "fix": []}
    for line in done.stdout.splitlines()[:-1]:
        state, _, words = line.partition(" ")
        said[state].append(words.strip())
    return said


def one_with(words: str, said: list[str]) -> str:
    (found,) = [line for line in said if words in line]
    return found


def test_a_desk_that_is_well_needs_no_mending(polled: Any) -> None:
    polled.run("poll")
    done = polled.run("doctor")
    assert done.stdout.endswith("Nothing needs mending.\n")
    said = remarks(done)
    for words in (
        "is right: 2 sources",
        "gazetteer",
        "of this release",
        "clock",
        "files may be open",
        "sources are due",
    ):
        assert one_with(words, said["ok"])
    assert one_with("Publishers cannot reach you", said["mind"])
    assert "right while Dateline is stopped" in one_with("Nothing answers", said["mind"])


def test_nothing_is_made_where_nothing_is_yet(shell: Any) -> None:
    shell.configure(CONTACT)
    said = remarks(shell.run("doctor"))
    assert one_with("There is no database", said["mind"])
    assert one_with("has no source", said["mind"])
    assert not (shell.folder / "data").exists()


def test_a_wrong_configuration_is_told_line_by_line(shell: Any) -> None:
    shell.configure("[web]\nprot = 1\nhots = 2\n")
    done = shell.run("doctor", code=1)
    assert [line.partition(": ")[0] for line in remarks(done)["fix"]] == ["config.toml:2", "config.toml:3"]
    assert done.stdout.endswith("2 things are to be mended.\n")


def test_secrets_that_others_can_read_are_to_be_hidden(shell: Any) -> None:
    shell.configure(
        f'{CONTACT}[[source]]\nurl = "https://a.example/"\nusername = "me"\npassword = "hunter22"\n'
    )
    config = shell.folder / "config.toml"
    config.chmod(0o644)
    done = shell.run("doctor", code=1)
    assert "/config.toml: chmod o-r /" in one_with("can read the secrets", remarks(done)["fix"])
    assert "hunter22" not in done.stdout
    config.chmod(0o640)
    assert one_with("Nobody else can", remarks(shell.run("doctor"))["ok"])


def test_a_secret_of_the_environment_is_none_of_the_file(shell: Any) -> None:
    shell.environment["SOURCE_PASSWORD"] = "hunter22"
    shell.configure(
        f'{CONTACT}[[source]]\nurl = "https://a.example/"\nusername = "me"\npassword = "env:SOURCE_PASSWORD"\n'
    )
    (shell.folder / "config.toml").chmod(0o644)
    assert one_with("Nobody else can", remarks(shell.run("doctor"))["ok"])


def test_a_configuration_that_others_can_change_is_told(shell: Any) -> None:
    shell.configure(CONTACT)
    (shell.folder / "config.toml").chmod(0o666)
    assert one_with("chmod o-w /", remarks(shell.run("doctor", code=1))["fix"])


def test_a_folder_for_backups_that_cannot_be_is_told(polled: Any) -> None:
    assert one_with("Backups before an upgrade go to", remarks(polled.run("doctor"))["ok"])
    text = (polled.folder / "config.toml").read_text()
    polled.configure(f'[store]\nbackup_folder = "{polled.folder / "config.toml" / "x"}"\n{text}')
    assert one_with("No backup can be made in", remarks(polled.run("doctor"))["mind"])


def test_the_database_of_a_new_desk_is_for_its_user_alone(polled: Any) -> None:
    polled.run("poll")
    path = polled.folder / "data" / "dateline.db"
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o644)
    assert one_with("can read the database", remarks(polled.run("doctor"))["mind"])


@pytest.mark.parametrize(
    ("revision", "code", "state", "words"),
    [
        ("0001", 0, "mind", "of an older release (schema 0001"),
        ("9999", 1, "fix", "A newer Dateline wrote"),
        ("copy 0018", 1, "fix", "a copy that was not finished"),
    ],
)
def test_a_database_of_another_release_is_told_and_left_as_it_is(
    polled: Any, revision: str, code: int, state: str, words: str
) -> None:
    polled.run("poll")
    with closing(sqlite3.connect(polled.folder / "data" / "dateline.db")) as database:
        with database:
            database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        assert one_with(words, remarks(polled.run("doctor", code=code))[state])
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)


def test_a_file_that_is_no_database_is_told(shell: Any) -> None:
    shell.configure(CONTACT)
    (shell.folder / "data").mkdir()
    (shell.folder / "data" / "dateline.db").write_text("no database " * 100)
    assert one_with("is not a SQLite database", remarks(shell.run("doctor", code=1))["fix"])


def test_a_server_that_does_not_answer_is_told_without_its_password(shell: Any) -> None:
    shell.configure(f'{CONTACT}[store]\nurl = "postgresql+psycopg://me:hunter22@127.0.0.1:1/news"\n')
    (shell.folder / "config.toml").chmod(0o600)
    done = shell.run("doctor", code=1)
    assert one_with("postgresql://127.0.0.1:1/news", remarks(done)["fix"])
    assert "hunter22" not in done.stdout


def test_a_database_on_a_server_is_looked_at_like_a_file(shell: Any, store_url: str) -> None:
    shell.configure(f'{CONTACT}[store]\nurl = "{store_url}"\n[[source]]\nurl = "https://a.example/"\n')
    (shell.folder / "config.toml").chmod(0o600)
    before = remarks(shell.run("doctor"))["mind"]
    assert [line for line in before if "makes its tables" in line or "the next start makes it." in line]
    shell.run("init")
    said = remarks(shell.run("doctor"))
    assert one_with("is of this release", said["ok"])
    assert one_with("agrees with the database", said["ok"])


# --- the machine -------------------------------------------------------------------------------


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, state in ((100_000_000, "fix"), (1_000_000_000, "mind"), (9_000_000_000, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        assert room("the database", tmp_path / "not" / "yet").state == state


def test_more_workers_than_files_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 4096))
    assert limits(32, FetchSettings()).state == "ok"
    assert "LimitNOFILE" in limits(1000, FetchSettings()).words


def test_clocks_that_disagree_are_told() -> None:
    now = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
    assert clock(now, server=now, last_poll=now).state == "ok"
    assert "0:05:00 apart" in clock(now, server=now - timedelta(minutes=5), last_poll=None).words
    assert "in the future" in clock(now, server=None, last_poll=now + timedelta(days=1)).words


def answering(status: str, words: str) -> Callable[..., Any]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response(status, [("Content-Type", "text/plain")])
        return [f"{words if environ['PATH_INFO'] == '/readyz' else 'ok'}\n".encode()]

    return answer


def test_the_desk_is_asked_where_it_listens_and_where_readers_find_it(loopback: Any) -> None:
    now = datetime.now(UTC)
    desk, other = loopback(answering("200 OK", "ready")), loopback(answering("502 Bad Gateway", ""))
    web = WebSettings(port=int(desk.address.rpartition(":")[2]))
    assert [remark.state for remark in reach(web, now)] == ["ok"]
    well = WebSettings(port=web.port, base_url=desk.url)
    assert [remark.state for remark in reach(well, now)] == ["ok", "ok"]
    (_, outside) = reach(WebSettings(port=web.port, base_url=other.url), now)
    assert (outside.state, "another server answers (status 502)" in outside.words) == ("fix", True)
    (_, closed) = reach(WebSettings(port=web.port, base_url="http://127.0.0.1:1"), now)
    assert "not at its base_url http://127.0.0.1:1 (Connection refused)" in closed.words


def test_a_desk_that_is_not_ready_says_why(loopback: Any) -> None:
    desk = loopback(answering("503 Service Unavailable", "The database does not answer."))
    (remark,) = reach(WebSettings(port=int(desk.address.rpartition(":")[2])), datetime.now(UTC))
    assert (remark.state, remark.words.endswith("The database does not answer.")) == ("fix", True)


def test_another_program_at_the_address_of_the_desk_is_told(loopback: Any) -> None:
    other = loopback(answering("404 Not Found", "<!DOCTYPE HTML>\n<title>No such file</title>"))
    (remark,) = reach(WebSettings(port=int(other.address.rpartition(":")[2])), datetime.now(UTC))
    assert remark.state == "fix"
    assert remark.words == (
        f"Another program answers at http://{other.address}: stop it, or let `port` in [web] name another one."
    )


def test_a_place_where_no_gazetteer_can_be_made_is_told(shell: Any) -> None:
    shell.environment["XDG_CACHE_HOME"] = str(shell.folder / "config.toml" / "cache")
    shell.configure(CONTACT)
    said = remarks(shell.run("doctor", code=1))
    assert one_with("XDG_CACHE_HOME", said["fix"])
