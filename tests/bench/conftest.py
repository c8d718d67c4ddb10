"""A cache with a gazetteer in it, so that no bench builds one."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.cli.desk import gazetteer_path


@pytest.fixture
def cache(tmp_path: Path, gazetteer_file: Path) -> Path:
    path = tmp_path / "cache" / "dateline" / gazetteer_path().name
    path.parent.mkdir(parents=True)
    path.symlink_to(gazetteer_file)
    return tmp_path / "cache"
