"""What a page lets a browser ask of other hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from aggregator.cli.pictures import pictures as getter
from aggregator.errors import ConnectError, GuardError
from aggregator.schema import FetchSettings, Settings
from web.images import over_tls, picture, pictures


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/p.jpg?x=1", "https://a.example/p.jpg?x=1"),
        ("http://a.example/p.jpg", "https://a.example/p.jpg"),
        ("HTTP://a.example/p.jpg", "https://a.example/p.jpg"),
        ("http://a.example/p.SVG?x", ""),
        ("https://a.example/p.svgz#x", ""),
        ("https://a.example/p.png?of=a.svg", "https://a.example/p.png?of=a.svg"),
        ("javascript:alert(1)", ""),
        ("data:image/svg+xml,x", ""),
        ("//a.example/p.jpg", ""),
        ("http://[x", ""),
        ("", ""),
    ],
)
def test_an_image_is_asked_for_over_tls_or_not_at_all(url: str, shown: str) -> None:
    assert over_tls(url) == shown


def test_images_and_sounds_in_a_text_are_asked_for_over_tls(client: FlaskClient) -> None:
    html = (
        '<p>See http://a.example/ or <a href="http://a.example/p.jpg">this</a>'
        '<img loading="lazy" src="http://a.example/p.jpg"><img src="https://a.example/d.svg?1" alt="x">'
        '<audio controls src="http://a.example/s.mp3"></audio></p>'
    )
    with client.application.test_request_context():
        shown = pictures(html)
    assert shown == (
        '<p>See http://a.example/ or <a href="http://a.example/p.jpg">this</a>'
        '<img loading="lazy" src="https://a.example/p.jpg">'
        '<audio controls src="https://a.example/s.mp3"></audio></p>'
    )


def test_the_policy_lets_nothing_be_asked_for_without_tls(client: FlaskClient) -> None:
    policy = client.get("/nowhere").headers["Content-Security-Policy"]
    assert "http:" not in policy.split()
    assert "img-src 'self' https:;" in policy


# --- the desk asks for pictures itself ---------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n and so on"
ADDRESS = "http://a.example/p.png?a=1&b=2"


class Web:
    """What there is to be had, by address; and what was asked for."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {ADDRESS: PNG}
        self.asked: list[str] = []

    def get(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.bodies:
            raise ConnectError("a.example could not be asked.")
        return self.bodies[url]


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def app(web: Web, desk_of: Callable[..., Any], settings: Callable[..., Settings]) -> Any:
    return desk_of(settings(access="public", image_proxy=True), picture=web.get).app


def placed(app: Flask, url: str) -> str:
    with app.test_request_context():
        return picture(url)


def test_an_address_of_a_picture_holds_in_every_process_that_serves_pages(
    app: Flask, web: Web, desk_of: Callable[..., Any], settings: Callable[..., Settings]
) -> None:
    other = desk_of(settings(access="public", image_proxy=True), picture=web.get).app
    assert other.test_client().get(placed(app, ADDRESS)).data == PNG


def test_a_picture_comes_from_the_desk_and_may_be_kept(app: Flask, web: Web) -> None:
    address = placed(app, ADDRESS)
    assert address.startswith("/picture/")
    answer = app.test_client().get(address)
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert web.asked == [ADDRESS]


def test_pages_let_the_browser_ask_nobody_else_for_pictures(app: Flask) -> None:
    policy = app.test_client().get("/about").headers["Content-Security-Policy"]
    assert "img-src 'self';" in policy
    with app.test_request_context():
        html = pictures('<p><img src="http://a.example/p.png?a=1&amp;b=2" alt="x"></p>')
    assert html.startswith('<p><img src="/picture/')
    assert "&amp;" not in html
    assert app.test_client().get(html.split('"')[1]).status_code == 200


@pytest.mark.parametrize("change", [("a%3D1", "a%3D2"), ("/picture/", "/picture/0"), ("p.png", "q.png")])
def test_the_desk_asks_for_nothing_that_it_did_not_show(
    app: Flask, web: Web, change: tuple[str, str]
) -> None:
    address = placed(app, ADDRESS)
    changed = address.replace(*change)
    assert changed != address
    assert app.test_client().get(changed).status_code == 404
    assert web.asked == []


@pytest.mark.parametrize(
    "body", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"", b"\n\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_not_passed_on(app: Flask, web: Web, body: bytes) -> None:
    web.bodies[ADDRESS] = body
    assert app.test_client().get(placed(app, ADDRESS)).status_code == 404


def test_a_picture_that_cannot_be_had_is_not_found(app: Flask, web: Web) -> None:
    assert app.test_client().get(placed(app, "https://a.example/gone.png")).status_code == 404


def test_without_the_setting_there_is_no_proxy(client: FlaskClient) -> None:
    assert client.get("/picture/0?url=http://a.example/").status_code == 404


def test_inside_the_network_pictures_are_asked_for_only_where_the_configuration_lets(loopback: Any) -> None:
    server = loopback(lambda environ, start: start("200 OK", [("Content-Type", "image/png")]) or [PNG])
    other = loopback(lambda environ, start: start("200 OK", [("Content-Type", "image/png")]) or [PNG])
    get = getter(lambda: FetchSettings(allow_inside=(server.address,)))
    for url in (f"{other.url}/p.png", "http://localhost:1/p.png", "http://169.254.169.254/latest"):
        with pytest.raises(GuardError):
            get(url)
    assert other.requests == []
    assert get(f"{server.url}/p.png") == PNG
