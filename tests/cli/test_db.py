"""The database as a whole, as the admin sees to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from aggregator.store import Store


def test_a_desk_moves_to_another_database_and_goes_on(polled: Any) -> None:
    polled.run("poll", "--due")
    polled.environment["NEW"] = "sqlite:///new/desk.db"
    assert "Copied 2 articles" in polled.run("db", "copy", "env:NEW").stdout
    text = (polled.folder / "config.toml").read_text()
    polled.configure(f'[store]\nurl = "env:NEW"\n{text}')
    assert polled.run("db", "check").stdout == "The database is sound.\n"
    assert polled.run("poll", "--source", "good").stdout.startswith("Polled 1 source: 0 with news")
    assert "itself; name an empty one" in polled.run("db", "copy", "env:NEW", code=2).stderr
    assert "is not empty" in polled.run("db", "copy", "sqlite:///data/dateline.db", code=1).stderr


def test_a_backup_is_restored_into_a_fresh_desk(polled: Any) -> None:
    polled.run("poll", "--due")
    kept = polled.folder / "kept"
    kept.mkdir()
    said = polled.run("backup", "kept").stdout
    (path,) = kept.iterdir()
    assert said.startswith(f"The backup is in kept/{path.name} (")
    before = polled.run("articles").stdout
    assert "--force" in polled.run("restore", str(path), code=1).stderr
    (polled.folder / "data").rename(polled.folder / "gone")
    assert "is restored into" in polled.run("restore", str(path)).stdout
    assert polled.run("articles").stdout == before


def test_what_is_wrong_is_said_with_exit_code_1(polled: Any) -> None:
    polled.run("poll", "--due")
    with closing(sqlite3.connect(polled.folder / "data" / "dateline.db")) as connection, connection:
        connection.execute("UPDATE meta SET value = 0 WHERE key = 'article'")
    said = polled.run("db", "check", code=1).stdout
    assert said == "The last number of article is 2, and the counter says 0; restore a backup.\n"


def test_a_database_that_is_polled_is_neither_copied_nor_replaced(polled: Any) -> None:
    polled.run("backup", "kept.db", code=1)  # there is nothing yet
    store = Store.open(f"sqlite:///{polled.folder}/data/dateline.db")
    polled.run("backup", "kept.db")
    with store.poller() as alone:
        assert alone()
        for words in (("db", "copy", "sqlite:///new.db"), ("restore", "kept.db", "--force")):
            assert "Dateline runs on the database" in polled.run(*words, code=1).stderr
    store.close()


def test_db_upgrade_says_from_where_to_where(polled: Any) -> None:
    assert polled.run("db", "upgrade").stdout.startswith("The database went from schema none to ")
    assert polled.run("db", "upgrade").stdout.startswith("The database is up to date (schema ")
    assert polled.run("restore", "none.db", code=1).stderr.endswith("There is no file none.db.\n")


def test_a_backup_into_a_folder_that_is_not_there_makes_it(polled: Any) -> None:
    polled.run("poll", "--due")
    for _ in range(2):
        polled.run("backup", "new/folder/")
        (path,) = (polled.folder / "new" / "folder").iterdir()
        assert path.name.startswith("dateline-")
        path.unlink()


def test_what_needs_attention_is_no_feed_for_a_reader(polled: Any) -> None:
    polled.run("readers", "add", "ben", said="a-long-pass-word\na-long-pass-word\n")
    assert "told to admins alone" in polled.run("tokens", "add", "needs", "--reader", "ben", code=2).stderr
    assert "/feeds/needs.atom?token=" in polled.run("tokens", "add", "needs").stdout


def test_all_that_fails_is_asked_again_at_once_and_counted(polled: Any) -> None:
    assert polled.run("poll", "--failing").stdout == "No source fails.\n"
    polled.run("poll", "--due")
    assert polled.run("poll", "--failing").stdout.startswith("Polled 1 source: 0 with news")


def test_a_source_inside_is_asked_as_soon_as_its_address_is_allowed(polled: Any) -> None:
    text = (polled.folder / "config.toml").read_text()
    refused = "\n".join(line for line in text.splitlines() if "allow_inside" not in line)
    polled.configure(refused)
    assert "2 failed" in polled.run("poll", "--due").stdout
    assert "Polled 0 sources" in polled.run("poll", "--due").stdout
    polled.configure(text)
    assert "1 with news" in polled.run("poll", "--due").stdout
