"""Building the gazetteer in a process of its own: it takes some 740 MB, which this process would keep."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from aggregator.beside import start
from aggregator.errors import StoreError

_STEP = re.compile(rb"(\d+) (\d+)\n")
_NEEDS = (
    "it takes a folder that is yours (XDG_CACHE_HOME names another), 100 MB of disk and 800 MB of memory."
)


def build_apart(path: Path, progress: Callable[[int, int], None]) -> None:
    """Like `locate.build`. Raises StoreError."""
    why = ""
    with start(__name__, str(path)) as child:
        try:
            for line in child.stdout or ():
                if step := _STEP.fullmatch(line):
                    progress(int(step[1]), int(step[2]))
                else:
                    why = line.decode("utf-8", "replace").strip()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if child.returncode:
        ended = f"signal {-child.returncode} ended it" if child.returncode < 0 else why
        raise StoreError(f"The gazetteer {path} cannot be built: {ended or 'it was ended'}; {_NEEDS}")


def _build(path: Path) -> str:
    """Why it could not be built, if so."""
    from aggregator.locate.build import build  # with all it is made of

    try:
        build(path, lambda done, total: print(done, total, flush=True))
    except (OSError, sqlite3.Error) as error:
        return getattr(error, "strerror", None) or str(error)
    except MemoryError:
        return "there is too little memory"
    return ""


def _go_along() -> None:
    """Ends this process when its parent has gone."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    threading.Thread(target=_go_along, daemon=True).start()
    if why := _build(Path(sys.argv[1])):
        print(why, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    _main()
