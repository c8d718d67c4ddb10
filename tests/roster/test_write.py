"""Writing rosters into the configuration."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from aggregator import roster, settings
from aggregator.errors import SettingsError
from aggregator.roster import ImportReport, Roster, RosterLine, include
from aggregator.schema import Secret, Source

FULL = RosterLine(
    url="https://x.org/feed?a=1&b=\"2'",
    title='The "X" \\ É',
    categories=("News", "Africa"),
    language="fr",
    username="me",
    password=Secret("p w"),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('include = ["sources/*.toml"]\n')
    return path


def lines(*urls: str) -> Roster:
    return Roster(sources=tuple(RosterLine(url=url, title="News") for url in urls))


def test_what_is_written_loads_as_it_was_read(config: Path, tmp_path: Path) -> None:
    report = roster.write(Roster(sources=(FULL,)), tmp_path / "sources" / "mine.toml", ())
    assert report == ImportReport(added=("the-x-e",), merged=0, unchanged=0, skipped=(), repairs=())
    (source,) = settings.load(config).sources
    assert source == Source(
        id="the-x-e",
        url=FULL.url,
        title=FULL.title,
        categories=FULL.categories,
        language="fr",
        username="me",
        password=Secret("p w"),
        origin=f"{tmp_path}/sources/mine.toml:4",
    )


def test_the_file_is_pleasant_to_read(tmp_path: Path) -> None:
    into = tmp_path / "mine.toml"
    roster.write(Roster(sources=(FULL, RosterLine(url="https://y.org/rss.xml"))), into, ())
    comment, _, tables = into.read_text().partition("\n\n")
    assert all(line.startswith("# ") for line in comment.split("\n"))
    assert tables == (
        '[[source]]\nid = "the-x-e"\nurl = "https://x.org/feed?a=1&b=\\"2\'"\ntitle = "The \\"X\\" \\\\ É"\n'
        'categories = ["News", "Africa"]\nlanguage = "fr"\nusername = "me"\npassword = "p w"\n\n'
        '[[source]]\nid = "y-org-rss"\nurl = "https://y.org/rss.xml"\n'
    )


def test_a_second_import_changes_nothing(config: Path, tmp_path: Path) -> None:
    into = tmp_path / "sources" / "mine.toml"
    found = Roster(sources=(FULL, *lines("https://a.org/", "https://b.org/").sources))
    roster.write(found, into, settings.load(config).sources)
    before = into.read_bytes(), into.stat().st_mtime_ns
    report = roster.write(found, into, settings.load(config).sources)
    assert (into.read_bytes(), into.stat().st_mtime_ns) == before
    assert (report.added, report.unchanged) == ((), 3)


def test_a_second_import_changes_nothing_even_if_the_file_is_not_included(tmp_path: Path) -> None:
    into = tmp_path / "mine.toml"
    roster.write(lines("https://a.org/"), into, ())
    before = into.read_bytes()
    assert roster.write(lines("https://a.org/"), into, ()).unchanged == 1
    assert into.read_bytes() == before


def test_sources_configured_elsewhere_are_not_added(tmp_path: Path) -> None:
    existing = (Source(id="a", url="http://A.org/feed?utm_source=x", title="A"),)
    report = roster.write(lines("https://a.org/feed"), tmp_path / "mine.toml", existing)
    assert (report.added, report.unchanged) == ((), 1)
    assert not (tmp_path / "mine.toml").exists()


def test_new_sources_come_behind_what_the_file_holds(config: Path, tmp_path: Path) -> None:
    into = tmp_path / "sources" / "mine.toml"
    into.parent.mkdir()
    kept = '# mine\n[[source]]  # the first\nurl = "https://a.org/"\n\n[[view]]\nname = "v"\nfilter = ""\n'
    into.write_text(kept)
    roster.write(lines("https://a.org/", "https://b.org/"), into, settings.load(config).sources)
    assert into.read_text().startswith(kept)
    assert [source.url for source in settings.load(config).sources] == ["https://a.org/", "https://b.org/"]


def test_ids_are_kept_clear_of_those_in_use(tmp_path: Path) -> None:
    existing = (Source(id="news", url="https://x.org/", title="News"),)
    into = tmp_path / "mine.toml"
    into.write_text('[[source]]\nid = "a-org"\nurl = "https://y.org/"\n')
    report = roster.write(lines("https://a.org/", "https://b.org/x"), into, existing)
    assert report.added == ("news-2", "b-org-x")


def test_the_rights_of_the_file_and_a_link_to_it_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text("")
    real.chmod(0o600)
    link = tmp_path / "mine.toml"
    link.symlink_to(real)
    roster.write(lines("https://a.org/"), link, ())
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["mine.toml", "real.toml"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[[source]", r"mine\.toml is not valid TOML .*; mend it before importing"),
        (b'source = [{ url = "https://a.org/" }]', "lists its sources in one array; write them as"),
        (b"\xff", "cannot be read as UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_added_to_is_left_alone(tmp_path: Path, content: bytes, message: str) -> None:
    into = tmp_path / "mine.toml"
    into.write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        roster.write(lines("https://b.org/"), into, ())
    assert into.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sources").write_text("a file")
    with pytest.raises(SettingsError, match=r"mine\.toml cannot be (read|written)"):
        roster.write(lines("https://b.org/"), tmp_path / "sources" / "mine.toml", ())


def test_the_report_is_told_in_sentences_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("https://me:hunter2@a.org/\nhttps://a.org/\nftp://me:hunter2@b.org/\nfeed://c.org/\n")
    report = roster.write(roster.read(path), tmp_path / "mine.toml", ())
    assert report.lines() == (
        "Line 4: the address was read as an http or https one.",
        'Line 3: "ftp://b.org/" was left out: only http and https addresses can be polled.',
        "Named more than once, and merged: 1.",
        "Sources: 2 added, 0 configured already, 1 left out.",
    )
    assert "hunter2" not in repr(report)
    assert 'password = "hunter2"' in (tmp_path / "mine.toml").read_text()


TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
WRITTEN = st.builds(
    '<outline text="{}" xmlUrl="https://{}/{}" category="{}" language="{}"/>'.format,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.one_of(WRITTEN, TEXT, TEXT.map("https://x.org/{}".format)), max_size=6), st.booleans())
def test_whatever_a_roster_holds_the_configuration_stays_right(
    config: Path, tmp_path: Path, parts: list[str], is_opml: bool
) -> None:
    into = tmp_path / "sources" / "mine.toml"
    into.unlink(missing_ok=True)
    path = tmp_path / "roster"
    path.write_bytes(("<opml>" * is_opml + "\n".join(parts)).encode())
    try:
        found = roster.read(path)
    except SettingsError:
        return
    report = roster.write(found, into, ())
    assert len(settings.load(config).sources) == len(report.added) == len(found.sources)


CONFIG = """# mine
[web]  # served here
port = 9000
"""


def test_a_configuration_without_includes_gets_one_and_keeps_its_words(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    include(path, "sources/list.toml")
    assert path.read_text() == 'include = ["sources/list.toml"]\n\n' + CONFIG


def test_an_include_is_added_to_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('include = [\n  "a.toml",  # mine\n]\n' + CONFIG)
    include(path, "sources/list.toml")
    assert tomllib.loads(path.read_text())["include"] == ["a.toml", "sources/list.toml"]
    assert '"a.toml",  # mine' in path.read_text()
