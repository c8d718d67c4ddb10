"""The table [web.oidc]: the OpenID provider at which readers may sign in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aggregator.errors import SettingsError
from aggregator.schema import OidcSettings, WebSettings
from aggregator.settings.addresses import is_loopback, web_address
from aggregator.settings.files import Table
from aggregator.settings.problems import shown
from aggregator.settings.values import Reader, line_of_text, refuse_unknown, secret, take, texts

_PERSON = re.compile(r"(?:sub|group):.+|[^@\s]*@[^@\s]+")


def oidc(table: Table, web: WebSettings) -> OidcSettings | None:
    """The provider, if there is one; refuses it where nobody signs in or nobody could be sent back."""
    refuse_unknown(table, list(OIDC))
    for key, example in _NEEDED.items():
        if key not in table.values:
            table.refuse(f'[web.oidc] has no {key}; add {key} = "{example}"')
    if web.access == "local":
        table.refuse('nobody signs in while access is "local"; set it to "readers" or "public" in [web]')
    elif not web.base_url:
        table.refuse("the provider sends readers back to base_url; set it in [web]")
    found = {key: take(table, key, read, secret=key == "client_secret") for key, read in OIDC.items()}
    given = {key: value for key, value in found.items() if value is not None}
    return OidcSettings(**given) if given.keys() >= _NEEDED.keys() else None


def _issuer(value: Any) -> str:
    """An address as it is written: the provider must call itself the same, byte for byte."""
    text = line_of_text(value)
    address = web_address(text)
    parts = urlsplit(text)
    if address.username or address.password or parts.query or parts.fragment:
        raise SettingsError("an issuer has no user name, ? or #; write its address alone")
    if not text.startswith("https://") and not is_loopback(parts.hostname or ""):
        raise SettingsError("what it says must not be read or changed on the way; write its https:// address")
    return text


def _scopes(value: Any) -> tuple[str, ...]:
    scopes = texts(value)
    if "openid" not in scopes or any(" " in scope for scope in scopes):
        raise SettingsError('each is one word, and openid is one; write ["openid", "profile", "email"]')
    return scopes


def _people(value: Any) -> tuple[str, ...]:
    """Who is meant; e-mail addresses in lower case."""
    people = texts(value)
    for one in people:
        if not _PERSON.fullmatch(one):
            fix = 'write "ann@example.org", "@example.org", "group:NAME" or "sub:ID"'
            raise SettingsError(f"{shown(one)} names nobody; {fix}")
    return tuple(one if one.startswith(("sub:", "group:")) else one.casefold() for one in people)


OIDC: Mapping[str, Reader[Any]] = {
    "issuer": _issuer,
    "client_id": line_of_text,
    "client_secret": secret,
    "title": line_of_text,
    "scopes": _scopes,
    "allowed": _people,
    "admins": _people,
}
_NEEDED = {"issuer": "https://id.example.org", "client_id": "dateline", "client_secret": "env:NAME"}
