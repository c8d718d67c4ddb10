"""One gazetteer for all tests of the room, built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.locate import Gazetteer, build


@pytest.fixture(scope="session")
def gazetteer_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("places") / "gazetteer.db"
    build(path, lambda done, total: None)
    return path


@pytest.fixture(scope="session")
def gazetteer(gazetteer_path: Path) -> Iterator[Gazetteer]:
    opened = Gazetteer.open(gazetteer_path)
    yield opened
    opened.close()
