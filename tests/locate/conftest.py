"""The gazetteer of the whole run, as a file."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def gazetteer_path(gazetteer_file: Path) -> Path:
    return gazetteer_file
