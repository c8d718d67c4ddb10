"""The gazetteer is built in a process of its own."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import pytest

from aggregator.cli.building import build_apart


def test_what_is_given_up_leaves_nothing_behind(tmp_path: Path) -> None:
    def give_up(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_apart(tmp_path / "g.db", give_up)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        build_apart(tmp_path / "no" / "g.db", lambda done, total: None)


def test_a_process_that_was_killed_is_told_and_the_memory_of_building_is_not_ours(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def kill(done: int, total: int) -> None:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        (builder,) = (
            child for child in children if str(tmp_path) in Path(f"/proc/{child}/cmdline").read_text()
        )
        os.kill(int(builder), signal.SIGKILL)

    with pytest.raises(ChildProcessError, match="signal 9"):
        build_apart(tmp_path / "g.db", kill)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 100_000
