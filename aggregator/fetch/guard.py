"""Keeps polling out of the inside network, whatever a name resolves to or a redirect says."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from aggregator.errors import GuardError
from aggregator.urls import host_of

# `ipaddress.is_global` of Python 3.11 is wrong for several of these, so they are spelled out
# (IANA special-purpose registries, and the address Azure serves its metadata from).
_INSIDE_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
# Protocol assignments with Teredo, documentation, 6to4: tunnels may end inside, and no publisher lives there.
_INSIDE_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
"""Where DNS64 maps the IPv4 Internet for hosts without IPv4 (RFC 6052): as good as what is embedded."""
_PORTS = {"http": 80, "https": 443}

Address = IPv4Address | IPv6Address


def is_inside(address: Address) -> bool:
    """True for every address that does not lead to the public Internet."""
    if isinstance(address, IPv4Address):
        return any(address in network for network in _INSIDE_4)
    if address in _NAT64:
        return is_inside(IPv4Address(int(address) & 0xFFFFFFFF))
    return address not in _GLOBAL_6 or any(address in network for network in _INSIDE_6)


class Guard:
    """Says which addresses may be asked; `allow_inside` holds `address:port` pairs that always may."""

    def __init__(self, allow_inside: Iterable[str], *, proxied: bool) -> None:
        self._allowed = frozenset(map(_pair, allow_inside))
        self._proxied = proxied

    def admits(self, host: str, port: int) -> bool:
        """True if a connection to this literal address may be opened."""
        address = ip_address(host)
        return (address, port) in self._allowed or not is_inside(address)

    def check(self, url: str) -> None:
        """Raises GuardError for whatever can be told to be out of bounds before a connection is opened.

        Names are checked when they have been resolved, on the address connected to. A proxy resolves them
        out of our sight: then only literal addresses and the names of this machine can be refused.
        """
        host = host_of(url)
        if not host:
            raise GuardError("The address is no complete http or https address, and no other can be polled.")
        scheme = url.partition(":")[0].lower()
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port or _PORTS[scheme]
        literal = _literal(name)
        if literal is not None and not self.admits(literal, port):
            raise refusal(host, literal, port)
        if self._proxied and (name == "localhost" or name.endswith(".localhost")):
            raise refusal(host, "127.0.0.1", port)


def refusal(host: str, address: str, port: int) -> GuardError:
    """The error that says why `host` is not asked, and how to allow it."""
    pair = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return GuardError(
        f"{host} leads inside the network ({address}), where nothing is polled; "
        f"if it is meant to be, {_advice(pair)}."
    )


def is_over(message: str, allow_inside: Iterable[str]) -> bool:
    """Whether a `refusal` speaks of an address that is allowed now."""
    return any(
        _advice(f"[{host}]:{port}" if host.version == 6 else f"{host}:{port}") in message
        for host, port in map(_pair, allow_inside)
    )


def _advice(pair: str) -> str:
    return f'add "{pair}" to allow_inside in [fetch]'


def _pair(text: str) -> tuple[Address, int]:
    host, _, port = text.rpartition(":")
    return ip_address(host.strip("[]")), int(port)


def _literal(name: str) -> str | None:
    """The address a host name spells, also in decimal, octal, hexadecimal or short form; None if a name."""
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return None
