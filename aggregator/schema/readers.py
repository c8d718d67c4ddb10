"""The people who read."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import msgspec

from aggregator.schema.secret import Secret

Standing = Literal["reader", "admin"]
"""What a reader may do: read and keep a state of their own; an admin also sees to the sources."""


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """A person who reads here. How they prove who they are is known to the store alone."""

    n: int
    """Number, by which the store keeps what is theirs."""
    name: str
    role: Standing = "reader"

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


_NAME = re.compile(r"[\w.@+-]{1,64}")


def reader_name(said: str) -> str:
    """The name of a reader as it is kept: lower-case, look-alikes as one (NFKC); empty if it can be none."""
    name = unicodedata.normalize("NFKC", said).strip().casefold()
    return name if _NAME.fullmatch(name) else ""


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The OpenID provider at which readers may sign in, and who of those it knows may read here.

    People are written as `ann@example.org` or `@example.org` (a verified e-mail address, or its domain),
    `sub:…` (what the provider calls them) or `group:…` (a value of the claim `groups`).
    """

    issuer: str
    """Its address as it writes it itself, byte for byte; https, or on this machine."""
    client_id: str
    client_secret: Secret
    title: str = "OpenID Connect"
    """What readers know it as."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    allowed: tuple[str, ...] = ()
    """Who may read; empty: whoever can sign in there."""
    admins: tuple[str, ...] = ()
    """Who is an admin; empty: roles are not told from there."""


class Guest(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody for whom a provider vouches."""

    subject: str
    """Issuer and what it calls them, after a blank: theirs for ever, unlike names and addresses."""
    name: str
    """A name of a reader to begin with; somebody may have it already."""
    role: Standing | None
    """None leaves it as it is."""
