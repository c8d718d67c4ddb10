"""`make demo`: the invented feeds on loopback and a Dateline that polls them, until Ctrl-C or SIGTERM.

Every demo starts with an empty database in data/demo.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import NoReturn

from serve import PORT, DemoServer

CONFIG = Path(__file__).parent / "config.toml"
DATA = Path(__file__).parent.parent / "data" / "demo"


def main() -> int:
    signal.signal(signal.SIGTERM, stop)
    try:
        server = DemoServer()
    except OSError as error:
        sys.exit(
            f"The demo's feeds need port {PORT} of 127.0.0.1: {error.strerror}. Is another demo running?"
        )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"Serving {len(server.feeds)} invented feeds at {server.url}.", flush=True)
    empty(DATA)
    dateline = subprocess.Popen([sys.executable, "-m", "aggregator", "--config", str(CONFIG), "run"])
    try:
        return dateline.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        dateline.terminate()
        dateline.wait()
        server.shutdown()
        server.server_close()


def empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("dateline.db*"):
        file.unlink()


def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
