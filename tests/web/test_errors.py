"""What machines and readers are told when something does not work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.errors import StoreError
from aggregator.schema import Settings, replace

Clients = Callable[..., FlaskClient]


class BrokenStore:
    """A store whose database does not answer."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*args: Any, **kwargs: Any) -> Any:
            raise StoreError("The database /var/lib/dateline.db is locked.")

        return fail


def test_the_living_process_says_ok(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_desk_with_database_and_sources_is_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200


def test_a_desk_without_sources_is_not_ready(client_of: Clients, settings: Callable[..., Settings]) -> None:
    answer = client_of(replace(settings(), sources=())).get("/readyz")
    assert answer.status_code == 503
    assert "No sources are configured; add one under [[source]] in" in answer.text


def test_a_desk_without_database_is_alive_but_not_ready(
    client_of: Clients, settings: Callable[..., Settings]
) -> None:
    client = client_of(settings(), store=BrokenStore())
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "dateline.db" not in answer.text


def test_without_database_every_page_says_so_and_when_to_retry(
    client_of: Clients, settings: Callable[..., Settings]
) -> None:
    client = client_of(settings(), store=BrokenStore())
    for page in ("/", "/article/1", "/status"):
        answer = client.get(page)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert "The database does not answer" in answer.text


@pytest.mark.parametrize("access", ["local", "public"])
def test_nobody_is_told_where_the_database_is_but_the_log(
    client_of: Clients, settings: Callable[..., Settings], caplog: pytest.LogCaptureFixture, access: str
) -> None:
    client = client_of(settings(access=access), store=BrokenStore())
    answer = client.get("/")
    assert answer.status_code == 503
    assert "dateline.db" not in answer.text
    assert "/var/lib/dateline.db is locked." in caplog.text


def test_a_fault_of_the_program_is_a_page_without_its_details(
    client_of: Clients, settings: Callable[..., Settings]
) -> None:
    class Faulty(BrokenStore):
        def article(self, id: int) -> None:
            raise RuntimeError("an inner secret")

    client = client_of(settings(), store=Faulty())
    answer = client.get("/article/1")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "an inner secret" not in answer.text


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/article/99999", "no such article here"),
        ("/story/abc", "no such story here"),
        ("/view/x", "no such view"),
        ("/source/x", "never a source of that name"),
        ("/place/Narnia", "No article here names that place"),
        ("/category/x", "No article here has that category"),
        ("/nowhere", "no such page here"),
    ],
)
def test_what_is_not_found_is_named(client: FlaskClient, path: str, sentence: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert sentence in answer.text


def test_a_mistake_in_a_search_is_not_called_one_of_the_address(client: FlaskClient) -> None:
    for path in ("/", "/map"):
        assert "That search cannot be read" in client.get(f"{path}?q=(").text
        assert "That address cannot be read" in client.get(f"{path}?box=1").text


def test_a_parameter_is_suggested_that_could_have_the_value(client: FlaskClient) -> None:
    assert "did you mean" not in client.get("/?countri=Narnia").text
    assert "did you mean country?" in client.get("/?countri=KE").text


def test_an_error_of_a_feed_is_one_line_of_text(client: FlaskClient) -> None:
    answer = client.get("/feeds/latest.rss?since=never")
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
