"""What a device is told to install the desk, and whose each page is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Settings

Client = Callable[..., FlaskClient]


def test_the_manifest_names_the_desk_and_icons_that_are_there(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    said = answer.get_json(force=True)
    assert (said["name"], said["start_url"], said["scope"]) == ("Dateline", "/", "/")
    assert {(icon["sizes"], icon["purpose"]) for icon in said["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in said["icons"]:
        size = int.from_bytes(client.get(icon["src"], buffered=True).data[16:20])
        assert f"{size}x{size}" == icon["sizes"]


def test_the_worker_names_files_that_are_there(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    files = re.findall(r'"(/[^"]+)"', answer.text.partition("\n")[0])
    assert files[0] == "/offline"
    assert len(files) > 4
    assert {client.get(file, buffered=True).status_code for file in files} == {200}


def test_a_worker_is_another_one_when_the_look_is_another(client: FlaskClient) -> None:
    before = client.get("/sw.js").text
    assert client.get("/sw.js").text == before
    client.set_cookie("dateline-look", "theme=dark")
    assert client.get("/sw.js").text != before


@pytest.mark.parametrize("path", ["/sw.js", "/offline", "/manifest.webmanifest"])
def test_the_app_is_there_before_anyone_signs_in(
    client_of: Client, settings: Callable[..., Settings], path: str
) -> None:
    assert client_of(settings(access="readers")).get(path).status_code == 200


def test_a_page_says_whose_it_is_without_a_name(client: FlaskClient) -> None:
    whose = client.get("/").headers["Dateline-Reader"]
    assert re.fullmatch("[0-9a-f]{16}", whose)
    assert client.get("/about").headers["Dateline-Reader"] == whose


def test_pages_of_a_reader_and_of_nobody_are_told_apart(
    client: FlaskClient, client_of: Client, settings: Callable[..., Settings]
) -> None:
    nobody = client_of(settings(access="public")).get("/").headers["Dateline-Reader"]
    assert nobody != client.get("/").headers["Dateline-Reader"]


def test_the_offline_page_says_nothing_of_a_reader_or_of_views(client: FlaskClient) -> None:
    page = client.get("/offline").text
    assert "Maghreb" in client.get("/about").text
    assert "Maghreb" not in page
    assert "csrf" not in page
