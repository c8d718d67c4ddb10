"""The simulator behind the figures, on a small fleet."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from types import ModuleType
from xml.etree import ElementTree

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).parents[2] / "bench" / "cadence.py"
    spec = importlib.util.spec_from_file_location("bench_cadence", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_rule_13_at_equal_polls_the_mean_delay_is_half_of_uniform_polling(bench: ModuleType) -> None:
    uniform, _, _, ours = bench.merged([bench.compare(seed, sources=150, days=15.0) for seed in (1, 2)])
    assert abs(uniform.polls - ours.polls) <= 0.01 * ours.polls
    assert fmean(ours.all()) <= 0.5 * fmean(uniform.all())
    assert bench.percentile(ours.all(), 0.95) <= bench.percentile(uniform.all(), 0.95)


def test_the_same_seed_gives_the_same_figures(bench: ModuleType) -> None:
    once, twice = (bench.compare(3, sources=20, days=4.0) for _ in range(2))
    assert once == twice


def test_a_budget_is_kept_in_the_simulation(bench: ModuleType) -> None:
    *_, ours = bench.compare(1, sources=100, days=15.0, polls_per_day=200)
    assert ours.polls / 15 == pytest.approx(200, rel=0.15)


def test_the_plot_is_a_drawing_of_every_rule(bench: ModuleType) -> None:
    drawing = ElementTree.fromstring(bench.plot(bench.compare(1, sources=20, days=4.0)))
    assert len(drawing.findall("{http://www.w3.org/2000/svg}polyline")) == 4


def test_a_poll_log_is_replayed(bench: ModuleType) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    log = [
        (
            name,
            start + hour * timedelta(hours=1),
            "news" if hour % every == 0 else "not_modified",
            hour % every == 0,
        )
        for hour in range(200)
        for name, every in (("busy", 1), ("slow", 50))
    ]
    results = {result.rule: result for result in bench.replay(log)}
    assert set(results) == {"uniform", "proportional", "miniflux", "ours", "as it was"}
    assert results["as it was"].polls >= 398
    assert fmean(results["as it was"].all()) == pytest.approx(0.5, abs=0.1)
    assert results["ours"].polls < 400


def test_a_log_that_is_too_short_gives_no_figures(bench: ModuleType) -> None:
    assert bench.replay([("a", datetime(2026, 1, 1, tzinfo=UTC), "news", 5)]) == []
