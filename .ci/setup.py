"""Makes .venv ready, and does nothing when it is: `python3 .ci/setup.py run` or `… test`.

Each part leaves a stamp with the hash of what it was made from, written last: an interrupted set-up goes on
where it stopped, a changed lock file or a moved checkout is noticed, and two at a time wait for each other.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is what an older Python runs first)
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            "Dateline needs Python 3.11 or newer, and "
            + sys.executable
            + " is "
            + found
            + ". Name another one: make PYTHON=/path/to/python3.11 …"
        )
    purpose = sys.argv[1]
    with open(__file__) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_environment()
        if not (purpose == "run" and stands("test", LOCKS["test"])):
            # A lock is complete, so there is nothing to resolve; older pips stumble over extras when they try.
            lock_file = LOCKS[purpose]
            install(purpose, lock_file, "--no-deps", "--require-hashes", "--requirement", lock_file)
        install("project", "pyproject.toml", "--no-deps", "--editable", ".")


def make_environment() -> None:
    if PYTHON.exists() and pip("--version", quiet=True).returncode == 0:
        return
    print("Making .venv …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit(f"{sys.executable} cannot make virtual environments (Debian: apt-get install python3-venv).")


def install(part: str, made_from: str, *what: str) -> None:
    if stands(part, made_from):
        return
    print(f"Installing what {made_from} names …", flush=True)
    finished = pip("install", "--quiet", "--disable-pip-version-check", *what)
    if finished.returncode:
        sys.exit(f"The set-up stopped: pip could not install what {made_from} names (see above). Try again.")
    stamp(part).write_text(digest(made_from))


def stands(part: str, made_from: str) -> bool:
    return stamp(part).exists() and stamp(part).read_text() == digest(made_from)


def stamp(part: str) -> Path:
    return VENV / f".installed-{part}"


def digest(name: str) -> str:
    """Of the file and of the place of the checkout: scripts and editable installs hold absolute paths."""
    return hashlib.sha256(bytes(ROOT) + (ROOT / name).read_bytes()).hexdigest()


def pip(*words: str, quiet: bool = False) -> subprocess.CompletedProcess:
    command = [PYTHON, "-m", "pip", *words]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=quiet)  # noqa: S603


main()
