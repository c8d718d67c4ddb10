"""Capacity on paper: the page is what the script says, and every figure is measured somewhere or marked as assumed."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scale() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scale", ROOT / "bench" / "scale.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["scale"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def figures(scale: ModuleType) -> object:
    return scale.Figures(ROOT / "bench" / "figures.toml")


def test_the_page_and_its_plot_are_what_the_script_says(scale: ModuleType, figures: object) -> None:
    """Else: .venv/bin/python bench/scale.py --write docs/scale.md --plot docs/scale.svg"""
    assert (ROOT / "docs" / "scale.md").read_text() == scale.page(figures)
    assert (ROOT / "docs" / "scale.svg").read_text() == scale.svg(figures)


def test_every_figure_is_measured_by_something_there_is_or_marked_as_assumed(figures: object) -> None:
    for name, one in figures.all.items():  # type: ignore[attr-defined]
        assert ("from" in one) != ("because" in one), name
        for path in re.findall(r"\b(?:bench|docs|aggregator)/\w+\.\w+", one.get("from", "")):
            assert (ROOT / path).exists(), name


def test_every_figure_is_used(figures: object) -> None:
    script = (ROOT / "bench" / "scale.py").read_text()
    assert [name for name in figures.all if not re.search(rf"\bf\.{name}\b", script)] == []  # type: ignore[attr-defined]


def test_needs_grow_with_sources_and_limits_come_in_order(scale: ModuleType, figures: object) -> None:
    small, large = (scale.needs(figures, sources) for sources in (1_000, 1_000_000))
    assert large.cores == pytest.approx(1000 * small.cores)
    assert large.polls == pytest.approx(1_000_000 * 15.85 / 86_400)
    ends = [limit.sources for limit in scale.limits(figures)]
    assert ends == sorted(ends)
