"""Every error Dateline raises on purpose; each message is a sentence for the person who must act.

DatelineError
├── SettingsError          config.toml is missing, unreadable or says something impossible
├── FilterError            a filter does not parse or names something unknown (has a position)
├── FetchError             a source could not be read
│   ├── GuardError         the address is inside the network, or not http(s)
│   ├── LimitError         too large, too slow, too many redirects
│   ├── ConnectError       DNS, TCP or TLS failed
│   │   └── UnreachableError  no machine answered at all: it may be our own network
│   └── StatusError        the origin answered with an error status
│       └── GoneError      410
├── ParseError             the body is no feed
├── StoreError             the database is locked, full, newer than this program or unreachable
│   ├── RefusedError       the database works, but will not take what it was given
│   └── AwayError          the server of the database is away or busy: soon it may work
├── SignInError            an OpenID provider vouches for nobody, or not in a way to be believed
└── ServiceError           the port is taken, or another thing the service needs is missing
"""

from __future__ import annotations

from datetime import timedelta


class DatelineError(Exception):
    """Base of all; `str(error)` is a complete sentence without a trace of secrets."""


class SettingsError(DatelineError):
    """The configuration cannot be used; the message lists every problem, one a line."""


class FilterError(DatelineError):
    """A filter is wrong; `position` is the code point in the text where it goes wrong."""

    def __init__(self, message: str, *, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


class FetchError(DatelineError):
    """A source could not be read."""


class GuardError(FetchError):
    """The address must not be asked."""


class LimitError(FetchError):
    """The origin exceeded a limit of size, time or redirects."""


class ConnectError(FetchError):
    """Name resolution, connection or TLS failed."""


class UnreachableError(ConnectError):
    """The name was not found, there is no way to the address, or nobody answered there."""


class StatusError(FetchError):
    """The origin answered with an error status."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        retry_after: timedelta | None = None,
        fresh_for: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.fresh_for = fresh_for


class GoneError(StatusError):
    """410: the publisher says the feed is gone for good."""


class ParseError(DatelineError):
    """The body holds no feed we can read."""


class StoreError(DatelineError):
    """The database cannot be used."""


class RefusedError(StoreError):
    """The database refused the data; asking again with the same data will not help."""


class AwayError(StoreError):
    """The server of the database cannot be reached, or has no room now; trying again may help."""


class SignInError(DatelineError):
    """A provider was asked who somebody is, and what it said does not prove it."""


class ServiceError(DatelineError):
    """The service cannot start or go on."""
