"""The commands, as the admin types them."""

from __future__ import annotations

import json
import socket
import urllib.request
from pathlib import Path
from typing import Any

SEED = Path(__file__).parents[1] / "pages" / "001-polisario" / "source.txt"


def test_init_writes_a_configuration_that_is_right(shell: Any) -> None:
    shell.run("init")
    assert "sources" in shell.run("check").stdout


def test_init_keeps_a_configuration_that_is_there(shell: Any) -> None:
    shell.configure("# mine\n")
    shell.run("init")
    assert (shell.folder / "config.toml").read_text() == "# mine\n"


def test_a_missing_configuration_is_a_sentence_and_exit_code_2(shell: Any) -> None:
    done = shell.run("check", code=2)
    assert "dateline init" in done.stderr


def test_a_wrong_key_is_named_with_file_line_and_fix(shell: Any) -> None:
    shell.configure("[web]\nprot = 8000\n")
    done = shell.run("check", code=2)
    assert "config.toml:2" in done.stderr
    assert "port" in done.stderr


def test_poll_due_polls_once_and_ends_with_a_summary(polled: Any) -> None:
    done = polled.run("poll", "--due")
    assert done.stdout.splitlines()[-1] == (
        "Polled 2 sources: 1 with news (2 new, 0 changed), 0 without, 1 failed."
    )
    assert "bad:" in done.stderr
    again = polled.run("poll", "--due")
    assert again.stdout.startswith("Polled 0 sources")


def test_poll_source_polls_one_that_is_not_due(polled: Any) -> None:
    polled.run("poll", "--due")
    done = polled.run("poll", "--source", "good")
    assert done.stdout.startswith("Polled 1 source: 0 with news")


def test_poll_of_an_unknown_source_says_what_may_be_meant(polled: Any) -> None:
    done = polled.run("poll", "--source", "god", code=2)
    assert "Did you mean good?" in done.stderr


def test_articles_are_printed_one_json_object_a_line(polled: Any) -> None:
    polled.run("poll", "--due")
    lines = polled.run("articles", "--jsonl").stdout.splitlines()
    first = next(line for line in map(json.loads, lines) if line["guid"] == "one")
    assert first["title"] == "The court of Rabat"
    assert first["link"] == "https://news.example/1"
    assert first["published"] == "2026-01-12T10:00:00+00:00"
    assert first["feed"].endswith("/good")
    assert {"justice", "politics"} <= {category["id"] for category in first["categories"]}
    assert "Rabat" in [place["name"] for place in first["places"]]
    assert "The court has decided." in first["content"]
    assert len(lines) == 2


def test_a_reader_that_goes_away_is_no_error(polled: Any) -> None:
    polled.run("poll", "--due")
    process = polled.start("articles", "--jsonl")
    process.stdout.close()
    assert process.wait(60) == 0
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_sources_are_listed_with_how_they_are(polled: Any) -> None:
    polled.run("poll", "--due")
    good, bad = polled.run("sources", "list").stdout.splitlines()
    assert good.split()[:2] == ["good", "ok"]
    assert bad.split()[:2] == ["bad", "failing"]


def test_sources_show_says_what_went_wrong_and_when_it_is_asked_next(polled: Any) -> None:
    polled.run("poll", "--due")
    shown = polled.run("sources", "show", "bad").stdout
    assert "500" in shown
    assert "next poll" in shown


def test_importing_a_list_twice_changes_nothing_the_second_time(polled: Any) -> None:
    text = (polled.folder / "config.toml").read_text()
    polled.configure('include = ["sources/*.toml"]\n' + text)
    (polled.folder / "list.opml").write_text(
        '<opml version="2.0"><body><outline text="Press & more">'
        '<outline type="rss" text="A & B" xmlUrl="https://a.example/feed?x=1&y=2"/>'
        "</outline></body></opml>"
    )
    polled.run("sources", "import", "list.opml")
    written = (polled.folder / "sources" / "list.toml").read_bytes()
    polled.run("sources", "import", "list.opml")
    assert (polled.folder / "sources" / "list.toml").read_bytes() == written
    assert "A & B" in polled.run("sources", "list").stdout


def test_an_imported_list_is_included_where_nothing_includes_it(polled: Any) -> None:
    (polled.folder / "list.txt").write_text("https://a.example/feed\n")
    assert "config.toml now includes sources/list.toml" in polled.run("sources", "import", "list.txt").stdout
    assert "now includes" not in polled.run("sources", "import", "list.txt").stdout
    assert len(polled.run("sources", "list").stdout.splitlines()) == 3


def test_a_list_without_sources_is_refused(polled: Any) -> None:
    (polled.folder / "list.txt").write_text("nothing\n")
    assert "no source that can be added" in polled.run("sources", "import", "list.txt", code=2).stderr


def test_explain_of_nothing_says_what_it_takes(polled: Any) -> None:
    said = polled.run("explain", "nothing.txt", code=2).stderr
    assert "no file here, no http(s) address and no number of an article" in said


def test_explain_of_a_binary_file_is_refused(polled: Any) -> None:
    (polled.folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    assert "no text" in polled.run("explain", "picture.png", code=2).stderr


def test_an_address_of_another_machine_is_a_sentence(polled: Any) -> None:
    text = (polled.folder / "config.toml").read_text()
    polled.configure('[web]\nhost = "192.0.2.77"\naccess = "public"\n' + text)
    done = polled.run("run", code=1)
    assert "no such address" in done.stderr
    assert "Stopping" not in done.stderr


def test_reprocess_from_beyond_the_end_is_refused(polled: Any) -> None:
    polled.run("poll", "--due")
    assert "no article 99 or later" in polled.run("reprocess", "--from", "99", code=2).stderr


def test_explain_shows_what_each_step_did(shell: Any) -> None:
    shown = shell.run("explain", str(SEED)).stdout
    assert "── clean" in shown
    assert "── normalise" in shown


def test_explain_prints_the_final_article_as_json(shell: Any) -> None:
    article = json.loads(shell.run("explain", "--json", str(SEED)).stdout)
    assert article["dateline"] == "Rabat"


def test_explain_of_a_stored_article(polled: Any) -> None:
    polled.run("poll", "--due")
    article = json.loads(polled.run("explain", "--json", "1").stdout)
    assert article["title"] in ("The court of Rabat", "Rain in Lyon")
    assert "no article 99" in polled.run("explain", "99", code=2).stderr


def test_explain_says_where_the_stored_article_differs_from_what_would_be_made_today(polled: Any) -> None:
    polled.run("poll", "--due")
    stored = polled.run("explain", "1").stdout.rpartition("── store")[2]
    assert "(no change)" in stored
    text = (polled.folder / "config.toml").read_text()
    polled.configure(text.replace('"politics"', '"society"'))
    stored = polled.run("explain", "1").stdout.rpartition("── store")[2]
    assert '"id":"politics"' in stored
    assert '"id":"society"' in stored
    assert "uid" not in stored


def test_reprocess_goes_over_every_article(polled: Any) -> None:
    polled.run("poll", "--due")
    assert polled.run("reprocess").stdout == "Reprocessed 2 articles; 0 changed.\n"
    text = (polled.folder / "config.toml").read_text()
    polled.configure(text.replace('"politics"', '"society"'))
    dry = polled.run("reprocess", "--dry-run", "--since", "7d").stdout
    assert dry.startswith("2 of 2 articles would change.\n")
    assert "categories: " in dry
    assert polled.run("reprocess").stdout == "Reprocessed 2 articles; 2 changed.\n"


def test_what_a_source_repeats_goes_from_older_articles_too_and_explain_shows_it(shell: Any) -> None:
    line = "Read the Times of the Valley every day"
    titles = ("Harbour closes", "Library opens", "Bakers strike", "Ferry sinks", "Mayor resigns")
    items = "".join(
        f"<item><title>{title}</title><guid>{title}</guid>"
        f"<description>&lt;p>It is known: {title}.&lt;/p>&lt;p>{line}&lt;/p></description></item>"
        for title in titles
    )
    (shell.folder / "feed.xml").write_text(
        f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'
    )
    shell.configure('[[source]]\nid = "times"\nurl = "feed.xml"\ntitle = "Times"\n')
    shell.run("poll", "--due")
    assert shell.run("reprocess").stdout == "Reprocessed 5 articles; 5 changed.\n"
    told = shell.run("explain", "1").stdout
    assert f'{{"rule":"recurring line","text":"{line}"}}' in told


def test_reprocess_since_a_time_to_come_finds_nothing(polled: Any) -> None:
    polled.run("poll", "--due")
    assert (
        "No article arrived since 2099-01-01"
        in polled.run("reprocess", "--since", "2099-01-01", code=2).stderr
    )


def test_reprocess_since_what_is_no_time_is_refused(polled: Any) -> None:
    assert "soonish" in polled.run("reprocess", "--since", "soonish", code=2).stderr


def test_a_taken_port_is_a_sentence_and_exit_code_1(polled: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = (polled.folder / "config.toml").read_text()
        polled.configure(f"[web]\nport = {taken.getsockname()[1]}\n" + text)
        done = polled.run("run", code=1)
    assert "cannot be used" in done.stderr


def test_run_serves_and_polls_and_stops_on_sigterm(polled: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = (polled.folder / "config.toml").read_text()
    polled.configure(f"[web]\nport = {port}\n" + text)
    process = polled.start("run")
    try:
        line = ""
        while "good: " not in line:
            line = process.stderr.readline()
            assert line, "the service ended"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert "The court of Rabat" in page.read().decode()
        other = polled.run("run", code=1)
        assert "Another Dateline" in other.stderr
        assert "The running Dateline asks good" in polled.run("poll", "--source", "good").stdout
    finally:
        process.terminate()
        _, rest = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in rest


def test_a_full_or_unwritable_place_is_a_sentence(polled: Any) -> None:
    (polled.folder / "data").write_text("a file where the folder should be")
    done = polled.run("poll", "--due", code=1)
    assert "cannot be made" in done.stderr


def test_a_token_is_shown_once_listed_without_itself_and_revoked(polled: Any) -> None:
    made = polled.run("tokens", "add", "latest", "--label", "phone")
    address = made.stdout.strip()
    assert address.startswith("http://127.0.0.1:8000/feeds/latest.atom?token=")
    (line,) = polled.run("tokens", "list").stdout.splitlines()
    id, view, reader, *_ = line.split()
    assert (view, reader) == ("latest", "owner")
    assert address.partition("token=")[2] not in line
    polled.run("tokens", "revoke", id)
    assert polled.run("tokens", "list").stdout == ""
    assert "no token" in polled.run("tokens", "revoke", id, code=2).stderr


def test_a_token_for_a_view_there_is_not_is_refused(polled: Any) -> None:
    assert "Did you mean latest?" in polled.run("tokens", "add", "lastest", code=2).stderr


def test_readers_are_added_listed_and_removed(polled: Any) -> None:
    said = "correct horse battery\n"
    assert "Added ann (admin)." in polled.run("readers", "add", "Ann", "--role", "admin", said=said).stdout
    assert "already" in polled.run("readers", "add", "ann", said=said, code=2).stderr
    assert "10 to 1000" in polled.run("readers", "add", "bo", said="short\n", code=2).stderr
    assert "can be no name" in polled.run("readers", "add", "a b", said=said, code=2).stderr
    assert polled.run("readers", "list").stdout.split() == ["ann", "admin"]
    polled.run("readers", "role", "ann", "reader")
    assert polled.run("readers", "list").stdout.split() == ["ann", "reader"]
    assert "signed out everywhere" in polled.run("readers", "password", "ann", said=said).stdout
    assert "no reader" in polled.run("readers", "password", "bo", said=said, code=2).stderr
    polled.run("readers", "remove", "ann", "--yes")
    assert polled.run("readers", "list").stdout == ""
