"""Building the gazetteer in a process of its own: it takes some 700 MB, which this process would keep."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def build_apart(path: Path, progress: Callable[[int, int], None]) -> None:
    """Like `locate.build`. Raises OSError, also if the process is ended by somebody."""
    words = [sys.executable, "-m", __name__, str(path)]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        try:
            for line in child.stdout or ():
                done, total = map(int, line.split())
                progress(done, total)
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if child.returncode < 0:
        raise ChildProcessError(0, f"the process that wrote it was ended by signal {-child.returncode}")
    if child.returncode:
        raise OSError(child.returncode, os.strerror(child.returncode))


def _tell(done: int, total: int) -> None:
    print(done, total, flush=True)


def _build(path: Path) -> int:
    """0, or the number of the error."""
    from aggregator.locate.build import build  # with all it is made of

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to end
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        build(path, _tell)
    except OSError as error:
        return error.errno or 1
    return 0


if __name__ == "__main__":
    sys.exit(_build(Path(sys.argv[1])))
