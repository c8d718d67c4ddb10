"""Addresses in the configuration: of sources, of the database, of the page, of hosts inside the network."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aggregator.errors import SettingsError
from aggregator.schema import Secret
from aggregator.settings.values import checked_credential, line_of_text
from aggregator.urls import canonical_url, without_credentials

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.I | re.A)
_AUTHORITY = re.compile(r"https?:[/\\]{2}([^/\\?#]*)", re.I)
_HOST_LIKE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::[0-9]+)?(?:[/?#].*)?", re.I | re.A)
_FILE_LIKE = re.compile(r"[^/]*\.(?:xml|rss|rdf|atom|json|txt|html?)", re.I)
_HOST_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?", re.I | re.A)
_MAIL = re.compile(r"(?:mailto:)?[^@\s:/]+@[^@\s:/]+\.[^@\s:/]+")
_SQLITE = "sqlite:///"
_POSTGRESQL = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://(?=.)", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a source is, and the credentials that stood in its URL."""

    url: str
    """Absolute http(s) URL without credentials, or an absolute local path."""
    username: str = ""
    password: Secret | None = None


def same_place(url: str) -> str:
    """What two URLs of one source have in common: the canonical URL, be it http or https."""
    return canonical_url(url, of_feed=True).partition("://")[2] or url


def source_address(value: Any, folder: Path) -> Address:
    """A web address, or a path relative to `folder`."""
    text = line_of_text(value, longest=4000)
    if _SCHEME.match(text):
        return web_address(text)
    if _looks_like_web(text) and not (folder / text).exists():
        raise SettingsError("a web address needs its scheme; write https:// before it")
    return Address(url=os.path.normpath(folder.absolute() / text))


def web_address(text: str) -> Address:
    """An absolute http(s) URL, its credentials taken out; SettingsError if it is none."""
    if re.search(r"[\x00-\x20\x7f-\xa0]", text):
        raise SettingsError("it holds a blank or control character; write %20 for a blank")
    scheme = _SCHEME.match(text)
    if not scheme or scheme[1].lower() not in ("http", "https"):
        name = f"{scheme[1].lower()}: addresses" if scheme else "it"
        raise SettingsError(f"{name} cannot be polled; write an http:// or https:// address or a file path")
    authority = _AUTHORITY.match(text)
    if not canonical_url(text) or not authority:
        raise SettingsError("this is no complete web address; write it as in https://example.org/feed.xml")
    name, at, _ = authority[1].rpartition("@")
    if not at:
        return Address(url=text)
    user, _, password = (unquote(part) for part in name.partition(":"))
    if ":" in user:
        raise SettingsError("the user name in it holds a colon; write username and password as keys")
    for part in filter(None, (user, password)):
        checked_credential(part)
    return Address(
        url=without_credentials(text), username=user, password=Secret(password) if password else None
    )


def _looks_like_web(text: str) -> bool:
    return bool(_HOST_LIKE.fullmatch(text)) and not _FILE_LIKE.fullmatch(text)


def store_url(text: str, folder: Path) -> str:
    """An SQLAlchemy URL; a relative SQLite path becomes absolute, seen from `folder`."""
    if found := _POSTGRESQL.match(text):
        return "postgresql+psycopg://" + text[found.end() :]
    if not text.startswith("sqlite:"):
        fix = "write sqlite:///data/dateline.db or postgresql+psycopg://user:password@host/name"
        raise SettingsError(f"this database is not supported; {fix}")
    name, question, query = text.removeprefix(_SQLITE).partition("?")
    if not text.startswith(_SQLITE) or not name or name == ":memory:":
        raise SettingsError(f"it names no file; write {_SQLITE} and a path, as in {_SQLITE}data/dateline.db")
    return _SQLITE + os.path.normpath(folder.absolute() / name) + question + query


def is_postgresql(url: str) -> bool:
    """Whether what `store_url` gave names a PostgreSQL database."""
    return _POSTGRESQL.match(url) is not None


def proxy(text: str) -> str:
    """The http(s) URL of a proxy."""
    if not canonical_url(text):
        raise SettingsError("this is no address of a proxy; write it as in http://proxy.example.org:3128")
    return text


def inside(value: Any) -> str:
    """A literal `address:port`, IPv6 in brackets."""
    text = line_of_text(value)
    host, _, port = text.rpartition(":")
    literal = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ip_address(literal)
    except ValueError:
        address = None
    bracketed = literal != host
    if address is None or bracketed != (address.version == 6) or not port.isascii() or not port.isdigit():
        fix = 'write a literal address and a port, as in "192.168.1.10:8080" or "[fd00::1]:8080"'
        raise SettingsError(f'"{text}" is no address:port; {fix}')
    if not 0 < int(port[:6]) < 65536:
        raise SettingsError(f'"{text}" has an impossible port; write a port from 1 to 65535')
    return f"[{address.compressed}]:{int(port)}" if bracketed else f"{address}:{int(port)}"


def host(value: Any) -> str:
    """A host name or literal address to listen on, without port."""
    text = line_of_text(value)
    if not _is_literal(text) and not (_HOST_NAME.fullmatch(text) and not re.fullmatch(r"[0-9.]+", text)):
        raise SettingsError('this is no address to listen on; write "127.0.0.1", "::1", "0.0.0.0" or a name')
    return text


def is_loopback(host: str) -> bool:
    if _is_literal(host):
        return ip_address(host).is_loopback
    return host.lower().rstrip(".") == "localhost"


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def base_url(value: Any) -> str:
    """A web address without query and trailing slash; empty text stands for the default."""
    if value == "":
        return ""
    text = line_of_text(value)
    if not canonical_url(text) or re.search(r"[@?#\s]", text):
        raise SettingsError("this is no public address; write it as in https://news.example.org")
    # It stands in headers, which are ASCII: an international name as the DNS knows it.
    return (text if text.isascii() else canonical_url(text)).rstrip("/")


def hub(value: Any) -> str:
    """The address of a WebSub hub, without credentials."""
    address = web_address(line_of_text(value))
    if address.username or address.password:
        raise SettingsError("a hub is asked without credentials; take user name and password out")
    return canonical_url(address.url)


def contact(value: Any) -> str:
    """A web or mail address, fit for a comment in the User-Agent header."""
    text = line_of_text(value)
    if (
        not text.isascii()
        or re.search(r"[\s()\\]", text)
        or not (canonical_url(text) or _MAIL.fullmatch(text))
    ):
        raise SettingsError("this is no way to reach you; write a web or mail address")
    return text


def network(value: Any) -> str:
    """An address or a network (CIDR), as a network."""
    text = line_of_text(value)
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        fix = 'write a literal address or a network, as in "127.0.0.1" or "10.0.0.0/8"'
        raise SettingsError(f'"{text}" is neither; {fix}') from None


def header_name(value: Any) -> str:
    """The name of an HTTP header (RFC 9110, without characters that proxies drop)."""
    text = line_of_text(value)
    if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", text):
        raise SettingsError('this is no name of a header; write it as in "X-Remote-User"')
    return text
