from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator import settings
from aggregator.errors import SettingsError
from aggregator.schema import Settings

Load = Callable[..., Settings]
Refused = Callable[..., list[str]]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Writes a configuration (and further files, by name) into the working folder and loads it."""
    monkeypatch.chdir(tmp_path)

    def load(text: str = "", **files: str) -> Settings:
        Path("config.toml").write_text(text, encoding="utf-8")
        for name, content in files.items():
            path = Path("sources") / f"{name}.toml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return settings.load(Path("config.toml"))

    return load


@pytest.fixture
def refused(load: Load) -> Refused:
    """The lines of the message with which a configuration is refused."""

    def refused(text: str, **files: str) -> list[str]:
        with pytest.raises(SettingsError) as caught:
            load(text, **files)
        return str(caught.value).split("\n")

    return refused
