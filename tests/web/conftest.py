"""A desk over a real store with a small made-up newsroom."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Settings
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk


@pytest.fixture(scope="session")
def newsroom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("newsroom", Path(__file__).with_name("newsroom.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["newsroom"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = Store.open(f"sqlite:///{tmp_path / 'dateline.db'}")
    yield store
    store.close()


@pytest.fixture
def settings(newsroom: ModuleType, tmp_path: Path) -> Callable[..., Settings]:
    """Settings of the newsroom; the arguments are those of WebSettings."""

    def make(**web: Any) -> Settings:
        made: Settings = newsroom.settings(tmp_path, **web)
        return made

    return make


@pytest.fixture
def client_of(store: Store, now: datetime) -> Callable[..., FlaskClient]:
    """A client of a desk over the store, for these settings."""

    def make(settings: Settings, *, problem: str = "", trouble: str = "", store: Any = store) -> FlaskClient:
        desk = Desk(
            store=store,
            settings=lambda: settings,
            problem=lambda: problem,
            trouble=lambda: trouble,
            now=lambda: now,
        )
        return create_app(desk).test_client()

    return make


@pytest.fixture
def client(
    newsroom: ModuleType,
    store: Store,
    now: datetime,
    settings: Callable[..., Settings],
    client_of: Callable[..., FlaskClient],
) -> FlaskClient:
    """A client of a desk that has the newsroom's articles."""
    newsroom.fill(store, now)
    return client_of(settings())


@pytest.fixture
def csrf() -> Callable[[FlaskClient], dict[str, str]]:
    """What a script of ours sends with a change: gives the client a cookie, returns the headers."""

    def headers(client: FlaskClient) -> dict[str, str]:
        page = client.get("/about").text
        return {"X-CSRF-Token": page.partition('name="csrf-token" content="')[2].partition('"')[0]}

    return headers
