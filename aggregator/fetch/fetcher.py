"""One poll's way to its origin: guard and pace on every hop, redirects, and what the answer means."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote, urlencode

import httpx

from aggregator.errors import ConnectError, GoneError, GuardError, LimitError, StatusError
from aggregator.fetch import local
from aggregator.fetch.guard import Guard
from aggregator.fetch.headers import first, freshness, request_headers, retry_after, user_agent, validator
from aggregator.fetch.inflate import inflate, too_large
from aggregator.fetch.pace import Others, Pace
from aggregator.fetch.transport import CurlTransport
from aggregator.schema import Download, FetchSettings, Memory, Source, replace
from aggregator.urls import host_of, resolve, without_credentials

Headers = Sequence[tuple[bytes, bytes]]
MAX_HOPS = 5
_PERMANENT = frozenset((301, 308))
_REDIRECTS = _PERMANENT | {302, 303, 307}
_SUCCESS = frozenset((200, 203, 226))
_ORIGIN = re.compile(r"[^:]*:[/\\]{2}[^/\\?#]*")
_ILLEGAL = re.compile(r"[^\x21-\x7e]")
_ADVICE = {
    401: "it wants other credentials; check username, password and headers of the source",
    403: "it refuses to serve us; check whether the source needs credentials",
    404: "there is nothing at this address; check the source's address",
    407: "the proxy wants other credentials; check proxy in [fetch]",
    429: "it wants to be asked less often",
}


class Fetcher:
    """Fetches sources politely; thread-safe, one per process.

    `transport` is libcurl unless given; `others` takes turns with the other machines that ask the same hosts.
    No cookies are kept, nothing is taken from the environment but the system's certificate authorities.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        transport: httpx.BaseTransport | None = None,
        others: Others | None = None,
    ) -> None:
        self._settings = settings
        self._pace = Pace(settings, others)
        self._guard = Guard(settings.allow_inside, proxied=settings.proxy is not None)
        self._transport = transport or CurlTransport(settings, stopping=self._pace.stopping)

    def fetch(self, source: Source, memory: Memory, *, now: datetime, conditional: bool = True) -> Download:
        """Asks the memory's address (a path: reads the file) and follows at most five redirects.

        `now` is when the poll takes place; `conditional` sends the memory's validators. The time limits
        bound the whole poll, waiting for its turn excepted. Raises an error of the FetchError tree.
        """
        if memory.url.startswith("/"):
            limit = self._settings.max_bytes
            return local.read(memory.url, memory, now=now, conditional=conditional, limit=limit)
        conditional = conditional and bool(memory.etag or memory.last_modified)
        url, permanent, leading, trusted, elapsed = memory.url, "", True, True, 0.0
        seen = {url}
        for _ in range(MAX_HOPS + 1):
            # A chain that has left the source's own origin gets no credentials, even where it comes back.
            trusted = trusted and _origin(url) in _origins(source.url)
            # A new address must show that it serves a feed: a 304 for validators of the old one would not.
            known = conditional and not permanent
            headers = request_headers(
                source, memory, contact=self._settings.contact, conditional=known, trusted=trusted
            )
            response, body, taken = self._ask(url, headers, elapsed)
            elapsed += taken
            if response.status_code not in _REDIRECTS:
                _check_status(response, host_of(url), now, conditional=known)
                found = self._download(response, body, url, now)
                return replace(found, url=memory.url, permanent_url=permanent, elapsed=elapsed)
            leading = leading and response.status_code in _PERMANENT
            url = _redirected(url, response)
            permanent = url if leading else permanent
            if url in seen:
                raise LimitError(f"{host_of(url)} redirects in a circle.")
            seen.add(url)
        raise LimitError(f"{host_of(memory.url)} redirects more than {MAX_HOPS} times.")

    def post(self, url: str, form: Mapping[str, str], headers: Headers = ()) -> bytes:
        """Sends a form to an address, as politely and guarded as a poll; the answer. Redirects are not followed.

        Raises an error of the FetchError tree, StatusError unless the answer is one of success.
        """
        kind = (b"Content-Type", b"application/x-www-form-urlencoded")
        return self._post(url, urlencode(form).encode(), [kind, *headers])

    def post_json(self, url: str, body: bytes, headers: Headers) -> None:
        """Sends JSON with headers of its own; otherwise as `post`."""
        self._post(url, body, [(b"Content-Type", b"application/json"), *headers])

    def _post(self, url: str, body: bytes, headers: Headers) -> bytes:
        agent = user_agent(self._settings.contact)
        response, answer, _ = self._ask(url, [agent, *headers], 0.0, body)
        if not response.is_success:
            status = response.status_code
            raise StatusError(f"{host_of(url)} answered {status}{_phrase(status)}.", status=status)
        return answer

    @property
    def stopping(self) -> bool:
        """True once `stop` was called."""
        return self._pace.stopping.is_set()

    def stop(self) -> None:
        """Wakes those that wait for their turn and breaks off what is under way; they raise FetchError."""
        self._pace.stop()

    def close(self) -> None:
        """Closes all connections; nothing may be under way."""
        self._transport.close()
        self._pace.close()

    def _ask(
        self, url: str, headers: list[tuple[bytes, bytes]], elapsed: float, body: bytes | None = None
    ) -> tuple[httpx.Response, bytes, float]:
        """One hop: the answer, its body as it came, and the seconds it took."""
        self._guard.check(url)
        host = host_of(url)
        total = self._settings.total_timeout.total_seconds()
        if elapsed >= total:
            raise LimitError(f"{host} was not asked any more: the redirects before took {total:g} seconds.")
        request = _request(url, headers, self._timeouts(total - elapsed), body)
        with self._pace.turn(host):
            started = time.monotonic()
            try:
                response = self._transport.handle_request(request)
                with closing(response):
                    body = self._read(response, host)
            except httpx.TransportError as error:
                raise ConnectError(f"{host} could not be asked ({type(error).__name__}).") from None
            return response, body, time.monotonic() - started

    def _read(self, response: httpx.Response, host: str) -> bytes:
        """The body as it came, if it is one to work with."""
        if response.status_code not in _SUCCESS or not isinstance(response.stream, httpx.SyncByteStream):
            return b""
        body = bytearray()
        for piece in response.stream:
            body += piece
            if len(body) > self._settings.max_bytes:
                raise too_large(host, self._settings.max_bytes)
        return bytes(body)

    def _timeouts(self, left: float) -> dict[str, float]:
        connect = self._settings.connect_timeout.total_seconds()
        read = self._settings.read_timeout.total_seconds()
        return {"connect": connect, "read": read, "write": read, "pool": left, "total": left}

    def _download(self, response: httpx.Response, body: bytes, url: str, now: datetime) -> Download:
        headers = response.headers
        encoding = ",".join(headers.get_list("content-encoding"))
        return Download(
            url=url,
            final_url=url,
            status=response.status_code,
            body=inflate(body, encoding, self._settings.max_bytes, host_of(url)) if body else b"",
            content_type=first(headers, "content-type"),
            etag=validator(headers, "etag"),
            last_modified=validator(headers, "last-modified"),
            links=", ".join(headers.get_list("link")),
            fresh_for=freshness(headers, now),
            fetched_at=now,
        )


def _origin(url: str) -> tuple[str, str]:
    """Scheme, and host with port."""
    return url.partition(":")[0].lower(), host_of(url)


def _origins(url: str) -> tuple[tuple[str, str], ...]:
    """Where the credentials for an address may go: its own origin, and the same host by https."""
    scheme, host = _origin(url)
    return (scheme, host), ("https", host)


def _request(
    url: str, headers: list[tuple[bytes, bytes]], timeout: dict[str, float], body: bytes | None
) -> httpx.Request:
    """The request for an address as it is configured: httpx' own spelling of it is not sent."""
    scheme, host = _origin(url)
    rest = _ORIGIN.sub("", url, count=1).partition("#")[0]
    target = _ILLEGAL.sub(lambda found: quote(found[0]), rest if rest.startswith("/") else "/" + rest)
    extensions = {"target": target.encode("ascii"), "timeout": timeout}
    try:
        return httpx.Request(
            "GET" if body is None else "POST",
            f"{scheme}://{host}{target}",
            headers=headers,
            content=body,
            extensions=extensions,
        )
    except httpx.InvalidURL:
        raise GuardError(f"The address at {host} is too long or malformed to be asked.") from None


def _redirected(url: str, response: httpx.Response) -> str:
    """Where a redirect leads, without credentials and fragment."""
    host, status = host_of(url), response.status_code
    location = first(response.headers, "location")
    if not location:
        raise StatusError(f"{host} answered {status}, a redirect that leads nowhere.", status=status)
    with suppress(UnicodeDecodeError):  # as latin-1, which headers once were
        location = location.encode("latin-1").decode("utf-8")
    target = resolve(url, location).partition("#")[0]
    if not target:
        raise GuardError(f"{host} redirects to something that is no http or https address.")
    return without_credentials(target)


def _check_status(response: httpx.Response, host: str, now: datetime, *, conditional: bool) -> None:
    """Raises StatusError (GoneError) unless the answer is one to work with."""
    status = response.status_code
    if status in _SUCCESS or (status == 304 and conditional):
        return
    said = f"{host} answered {status}{_phrase(status)}"
    if status == 304:
        raise StatusError(f"{said}, although it was not told what we have.", status=status)
    if status == 410:
        raise GoneError(f"{said}: the publisher says the feed is gone for good.", status=status)
    advice = f": {_ADVICE[status]}" if status in _ADVICE else ""
    if status < 300:
        advice = ", which carries no feed"
    raise StatusError(
        f"{said}{advice}.",
        status=status,
        retry_after=retry_after(response.headers, now) if status in (429, 503) else None,
        fresh_for=freshness(response.headers, now) if status == 429 else None,
    )


def _phrase(status: int) -> str:
    return f" {HTTPStatus(status).phrase}" if status in HTTPStatus._value2member_map_ else ""
