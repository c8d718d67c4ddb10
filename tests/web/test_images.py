"""What a page lets a browser ask of other hosts."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from web.images import media_over_tls, over_tls


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


def test_images_and_sounds_in_a_text_are_asked_for_over_tls() -> None:
    html = (
        '<p>See http://a.example/ or <a href="http://a.example/p.jpg">this</a>'
        '<img loading="lazy" src="http://a.example/p.jpg"><img src="https://a.example/d.svg?1" alt="x">'
        '<audio controls src="http://a.example/s.mp3"></audio></p>'
    )
    assert media_over_tls(html) == (
        '<p>See http://a.example/ or <a href="http://a.example/p.jpg">this</a>'
        '<img loading="lazy" src="https://a.example/p.jpg">'
        '<audio controls src="https://a.example/s.mp3"></audio></p>'
    )


def test_the_policy_lets_nothing_be_asked_for_without_tls(client: FlaskClient) -> None:
    policy = client.get("/nowhere").headers["Content-Security-Policy"]
    assert "http:" not in policy.split()
    assert "img-src 'self' https:;" in policy
