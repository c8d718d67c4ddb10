"""What a right configuration gives."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import fields

from aggregator import settings
from aggregator.errors import SettingsError
from aggregator.schema import (
    FetchSettings,
    Filing,
    OidcSettings,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    WebSettings,
)
from aggregator.settings import oidc, sections, tables

ROOT = Path(__file__).parents[2]
Load = Callable[..., Settings]


def only(found: Settings) -> Source:
    assert len(found.sources) == 1
    return found.sources[0]


# --- the whole ---------------------------------------------------------------------------------


def test_an_empty_file_gives_the_defaults(load: Load, tmp_path: Path) -> None:
    found = load("")
    assert (found.service, found.fetch, found.web) == (ServiceSettings(), FetchSettings(), WebSettings())
    assert found.store.url.reveal() == f"sqlite:///{tmp_path}/data/dateline.db"
    assert (found.sources, found.views, found.path) == ((), (), tmp_path / "config.toml")


def test_every_field_of_the_nouns_is_a_key() -> None:
    assert list(sections.SERVICE) == [field.name for field in fields(ServiceSettings)]
    assert [*sections.FETCH, "hosts"] == [field.name for field in fields(FetchSettings)]
    assert [*sections.WEB, "oidc"] == [field.name for field in fields(WebSettings)]
    assert list(oidc.OIDC) == [field.name for field in fields(OidcSettings)]
    assert set(tables.SOURCE_KEYS) == {field.name for field in fields(Source)} - {"origin"}


def test_every_key_can_be_written(load: Load) -> None:
    found = load("""
        [service]
        title = "News"
        tick = "10s"
        workers = 8
        log_level = "debug"
        [fetch]
        contact = "me@example.org"
        interval = "PT15M"
        min_interval = "10m"
        max_interval = "2d"
        max_bytes = "2MB"
        connect_timeout = "3s"
        read_timeout = "30s"
        total_timeout = "2m"
        per_host = 1
        host_delay = "0s"
        allow_inside = ["127.0.0.1:8080", "[::1]:80"]
        proxy = "http://user:pw@proxy.example.org:3128"
        polls_per_day = 5000
        [web]
        host = "0.0.0.0"
        port = 9000
        base_url = "https://news.example.org/"
        access = "readers"
        trusted_proxies = ["127.0.0.1", "10.1.2.3/8", "::1"]
        trusted_header = "X-Remote-User"
        page_size = 20
        threads = 2
    """)
    assert found.service == ServiceSettings(
        title="News", tick=timedelta(seconds=10), workers=8, log_level="debug"
    )
    assert found.fetch == FetchSettings(
        contact="me@example.org",
        interval=timedelta(minutes=15),
        min_interval=timedelta(minutes=10),
        max_interval=timedelta(days=2),
        max_bytes=2_000_000,
        connect_timeout=timedelta(seconds=3),
        read_timeout=timedelta(seconds=30),
        total_timeout=timedelta(minutes=2),
        per_host=1,
        host_delay=timedelta(0),
        allow_inside=("127.0.0.1:8080", "[::1]:80"),
        proxy=Secret("http://user:pw@proxy.example.org:3128"),
        polls_per_day=5000,
    )
    assert found.web == WebSettings(
        host="0.0.0.0",
        port=9000,
        base_url="https://news.example.org",
        access="readers",
        trusted_proxies=("127.0.0.1/32", "10.0.0.0/8", "::1/128"),
        trusted_header="X-Remote-User",
        page_size=20,
        threads=2,
    )


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("false", False), ('"div.story"', "div.story")]
)
def test_full_text_is_a_switch_or_a_selector(load: Load, written: str, meant: bool | str) -> None:
    assert only(load(f'[[source]]\nurl = "https://a.org/f"\nfull_text = {written}')).full_text == meant


def test_a_host_has_manners_of_its_own(load: Load) -> None:
    found = load("""
        [fetch]
        host_delay = "3s"
        [[host]]
        name = "Feeds.Example.org"
        delay = "0s"
        [[host]]
        name = "10.0.0.5:8080"
        at_once = 4
    """)
    assert found.fetch.manners("feeds.example.org") == (2, timedelta())
    assert found.fetch.manners("10.0.0.5:8080") == (4, timedelta(seconds=3))
    assert found.fetch.manners("example.org") == (2, timedelta(seconds=3))


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("1h30m", 5400),
        ("PT15M", 900), ("P1D", 86400), ("P1DT2H", 93600), ("P1W", 604800),
    ],
)  # fmt: skip
def test_a_time_is_written_short_or_as_iso_8601(written: str, seconds: int) -> None:
    assert settings.values.parse_duration(written).total_seconds() == seconds


@pytest.mark.parametrize(
    ("written", "size"),
    [("15MB", 15_000_000), ("15 MB", 15_000_000), ("2MiB", 2_097_152), ("500kB", 500_000), ("5000", 5000)],
)
def test_a_size_has_a_decimal_or_a_binary_unit(load: Load, written: str, size: int) -> None:
    assert load(f'[fetch]\nmax_bytes = "{written}"').fetch.max_bytes == size


def test_a_size_may_be_bytes(load: Load) -> None:
    assert load("[fetch]\nmax_bytes = 1_000_000").fetch.max_bytes == 1_000_000


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbf[service]\r\ntitle = "X"\r\n[[source]]\r\nurl = "https://x.org/"\r\n')
    found = settings.load(path)
    assert found.service.title == "X"
    assert found.sources[0].origin == f"{path}:3"


# --- database ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("sqlite:///news.db", "sqlite:///{here}/news.db"),
        ("sqlite:///../up.db?timeout=30", "sqlite:///{above}/up.db?timeout=30"),
        ("sqlite:////srv/news.db", "sqlite:////srv/news.db"),
        ("postgresql+psycopg://me:pw@db/news", "postgresql+psycopg://me:pw@db/news"),
        ("postgresql://me:pw@db/news", "postgresql+psycopg://me:pw@db/news"),
        ("postgres://db/news", "postgresql+psycopg://db/news"),
    ],
)
def test_the_database_is_sqlite_or_postgresql(load: Load, tmp_path: Path, written: str, url: str) -> None:
    found = load(f'[store]\nurl = "{written}"').store.url
    assert found.reveal() == url.format(here=tmp_path, above=tmp_path.parent)


def test_a_desk_may_be_spread_over_processes_that_share_postgresql(load: Load) -> None:
    found = load('[service]\nmode = "distributed"\n[store]\nurl = "postgresql://db/news"')
    assert found.service.mode == "distributed"
    assert load("").service.mode == "embedded"


def test_the_database_may_stand_in_the_environment(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_DB", "postgresql+psycopg://me:pw@db/news")
    found = load('[store]\nurl = "env:NEWS_DB"')
    assert found.store.url.reveal() == "postgresql+psycopg://me:pw@db/news"


# --- included files ----------------------------------------------------------------------------


def test_included_files_are_read_in_the_order_of_their_names(load: Load, tmp_path: Path) -> None:
    found = load(
        'include = ["sources/*.toml"]\n[[source]]\nid = "main"\nurl = "https://m.org/"',
        b='[[source]]\nid = "b"\nurl = "https://b.org/"',
        a='# first\n[[view]]\nname = "v"\nfilter = ""\n[[source]]\nid = "a"\nurl = "https://a.org/"',
    )
    assert [source.id for source in found.sources] == ["main", "a", "b"]
    assert [source.origin for source in found.sources] == [
        "config.toml:2",
        "sources/a.toml:5",
        "sources/b.toml:1",
    ]
    assert found.views[0].origin == "sources/a.toml:2"
    assert found.files == tuple(
        tmp_path / name for name in ("config.toml", "sources/a.toml", "sources/b.toml")
    )


def test_a_file_that_two_patterns_match_is_read_once(load: Load) -> None:
    found = load(
        'include = ["sources/*.toml", "**/a.toml", "*.toml"]', a='[[source]]\nurl = "https://a.org/"'
    )
    assert len(found.sources) == 1
    assert len(found.files) == 2


def test_a_pattern_may_match_nothing(load: Load) -> None:
    assert load('include = ["sources/*.toml"]').sources == ()


def test_nothing_is_included_unasked(load: Load) -> None:
    assert load("", a="nonsense").files == (Path.cwd() / "config.toml",)


# --- sources -----------------------------------------------------------------------------------


def test_a_source_needs_only_its_url(load: Load) -> None:
    found = only(load('[[source]]\nurl = "https://www.example.org/world/feed.xml"'))
    assert found == Source(
        id="example-org-world-feed",
        url="https://www.example.org/world/feed.xml",
        title="www.example.org",
        origin="config.toml:1",
    )


def test_every_key_of_a_source_can_be_written(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_TOKEN", "t0ken")
    found = only(
        load("""
        [[source]]
        id = "my-source"
        url = "https://x.org/feed"
        title = " My source "
        kind = "text"
        categories = ["World", "Science", "World"]
        country = "ma"
        places = ["Rabat"]
        language = "pt-br"
        interval = "2h"
        enabled = false
        headers = { X-Token = "env:FEED_TOKEN", X-Plain = "p" }
        username = "me"
        password = "pw"
        """)
    )
    assert found == Source(
        id="my-source",
        url="https://x.org/feed",
        title="My source",
        kind="text",
        categories=("World", "Science"),
        country="MA",
        places=("Rabat",),
        language="pt-BR",
        interval=timedelta(hours=2),
        enabled=False,
        headers=(("X-Token", Secret("t0ken")), ("X-Plain", Secret("p"))),
        username="me",
        password=Secret("pw"),
        origin="config.toml:2",
    )


def test_credentials_in_the_url_are_taken_out(load: Load) -> None:
    found = only(load('[[source]]\nurl = "https://me:p%40ss@x.org/feed?a=1#top"'))
    assert (found.url, found.username) == ("https://x.org/feed?a=1#top", "me")
    assert found.password == Secret("p@ss")


def test_credentials_in_the_url_never_mean_the_environment(load: Load) -> None:
    assert only(load('[[source]]\nurl = "https://me:env%3AHOME@x.org/"')).password == Secret("env:HOME")


def test_the_url_is_kept_as_it_is_written(load: Load) -> None:
    url = "https://X.org/Feed/?utm_source=rss&b=2"
    assert only(load(f'[[source]]\nurl = "{url}"')).url == url


def test_a_local_file_is_relative_to_the_file_that_names_it(load: Load, tmp_path: Path) -> None:
    found = load(
        'include = ["sources/*.toml"]\n[[source]]\nurl = "pages/one.txt"',
        a='[[source]]\nurl = "two.xml"\n[[source]]\nurl = "/srv/three.xml"',
    )
    assert [source.url for source in found.sources] == [
        f"{tmp_path}/pages/one.txt",
        f"{tmp_path}/sources/two.xml",
        "/srv/three.xml",
    ]
    assert [source.id for source in found.sources] == ["one", "two", "three"]
    assert found.sources[0].title == "one.txt"


def test_an_id_is_made_of_the_title_and_else_of_the_url(load: Load) -> None:
    found = load("""
        [[source]]
        title = "São Paulo – Notícias"
        url = "https://a.org/1"
        [[source]]
        title = "الجزيرة"
        url = "https://b.org/ar/rss.xml"
    """)
    assert [source.id for source in found.sources] == ["sao-paulo-noticias", "b-org-ar-rss"]


def test_a_derived_id_gives_way_to_a_written_one(load: Load) -> None:
    found = load("""
        [[source]]
        title = "News"
        url = "https://a.org/1"
        [[source]]
        title = "News"
        url = "https://a.org/2?x=1"
        [[source]]
        title = "News"
        url = "https://a.org/2?x=2"
        [[source]]
        title = "News"
        url = "https://a.org/2?x=2&y=/"
        [[source]]
        title = "News"
        url = "https://a.org/2?x=2&y"
        [[source]]
        id = "news"
        url = "https://a.org/3"
    """)
    assert [source.id for source in found.sources] == [
        "a-org-1", "a-org-2", "a-org-2-x-2", "a-org-2-x-2-y", "news-2", "news",
    ]  # fmt: skip


def test_sources_may_be_written_as_one_array(load: Load) -> None:
    found = load('source = [\n  { url = "https://a.org/" },\n  { url = "https://b.org/" },\n]')
    assert [source.origin for source in found.sources] == ["config.toml:2", "config.toml:3"]


# --- views -------------------------------------------------------------------------------------


def test_a_view_has_the_slug_of_its_name(load: Load) -> None:
    found = load('[[view]]\nname = "Latin America"\nfilter = "place:AR"').views[0]
    assert (found.id, found.title, found.filter) == ("latin-america", "Latin America", "place:AR")


def test_a_long_filter_may_stand_on_several_lines(load: Load) -> None:
    found = load('[[view]]\nname = "x"\ntitle = "T"\nfilter = """\nplace:AR\nOR place:BR\n"""').views[0]
    assert (found.title, found.filter) == ("T", "place:AR OR place:BR")


# --- what ships --------------------------------------------------------------------------------


def test_the_shipped_configuration_is_right() -> None:
    found = settings.load(ROOT / "config.toml")
    assert len(found.sources) >= 25
    assert len(found.views) == 5
    assert {"en", "fr", "es", "ar", "pt-BR", "de"} <= {source.language for source in found.sources}
    assert all(source.url.startswith("https://") and source.title for source in found.sources)
    assert [source.id for source in found.sources] == [settings.slug(source.id) for source in found.sources]


def test_ten_thousand_sources_load_in_a_few_seconds(load: Load) -> None:
    def source(number: int) -> str:
        return (
            f'[[source]]\nurl = "https://www.example{number}.org/feed.xml"\ntitle = "The Times of {number}"\n'
            'categories = ["News", "Africa"]\nlanguage = "en"\ncountry = "MA"\n\n'
        )

    names = {f"part{part}": "".join(map(source, range(part * 2500, part * 2500 + 2500))) for part in range(4)}
    load('include = ["sources/*.toml"]', **names)
    start = time.process_time()
    found = settings.load(Path("config.toml"))
    assert time.process_time() - start < 8
    assert len(found.sources) == 10_000


def test_a_missing_configuration_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no configuration at .*config\.toml; run `dateline init`"):
        settings.load(tmp_path / "config.toml")


def test_the_cache_folder_follows_the_xdg_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/srv/cache")
    assert settings.cache_folder() == Path("/srv/cache/dateline")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert settings.cache_folder() == Path("/home/me/.cache/dateline")


def test_a_source_names_lines_and_categories_its_articles_do_not_have(load: Load) -> None:
    source = only(
        load('[[source]]\nurl = "https://a.org/f"\ncut = ["Read more: *"]\nnot_categories = ["Sport"]')
    )
    assert source.cut == ("Read more: *",)
    assert source.not_categories == ("Sport",)


# --- places ------------------------------------------------------------------------------------


def test_places_are_filed_by_name(load: Load) -> None:
    found = load("""
        [places]
        "Laayoune" = { country = "ma" }
        "Kiev" = { name = "Kyiv" }
        "Technopolis" = { country = "MA", lat = 33.98, lon = -7 }
        "Reading" = { block = true }
    """).places
    assert found == (
        Filing(name="Laayoune", country="MA"),
        Filing(name="Kiev", rename="Kyiv"),
        Filing(name="Technopolis", country="MA", lat=33.98, lon=-7.0),
        Filing(name="Reading", block=True),
    )


@pytest.mark.parametrize(
    "url",
    ["https://ex.org/f?token=TOPSECRETTOK", "https://ex.org/private/token/topsecrettok1234/feed.xml"],
)
def test_rule_27_no_secret_of_an_address_becomes_part_of_an_id(url: str) -> None:
    assert not any("topsecrettok" in one for one in settings.slugs_of_url(url))


def test_two_feeds_of_one_page_are_two_places() -> None:
    places = {
        settings.same_place(f"https://a.org/feed?{query}") for query in ("feedtype=rss", "feedtype=atom")
    }
    assert len(places) == 2
    assert settings.same_place("https://a.org/feed?utm_source=x") == settings.same_place("http://a.org/feed")


def test_a_view_says_what_stands_once(load: Load) -> None:
    views = load(
        '[[view]]\nname = "a"\nfilter = ""\n[[view]]\nname = "b"\nfilter = ""\ncollapse = "story"'
    ).views
    assert [view.collapse for view in views] == ["article", "story"]


def test_a_draft_is_read_in_the_place_of_the_main_file(load: Load, tmp_path: Path) -> None:
    load('include = ["sources/*.toml"]', more='[[source]]\nurl = "https://a.org/f"')
    path = tmp_path / "config.toml"
    draft = 'include = ["sources/*.toml"]\n[[source]]\nurl = "https://b.org/f"'
    assert len(settings.load(path, draft=draft).sources) == 2
    assert len(settings.load(path).sources) == 1


def test_a_draft_cannot_look_into_other_files(load: Load, tmp_path: Path) -> None:
    load("")
    (tmp_path / "secrets.toml").write_text("password = 'hush'", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        settings.load(tmp_path / "config.toml", draft='include = ["secrets.toml"]')
    assert "must include the same files" in str(refused.value)
    assert "hush" not in str(refused.value)
    assert "password" not in str(refused.value)


def test_a_provider_is_read_with_its_secret_from_the_environment(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_SECRET", "s3cret")
    found = load("""
        [web]
        access = "public"
        base_url = "https://news.example.org"
        [web.oidc]
        issuer = "https://id.example.org/realms/news/"
        client_id = "dateline"
        client_secret = "env:OIDC_SECRET"
        title = "Example"
        scopes = ["openid", "groups"]
        allowed = ["@Example.org", "group:News"]
        admins = ["Ann@example.org", "sub:A7"]
    """)
    assert found.web.oidc == OidcSettings(
        issuer="https://id.example.org/realms/news/",
        client_id="dateline",
        client_secret=Secret("s3cret"),
        title="Example",
        scopes=("openid", "groups"),
        allowed=("@example.org", "group:News"),
        admins=("ann@example.org", "sub:A7"),
    )
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])
def test_a_provider_on_this_machine_needs_no_tls(load: Load, issuer: str) -> None:
    found = load(
        "[web]\naccess = 'readers'\nbase_url = 'https://n.org'\n"
        f"[web.oidc]\nissuer = '{issuer}'\nclient_id = 'a'\nclient_secret = 'b'"
    )
    assert found.web.oidc is not None
    assert found.web.oidc.issuer == issuer
