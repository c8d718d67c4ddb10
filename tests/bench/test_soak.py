"""The soak, in seconds instead of hours: it measures, goes on where it stopped, and says what it saw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def soak(work: Path, cache: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "soak.py"), "--sources", "6", "--work", str(work), *words],
        env=os.environ | {"XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_soak_goes_on_where_it_stopped_and_reports_all_of_it(tmp_path: Path, cache: Path) -> None:
    plot = tmp_path / "soak.svg"
    soak(tmp_path / "work", cache, "--minutes", "0.4")
    said = soak(tmp_path / "work", cache, "--minutes", "0.6", "--plot", str(plot))
    assert "minutes in 2 runs" in said
    assert "Not stored: 0." in said
    assert "Tracebacks and lines that are no JSON: 0." in said
    samples = [json.loads(line) for line in (tmp_path / "work" / "samples.jsonl").read_text().splitlines()]
    times = [one["at"] for one in samples]
    assert times == sorted(times)
    assert samples[-1]["articles"] >= samples[0]["articles"] > 0
    assert all(one["own"] > 10 for one in samples)
    assert plot.read_text().count("<polyline") == 4
