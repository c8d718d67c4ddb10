"""Passwords of readers: which ones will do, and their hashes (argon2id, RFC 9106)."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 1000
"""Characters. NIST SP 800-63B asks for at least eight and no rules of what they must be."""

_HASHER = PasswordHasher()
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$H0iYVdh4Y2Gm1bRzQqxPNQ$4ZbYuGiyqiCEs3fGq0nm1P2nZ4G1b1h0m0yCwJwJx0Y"
"""The hash of no password anybody knows: refusing an unknown name takes as long as refusing a known one."""


def complaint(password: str) -> str:
    """Why this cannot be a password, as a sentence; empty if it can."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"A password has {SHORTEST} to {LONGEST} characters."
    return ""


def hashed(password: str) -> str:
    """What is stored in its place. Characters that look alike count as one (NFKC)."""
    return _HASHER.hash(_plain(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password whose hash is stored; takes as long if none is."""
    try:
        return _HASHER.verify(stored or _NOBODYS, _plain(password[: LONGEST + 1])) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
