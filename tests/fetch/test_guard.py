"""Inside addresses are refused at the moment of connecting, however they are spelled."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme

from aggregator.errors import ConnectError, FetchError, GuardError
from aggregator.fetch.guard import is_inside
from aggregator.schema import Download, Secret

Fetch = Callable[..., Download]
Serve = Callable[..., Any]


def feed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b"<rss/>"]


@pytest.mark.parametrize(
    "address",
    " ".join(
        (
            "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.9.9.9 168.63.129.16",
            "169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.168.1.1 198.18.0.1",
            "198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1",
            "::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1",
            "64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1:: 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 3fff::1",
            "5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1",
        )
    ).split(),
)
def test_rule_20_this_address_is_inside(address: str) -> None:
    assert is_inside(ip_address(address))


@pytest.mark.parametrize(
    "address",
    " ".join(
        (
            "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 223.255.255.255",
            "64:ff9b::808:808 2001:4860:4860::8888 2606:4700::1111 2a00:1450::1",
        )
    ).split(),
)
def test_rule_20_this_address_is_outside(address: str) -> None:
    assert not is_inside(ip_address(address))


@pytest.mark.parametrize(
    "host",
    " ".join(
        (
            "127.0.0.1 2130706433 0x7f000001 0x7f.0.0.1 017700000001 0177.0.0.1 127.1 127.0.0.1.",
            "localhost feeds.localhost [::1] [::ffff:127.0.0.1] [::127.0.0.1] 169.254.169.254 0",
            "[fe80::1] １２７.0.0.1",
        )
    ).split(),
)
def test_rule_20_this_spelling_of_an_inside_host_is_refused(host: str, fetch: Fetch) -> None:
    with pytest.raises(GuardError, match="inside the network"):
        fetch(f"http://{host}:8080/feed")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "gopher://x", "http:///x", ""])
def test_rule_20_other_schemes_are_refused(url: str, fetch: Fetch) -> None:
    with pytest.raises(GuardError, match="http or https"):
        fetch(url)


def test_rule_20_a_name_is_judged_by_the_address_connected_to(loopback: Serve, fetch: Fetch) -> None:
    server = loopback(feed)
    port = server.address.rpartition(":")[2]
    url = f"http://localhost:{port}/feed"
    assert fetch(url, allow_inside=(server.address,)).body == b"<rss/>"
    with pytest.raises(GuardError, match="localhost"):
        fetch(url)
    assert len(server.requests) == 1


def test_rule_20_allow_inside_opens_one_port_and_no_other(loopback: Serve, fetch: Fetch) -> None:
    server, other = loopback(feed), loopback(feed)
    assert fetch(server, allow_inside=(server.address,)).status == 200
    with pytest.raises(GuardError, match=f'add "{other.address}" to allow_inside'):
        fetch(other, allow_inside=(server.address,))
    assert other.requests == []


def test_rule_20_a_proxy_of_the_admin_is_asked_for_outside_names(raw: Serve, fetch: Fetch) -> None:
    proxy = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<rss/>")
    download = fetch("http://feeds.example.org/a?b=1", proxy=Secret(proxy.url.replace("//", "//u:hidden@")))
    assert download.body == b"<rss/>"
    assert proxy.heads[0].startswith(b"GET http://feeds.example.org/a?b=1 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "0x7f.1", "[::1]", "localhost", "LOCALHOST.", "a.localhost", "10.0.0.1", "127.0.0.1."],
)
def test_rule_20_inside_hosts_are_not_handed_to_a_proxy(host: str, raw: Serve, fetch: Fetch) -> None:
    proxy = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(GuardError):
        fetch(f"http://{host}/feed", proxy=Secret(proxy.url))
    assert proxy.connections == 0


def test_rule_20_source_headers_are_not_shown_to_a_proxy_that_tunnels(raw: Serve, fetch: Fetch) -> None:
    proxy = raw(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    source = {"headers": (("X-Token", Secret("hidden")),), "username": "me", "password": Secret("hidden")}
    with pytest.raises(FetchError, match="proxy"):
        fetch("https://feeds.example.org/a", proxy=Secret(proxy.url), source=source)
    assert proxy.heads[0].startswith(b"CONNECT feeds.example.org:443 ")
    assert b"X-Token" not in proxy.heads[0]
    assert b"\r\nAuthorization" not in proxy.heads[0]


def test_rule_20_invalid_tls_is_refused(loopback: Serve, fetch: Fetch, tls: ssl.SSLContext) -> None:
    server = loopback(feed, tls=tls)
    with pytest.raises(ConnectError, match=r"safe connection .* could not be made \(SSL"):
        fetch(server)
    assert server.requests == []


def test_rule_20_a_certificate_for_another_name_is_refused(
    loopback: Serve, fetch: Fetch, authority: trustme.CA, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example.org").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = loopback(feed, tls=context)
    with pytest.raises(ConnectError, match="safe connection"):
        fetch(server, authorities=str(tmp_path / "ca.pem"))


def test_rule_20_valid_tls_is_accepted(
    loopback: Serve, fetch: Fetch, authority: trustme.CA, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    assert fetch(loopback(feed, tls=tls), authorities=str(tmp_path / "ca.pem")).body == b"<rss/>"


def test_rule_27_no_error_shows_credentials_or_query(raw: Serve, fetch: Fetch) -> None:
    source = {
        "username": "me",
        "password": Secret("hidden"),
        "headers": (("Authorization", Secret("hidden")),),
    }
    answers = (
        b"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 X\r\nLocation: ftp://a:hidden@b/?token=hidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 X\r\nLocation: http://a:hidden@10.0.0.1/?token=hidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"nonsense",
        b"",
    )
    for answer in answers:
        with pytest.raises(FetchError) as caught:
            fetch(raw(answer), "/feed?token=hidden", source=source)
        assert "hidden" not in f"{caught.value} {caught.value.__cause__}"


def test_rule_27_a_proxy_that_fails_does_not_show_its_password(fetch: Fetch) -> None:
    proxy = Secret("http://u:hidden@127.0.0.1:1")
    with pytest.raises(ConnectError, match="proxy") as caught:
        fetch("http://feeds.example.org/", proxy=proxy, connect_timeout=timedelta(seconds=1))
    assert "hidden" not in str(caught.value)
