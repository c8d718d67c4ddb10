"""Undoes compression within bounds, going by the bytes rather than by what the headers say of them."""

from __future__ import annotations

import re
import zlib

from aggregator.errors import ConnectError, FetchError, LimitError

_GZIP = b"\x1f\x8b\x08"
_LAYERS = 3
"""A document compressed more often than this is an attack."""
_MEMBERS = 10_000
_SLICE = 65_536
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{]")
_UNASKED = re.compile(r"\b(?:br|zstd|compress|x-compress|dcb|dcz)\b", re.I)


def inflate(body: bytes, encoding: str, limit: int, host: str) -> bytes:
    """The body as it was before compression, at most `limit` bytes.

    `encoding` is the Content-Encoding. Gzip is recognised even if unmarked, a body marked as compressed that
    is not passes as it is, and "deflate" may be raw (RFC 9110, 8.4.1). Raises LimitError if it gets too
    large, ConnectError if it was cut off, FetchError if it is damaged or compressed in a way never offered.
    """
    if _UNASKED.search(encoding) and not _PLAIN.match(body):
        raise not_offered(host)
    try:
        for _ in range(_LAYERS):
            if not body.startswith(_GZIP):
                break
            body = _gunzip(body, limit, host)
        else:
            if body.startswith(_GZIP):
                raise LimitError(f"{host} sent an answer compressed more than {_LAYERS} times over.")
    except zlib.error:
        raise FetchError(f"{host} sent a compressed answer that is damaged.") from None
    if "deflate" in encoding.lower():
        body = _undeflate(body, limit, host)
    if len(body) > limit:
        raise too_large(host, limit)
    return body


def not_offered(host: str) -> FetchError:
    return FetchError(f"{host} compressed its answer in a way that was not offered; only gzip is.")


def too_large(host: str, limit: int) -> LimitError:
    return LimitError(f"{host} sent more than {limit:,} bytes; max_bytes in [fetch] sets the limit.")


def _gunzip(body: bytes, limit: int, host: str) -> bytes:
    """One layer of gzip, which may have several members (RFC 1952, 2.2); what follows them is ignored."""
    pieces: list[bytes] = []
    room, at = limit, 0
    for _ in range(_MEMBERS):
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not inflater.eof:
            if at >= len(body):
                raise ConnectError(f"The connection to {host} broke before the whole answer had come.")
            piece = inflater.decompress(body[at : at + _SLICE], room + 1)
            at = min(at + _SLICE, len(body)) - len(inflater.unused_data)
            room -= len(piece)
            if room < 0:
                raise too_large(host, limit)
            pieces.append(piece)
        if not body.startswith(_GZIP, at):
            return b"".join(pieces)
    raise LimitError(f"{host} sent an answer in more than {_MEMBERS:,} compressed pieces.")


def _undeflate(body: bytes, limit: int, host: str) -> bytes:
    """Zlib-wrapped or raw deflate; the body itself if it is neither."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflater = zlib.decompressobj(window)
        try:
            inflated = inflater.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(inflated) > limit:
            raise too_large(host, limit)
        if inflater.eof:
            return inflated
        if window > 0:
            raise ConnectError(f"The connection to {host} broke before the whole answer had come.")
    # Raw deflate has no mark to know it by: what does not end like it was text all along.
    return body
