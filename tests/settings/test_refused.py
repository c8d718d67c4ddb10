"""What is refused: each message names file, line, key and value, what is wrong and the way out."""
# ruff: noqa: E501 - one line a case reads best

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator import settings
from aggregator.errors import SettingsError

Refused = Callable[..., list[str]]

OIDC = """[web]
access = 'readers'
base_url = 'https://news.example.org'
[web.oidc]
issuer = 'https://id.example.org'
client_id = 'dateline'
client_secret = 'pw'
"""
SOURCE = '[[source]]\nurl = "https://x.org/"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # unknown keys and tables
        ('[fetch]\n\nintervall = "1h"', 'config.toml:3: intervall = …: unknown key; did you mean "interval"?'),
        ("[web]\nzzz = 1", "config.toml:2: zzz = …: unknown key; known here: host, port, base_url,"),
        ("\n[servize]", 'config.toml:2: servize = …: unknown key; did you mean "service"?'),
        (
            f'{SOURCE}id = "daily"\n[[view]]\nname = "a"\nfilter = "source:dayly"',
            'config.toml:6: filter = "source:dayly": wrong at character 8; There is no source “dayly”; did you mean daily?',
        ),
        (
            '[[view]]\nname = "latest"\nfilter = ""',
            'config.toml:2: name = "latest": the feed of that name is Dateline\'s own; choose another name',
        ),
        (f'{SOURCE}categorys = ["a"]', 'config.toml:3: categorys = …: unknown key; did you mean "categories"?'),
        (
            '[[view]]\nname = "a"\nfilter = ""\nfiter = ""',
            'config.toml:4: fiter = …: unknown key; did you mean "filter"?',
        ),
        ("[[host]]\nname = 'a.org'\ndealy = '1s'", 'config.toml:3: dealy = …: unknown key; did you mean "delay"?'),
        ("[[host]]\ndelay = '1s'", 'config.toml:1: this [[host]] has no name; add name = "feeds.example.org"'),
        ("[[host]]\nname = 'https://a.org/'", 'config.toml:2: name = "https://a.org/": it must be a host alone'),
        ("[[host]]\nname = 'a.org/x'", 'config.toml:2: name = "a.org/x": it must be a host alone'),
        ("[[host]]\nname = 'a.org'\nat_once = 0", "config.toml:3: at_once = 0: it is out of range"),
        (
            "[[host]]\nname = 'a.org'\n[[host]]\nname = 'A.org'",
            'config.toml:4: name = "a.org": the host at config.toml:1 has the same name; write both of its keys',
        ),
        ("[host]", "config.toml:1: host: this must be a list of tables; write [[host]] in double brackets"),
        (
            "[service]\nmode = 'distributed'",
            'config.toml:2: mode = "distributed": several processes share a PostgreSQL database, and [store] url names',
        ),
        ("[service]\nmode = 'many'", 'config.toml:2: mode = "many": it is not one of the choices; write one of "embedded"'),
        ("[[service]]", "config.toml:1: service: this must be one table; write [service] on a line of its own"),
        ("[store]\nbackups = -1", "config.toml:2: backups = -1: it is out of range; write a number from 0 to 100"),
        ("[store]\nstatement_timeout = 5", "config.toml:2: statement_timeout = 5: it is no span of time"),
        ("[store]\npool_size = 40", "config.toml:2: pool_size: more connections would be kept than the 32 of"),
        ("[store]\nmax_connections = 2", "config.toml:2: max_connections: more connections would be kept than the 2 of"),
        ("[store]\nbackup = 1", 'config.toml:2: backup = …: unknown key; did you mean "backups"?'),
        ("[store]\nurls = 'x'", 'config.toml:2: urls = …: unknown key; did you mean "url"?'),
        ('[places]\n"Fez" = "MA"', 'config.toml:2: Fez = "MA": it must be a table; write "Name" = { country = "MA" }'),
        ("[places.Fez]\ncuntry = 'MA'", 'config.toml:2: cuntry = …: unknown key; did you mean "country"?'),
        ('[places]\n"" = { block = true }', 'config.toml:2: "" = {…}: this place has no name; write "Name" = { country = "MA" }'),
        ("[places.Fez]\nlat = 3", "config.toml:2: lat: lat and lon go together; write both"),
        ("[places.Fez]\nlat = 91\nlon = 1", "config.toml:2: lat = 91: it must be a number of degrees from -90 to 90"),
        ("web.prot = 1", 'config.toml:1: prot = …: unknown key; did you mean "port"?'),
        ("web = {\"po rt\" = 1}", 'config.toml:1: "po rt" = …: unknown key; did you mean "port"?'),
        (
            f'{SOURCE}cut = ["a*b"]',
            'config.toml:3: cut = ["a*b"]: each must have three characters or more, and * at its ends only',
        ),
        (f"{SOURCE}full_text = 1", "config.toml:3: full_text = 1: it must be true, false or a CSS selector"),
        (
            f"{SOURCE}full_text = 'div['",
            'config.toml:3: full_text = "div[": this is no CSS selector; write true, or one such as "div.story"',
        ),
        # wrong shapes
        ("[[web]]", "config.toml:1: web: this must be one table; write [web] on a line of its own"),
        ("[source]", "config.toml:1: source: this must be a list of tables; write [[source]] in double brackets"),
        ("view = 1", "config.toml:1: view: this must be a list of tables"),
        ('include = "x"', 'config.toml:1: include = "x": it must be a list of file names; write include ='),
        ("include = [1]", "config.toml:1: include = [1]: it must be a list of file names"),
        ('include = [\n"sources/no.toml"]', 'config.toml:2: include = "sources/no.toml": there is no such file'),
        # wrong types
        ("[service]\ntitle = 1", "config.toml:2: title = 1: it must be text; write it in quotes"),
        ("[service]\ntitle = ''", 'config.toml:2: title = "": it is empty'),
        ('[service]\ntitle = "a\\nb"', 'config.toml:2: title = "a\\nb": it holds a line break'),
        (f"[service]\ntitle = '{'x' * 501}'", "…: it has 501 characters; write at most 500"),
        ("[service]\nworkers = true", "config.toml:2: workers = true: it must be a whole number"),
        ("[web]\nport = '80'", 'config.toml:2: port = "80": it must be a whole number; write it without quotes'),
        (f"{SOURCE}enabled = 1", "config.toml:3: enabled = 1: it must be true or false"),
        (f"{SOURCE}categories = 'a'", 'config.toml:3: categories = "a": it must be a list; write it in brackets'),
        (f"{SOURCE}places = [\n'a', 2]", 'config.toml:3: places = ["a", 2]: it must be text'),
        # out of range, not among the choices
        ("[service]\nworkers = 0", "config.toml:2: workers = 0: it is out of range; write a number from 1 to 1000"),
        ("[web]\nport = 65536", "config.toml:2: port = 65536: it is out of range"),
        ("[service]\nlog_level = 'all'", 'config.toml:2: log_level = "all": it is not one of the choices; write one'),
        (f"{SOURCE}kind = 'rss'", 'config.toml:3: kind = "rss": it is not one of the choices; write one of "feed"'),
        ("[fetch]\nmax_bytes = '5 GB'", 'config.toml:2: max_bytes = "5 GB": it is out of range'),
        ("[fetch]\nmax_bytes = 'big'", 'config.toml:2: max_bytes = "big": it is no size'),
        # times
        ("[fetch]\ninterval = 60", "config.toml:2: interval = 60: it is no span of time; write a number with s, m, h"),
        ("[fetch]\ninterval = '1 hour'", 'config.toml:2: interval = "1 hour": it is no span of time'),
        ("[fetch]\ninterval = 'P1M'", 'config.toml:2: interval = "P1M": it is no span of time'),
        ("[fetch]\ninterval = '4m'", 'config.toml:2: interval = "4m": it is out of range; write a time from "5m" to'),
        ("[fetch]\nmin_interval = '1m'", 'config.toml:2: min_interval = "1m": it is out of range'),
        (f"{SOURCE}interval = '60s'", 'config.toml:3: interval = "60s": it is out of range'),
        (
            "[fetch]\nmax_interval = '2h'\nmin_interval = '3h'",
            'config.toml:3: min_interval = "3h": min_interval (3h) is longer than max_interval (2h); lower the one',
        ),
        (
            "[fetch]\nmax_interval = '30m'",
            'config.toml:2: max_interval = "30m": min_interval (1h) is longer than max_interval (30m)',
        ),
        # addresses
        ("[[source]]\nid = 'x'", "config.toml:1: this [[source]] has no url; add url ="),
        ("[[source]]\nurl = 7", "config.toml:2: url = 7: it must be text"),
        ("[[source]]\nurl = ''", 'config.toml:2: url = "": it is empty'),
        ("[[source]]\nurl = 'ftp://x.org/'", 'config.toml:2: url = "ftp://x.org/": ftp: addresses cannot be polled'),
        ("[[source]]\nurl = 'feed:https://x.org/'", "feed: addresses cannot be polled; write an http:// or https://"),
        ("[[source]]\nurl = 'file:///etc/passwd'", "file: addresses cannot be polled"),
        ("[[source]]\nurl = 'https://'", 'config.toml:2: url = "https://": this is no complete web address'),
        ("[[source]]\nurl = 'https://x.org:99999/'", "this is no complete web address; write it as in https://"),
        ("[[source]]\nurl = 'https://x.org/a b'", "it holds a blank or control character; write %20"),
        ("[[source]]\nurl = 'www.x.org/feed'", 'url = "www.x.org/feed": a web address needs its scheme; write https://'),
        ("[[source]]\nurl = 'bbc.co.uk'", "a web address needs its scheme"),
        ("[[source]]\nurl = 'https://a%3Ab:c@x.org/'", 'url = "https://x.org/": the user name in it holds a colon'),
        ("[fetch]\nallow_inside = ['localhost:80']", 'allow_inside = ["localhost:80"]: "localhost:80" is no address:port'),
        ("[fetch]\nallow_inside = ['127.0.0.1']", '"127.0.0.1" is no address:port; write a literal address and a port'),
        ("[fetch]\nallow_inside = ['::1:80']", '"::1:80" is no address:port'),
        ("[fetch]\nallow_inside = ['[127.0.0.1]:80']", '"[127.0.0.1]:80" is no address:port'),
        ("[fetch]\nallow_inside = ['127.0.0.1:0']", '"127.0.0.1:0" has an impossible port'),
        ("[fetch]\nallow_inside = ['127.0.0.1:٣']", "is no address:port"),
        ("[fetch]\nallow_inside = '127.0.0.1:80'", "it must be a list; write it in brackets"),
        ("[fetch]\ncontact = 'call me'", 'config.toml:2: contact = "call me": this is no way to reach you'),
        ("[fetch]\ncontact = 'https://x.org/(a)'", "this is no way to reach you"),
        ("[web]\nhost = '127.0.0.1:80'", 'config.toml:2: host = "127.0.0.1:80": this is no address to listen on'),
        ("[web]\nhost = '1.2.3'", "this is no address to listen on"),
        ("[web]\nbase_url = 'news.example.org'", 'base_url = "news.example.org": this is no public address'),
        ("[store]\nurl = 'mysql://db/news'", 'config.toml:2: url = "mysql://db/news": this database is not supported'),
        ("[store]\nurl = 'sqlite:///:memory:'", 'config.toml:2: url = "sqlite:///:memory:": it names no file'),
        ("[store]\nurl = 'sqlite:///'", "it names no file"),
        # codes and ids
        (f"{SOURCE}country = 'UK'", 'country = "UK": this is no ISO 3166-1 country code; did you mean "GB"?'),
        (f"{SOURCE}country = 'Morocco'", 'this is no ISO 3166-1 country code; write two letters, as in "MA"'),
        (f"{SOURCE}language = 'english'", 'config.toml:3: language = "english": this is no BCP 47 language tag; write'),
        (f"{SOURCE}language = 'pt_BR'", 'this is no BCP 47 language tag; write "pt-BR"'),
        (f"{SOURCE}id = 'My Source'", 'config.toml:3: id = "My Source": an id is made of lower-case letters'),
        (f"{SOURCE}id = 'My Source'", '; write "my-source"'),
        # headers and credentials
        (f"{SOURCE}headers = 'x'", "config.toml:3: headers = ***: it must be a table"),
        (f"{SOURCE}[source.headers]\n'a b' = 'x'", 'config.toml:4: headers."a b" = ***: this is no name of an HTTP'),
        (f"{SOURCE}headers.Host = 'x'", "config.toml:3: headers.Host = ***: Dateline sets this header itself"),
        (f"{SOURCE}headers = {{ A = 'x', a = 'y' }}", "headers.a = ***: this header is given twice"),
        (f'{SOURCE}headers.A = "x\\ny"', "headers.A = ***: it holds a line break"),
        (f"{SOURCE}username = 'a'\nheaders.Authorization = 'x'", "config.toml:4: headers.Authorization = ***: username"),
        (f"{SOURCE}username = 'a:b'", "config.toml:3: username = ***: a user name cannot hold a colon"),
        (f"{SOURCE}password = 'env:DATELINE_UNSET'", "password = ***: the environment variable DATELINE_UNSET is not set"),
        (f"{SOURCE}password = 'env:'", "password = ***: this is no name of an environment variable"),
        ("[[source]]\nurl = 'https://a@x.org/'\npassword = 'b'", "config.toml:2: url = \"https://x.org/\": credentials stand"),
        # views
        ('[[view]]\nfilter = ""', "config.toml:1: this [[view]] has no name; add name ="),
        ('[[view]]\nname = "a"', "config.toml:1: this [[view]] has no filter; add filter ="),
        ('[[view]]\nname = "العربية"\nfilter = ""', "it has no letter a-z or digit to make an id of"),
        ('[[view]]\nname = "a"\nfilter = "x AND ("', 'config.toml:3: filter = "x AND (": wrong at character'),
        ('[[view]]\nname = "a"\nfilter = "plce:MA"', 'filter = "plce:MA": wrong at character 1; There is no field'),
        ('[[view]]\nname = "a"\nfilter = 1', "config.toml:3: filter = 1: it must be text"),
        # who may read
        (
            "[web]\nport = 80\nhost = '0.0.0.0'",
            'config.toml:3: host = "0.0.0.0": others could read the pages of this host while access is "local"; '
            'set access = "readers" for those with an account, or "public" for everyone',
        ),
        ("[web]\nhost = '::'\naccess = 'local'", 'config.toml:2: host = "::": others could read'),
        ("[web]\naccess = 'password'", 'config.toml:2: access = "password": readers have accounts now'),
        ("[web]\ntrusted_header = 'X-User'", 'trusted_header = "X-User": anyone could send this header; name the proxies'),
        ("[web]\ntrusted_header = 'X User'\ntrusted_proxies = ['::1']", "this is no name of a header"),
        ("[web]\ntrusted_proxies = ['proxy']", '"proxy" is neither; write a literal address or a network'),
        ("[web]\ntrusted_proxies = '::1'", "it must be a list"),
        (OIDC.replace("readers", "local"), 'config.toml:4: nobody signs in while access is "local"; set it to'),
        (OIDC.replace("base_url", "#"), "config.toml:4: the provider sends readers back to base_url; set it in [web]"),
        (OIDC.replace("client_id", "#"), 'config.toml:4: [web.oidc] has no client_id; add client_id = "dateline"'),
        (OIDC.replace("https://id", "http://id"), 'config.toml:5: issuer = "http://id.example.org": what it says must not be read'),
        (OIDC.replace("/id.", "/a:b@id."), "an issuer has no user name, ? or #"),
        (OIDC.replace("'pw'", '"a\\nb"'), "client_secret = ***: it holds a line break"),
        (OIDC + "scopes = ['email']", 'scopes = ["email"]: each is one word, and openid is one'),
        (OIDC + "allowed = ['ann']", 'allowed = ["ann"]: "ann" names nobody; write "ann@example.org"'),
        (OIDC + "admins = ['@']", 'admins = ["@"]: "@" names nobody'),
        (OIDC + "admin = ['@a.org']", 'config.toml:8: admin = …: unknown key; did you mean "admins"?'),
        ("[web]\noidc = 1\naccess = 'readers'\nbase_url = 'https://n.org'", "config.toml:2: oidc: this must be one table; write [web.oidc] on a line of its own"),
    ],
)  # fmt: skip
def test_it_is_refused_with_one_line(refused: Refused, text: str, message: str) -> None:
    lines = refused(text)
    assert len(lines) == 1
    assert message in lines[0]
    assert lines[0].startswith("config.toml:")


# --- several at once, several files ------------------------------------------------------------


def test_all_problems_are_listed_in_the_order_of_files_and_lines(refused: Refused) -> None:
    lines = refused(
        "include = ['sources/*.toml']\n[web]\nport = 0\n[[source]]\nkind = 'x'\n[service]\nworkers = 'x'",
        b="[[source]]\n\nurl = 'gopher://x'",
        a="# one\n[[source]]\nurl = 'https://x.org'\ncountry = 'XX'\nlanguage = '?'",
    )
    assert [line.split(": ")[0] for line in lines] == [
        "config.toml:3", "config.toml:4", "config.toml:5", "config.toml:7",
        "sources/a.toml:4", "sources/a.toml:5", "sources/b.toml:3",
    ]  # fmt: skip


def test_a_view_without_a_name_does_not_hide_its_filter(refused: Refused) -> None:
    lines = refused("[[view]]\nfilter = 'place:'")
    assert ["has no name" in lines[0], lines[1].startswith("config.toml:2: filter = ")] == [True, True]


def test_of_a_database_whose_address_cannot_be_read_it_is_not_said_that_it_is_a_file(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWS_DB", raising=False)
    (line,) = refused("[service]\nmode = 'distributed'\n[store]\nurl = 'env:NEWS_DB'")
    assert "NEWS_DB" in line
    assert "names a file" not in line


def test_a_broken_file_does_not_hide_the_problems_of_the_others(refused: Refused) -> None:
    lines = refused(
        "include = ['sources/*.toml']\n[web]\nport = 0", a="[[source]\n", b="[[source]]\nid = 'x'"
    )
    assert [line.split(": ")[0] for line in lines] == [
        "config.toml:3",
        "sources/a.toml:1",
        "sources/b.toml:1",
    ]


def test_an_included_file_holds_sources_and_views_only(refused: Refused) -> None:
    lines = refused("include = ['sources/*.toml']", a="\n[web]\nport = 1\n[vieww]\n")
    assert lines == [
        "sources/a.toml:2: web = …: this belongs in config.toml; "
        "an included file holds [[source]], [[view]], [[category]], [[rule]], [[test]] only",
        'sources/a.toml:4: vieww = …: unknown key; did you mean "view"?',
    ]


def test_two_sources_with_one_id_are_refused_where_the_second_stands(refused: Refused) -> None:
    lines = refused(
        "include = ['sources/*.toml']\n[[source]]\nurl = 'https://a.org/'\nid = 'a'",
        more="[[source]]\nid = 'a'\nurl = 'https://b.org/'",
    )
    assert lines == [
        'sources/more.toml:2: id = "a": the source at config.toml:4 has the same id; give each its own'
    ]


@pytest.mark.parametrize(
    "twin", ["https://a.org/feed", "http://a.org/feed", "HTTPS://A.org:443/feed?utm_source=x#y", "https://u:p@a.org/feed"]
)  # fmt: skip
def test_two_sources_with_one_address_are_refused(refused: Refused, twin: str) -> None:
    lines = refused(f"[[source]]\nurl = 'https://a.org/feed'\n[[source]]\nid = 'x'\nurl = '{twin}'")
    assert len(lines) == 1
    assert lines[0].startswith("config.toml:5: url = ")
    assert "the source at config.toml:2 has the same address; delete one of the two" in lines[0]


def test_two_views_with_one_slug_are_refused(refused: Refused) -> None:
    lines = refused("[[view]]\nname = 'a b'\nfilter = ''\n[[view]]\nfilter = ''\nname = 'A-B'\n")
    assert lines == [
        'config.toml:6: name = "A-B": the view at config.toml:1 has the same id "a-b"; give each its own name'
    ]


# --- files that cannot be read -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a = 1\nb = x",
            "config.toml:2: this is not valid TOML (column 5): invalid value; text stands in quotes",
        ),
        ("a = [1,\n\n", "config.toml:1: this is not valid TOML (end of file)"),
        (
            "a = 1\na = 2\n",
            "config.toml:2: this is not valid TOML (column 6): cannot overwrite a value; write each",
        ),
        ("a = " + "[" * 5000, "config.toml:1: lists or tables are nested too deeply; write them flat"),
    ],
)
def test_invalid_toml_is_refused_with_line_and_column(refused: Refused, text: str, message: str) -> None:
    lines = refused(text)
    assert len(lines) == 1
    assert lines[0].startswith(message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\n\x00", "2: this is no text file (it holds a zero byte); save it as plain text in UTF-8"),
        (b"# a\n# caf\xe9\n", "2: this line is not UTF-8 text; save it as plain text in UTF-8"),
        ("[web]".encode("utf-16"), "1: this is no text file"),
    ],
)
def test_a_file_that_is_no_utf_8_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    with pytest.raises(SettingsError) as caught:
        settings.load(path)
    assert str(caught.value).startswith(f"{path}:{message}")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources" / "a.toml").mkdir(parents=True)
    (tmp_path / "config.toml").write_text('include = ["sources/*.toml"]')
    with pytest.raises(
        SettingsError, match=r"sources/a\.toml: this file cannot be read: is a directory; check"
    ):
        settings.load(tmp_path / "config.toml")


# --- secrets -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[web]\npasswort = 'hunter2'",
        "[web]\npassword = ['hunter2']",
        '[web]\npassword = "hunter2\\n"',
        "[fetch]\nproxy = 'socks5://me:hunter2@proxy'",
        "[fetch]\nproxy = 'hunter2'",
        "[store]\nurl = 'mysql://me:hunter2@db/news'",
        "[store]\nurl = 'postgresql:me:hunter2@db/news'",
        "[store]\nurl = 'oracle://db/news?password=hunter2'",
        "[store]\nurl = ['x@hunter2']",
        "[[source]]\nurl = 'ftp://me:hunter2@x.org/'",
        "[[source]]\nurl = 'https:me:hunter2@x.org/'",
        "[[source]]\nurl = 'https://me:hun/ter2@x.org/'",
        "[[source]]\nurl = 'https://me:hunter2@x .org/'",
        "[[source]]\nurl = 'https://me:hunter2@x.org/'\nusername = 'x'",
        "[[source]]\nurl = 'https://me:hunter2@x.org/'\n[[source]]\nurl = 'https://me:hunter2@x.org/'",
        f"{SOURCE}password = 1234567",
        f"{SOURCE}pasword = 'hunter2'",
        f"{SOURCE}headers = ['hunter2']",
        f"{SOURCE}headers = {{ Cookie = ['hunter2'] }}",
        f"{SOURCE}headers = {{ Host = 'hunter2' }}",
        f"{SOURCE}username = 'hunter2:x'",
    ],
)
def test_no_message_shows_a_secret(refused: Refused, text: str) -> None:
    message = "\n".join(refused(text))
    assert not any(secret in message for secret in ("hunter2", "1234567", "ter2"))


def test_a_secret_of_the_environment_is_not_shown_either(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWS_DB", "mysql://me:hunter2@db/news")
    monkeypatch.setenv("NEWS_PROXY", "hunter2")
    message = refused("[store]\nurl = 'env:NEWS_DB'\n[fetch]\nproxy = 'env:NEWS_PROXY'")
    assert [line.split(": ")[1] for line in message] == ['url = "env:NEWS_DB"', "proxy = ***"]
    assert "hunter2" not in "".join(message)


def test_control_characters_of_a_value_are_shown_as_escapes(refused: Refused) -> None:
    (line,) = refused('[service]\nlog_level = "\\u001b[31m\\u202e\\u009b"')
    assert '"\\u001b[31m\\u202e\\u009b"' in line
