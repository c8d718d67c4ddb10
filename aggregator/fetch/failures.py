"""libcurl's error codes as sentences, and which of our errors each is."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

import pycurl

from aggregator.errors import ConnectError, FetchError, LimitError, UnreachableError
from aggregator.fetch.inflate import not_offered, too_large

_TLS = frozenset(
    (
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_SSL_INVALIDCERTSTATUS,
    )
)
_BROKE_OFF = frozenset((pycurl.E_PARTIAL_FILE, pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR))
_NOT_HTTP = frozenset((pycurl.E_UNSUPPORTED_PROTOCOL, pycurl.E_FTP_WEIRD_SERVER_REPLY))
_NO_WAY = frozenset(
    (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.ETIMEDOUT)
)
_PROXY, _TOO_LARGE = 97, 100
"""CURLE_PROXY and CURLE_TOO_LARGE (of one line of a head), which pycurl has no names for."""
HEAD_LIMIT = 64_000
"""Bytes of headers (and trailers) an answer may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known about a request that failed."""

    host: str
    text: str
    """libcurl's own words."""
    connected: bool
    """A machine had accepted the connection."""
    asked: bool
    """The request had been sent: name, connection and TLS were in order."""
    errno: int
    proxied: bool
    timeout: dict[str, float]
    max_bytes: int


def failure(code: int, around: Circumstances) -> FetchError:
    """The error for libcurl's `code`."""
    host = around.host
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return _too_slow(around)
    if code == _TOO_LARGE:
        return head_too_large(host)
    if code == pycurl.E_FILESIZE_EXCEEDED:
        return too_large(host, around.max_bytes)
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return UnreachableError(f"The name {host} was not found in the DNS; check the source's address.")
    if code == pycurl.E_COULDNT_RESOLVE_PROXY:
        return UnreachableError("The name of the proxy was not found in the DNS; check proxy in [fetch].")
    if code == _PROXY:
        return ConnectError("The proxy cannot be used; check proxy in [fetch].")
    if code == pycurl.E_COULDNT_CONNECT:
        whom = "The proxy of [fetch]" if around.proxied else host
        why = f" ({os.strerror(around.errno)})" if around.errno else ""
        kind = UnreachableError if around.errno in _NO_WAY else ConnectError
        return kind(f"{whom} did not accept a connection{why}.")
    if code in _TLS:
        return ConnectError(f"A safe connection to {host} could not be made ({around.text}).")
    if code == pycurl.E_GOT_NOTHING:
        return ConnectError(f"{host} closed the connection without an answer.")
    if code == pycurl.E_BAD_CONTENT_ENCODING:  # a transfer encoding, for bodies are inflated here
        return not_offered(host)
    if code in _BROKE_OFF:
        return ConnectError(f"The connection to {host} broke before the whole answer had come.")
    if code in _NOT_HTTP:
        return ConnectError(f"{host} answered with something that is not HTTP.")
    return ConnectError(f"{host} could not be asked (libcurl error {code}).")


def head_too_large(host: str) -> LimitError:
    return LimitError(f"{host} sent more than {HEAD_LIMIT:,} bytes of headers.")


def _too_slow(around: Circumstances) -> FetchError:
    if not around.asked:
        seconds = min(around.timeout["connect"], around.timeout["total"])
        if around.connected:
            return ConnectError(
                f"A safe connection to {around.host} could not be made within {seconds:g} seconds."
            )
        return UnreachableError(f"{around.host} did not accept a connection within {seconds:g} seconds.")
    return LimitError(
        f"{around.host} took longer than the seconds a poll may take in total; "
        "total_timeout in [fetch] sets the limit."
    )
