"""Processes of our own beside this one: the same interpreter, the same packages, and nothing of the working folder."""

from __future__ import annotations

import os
import subprocess
import sys


def command(module: str, *words: str) -> list[str]:
    """What runs a module of ours as a program, in the `environment`."""
    return [sys.executable, "-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """That of this process, where modules are looked for where this process does."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def start(module: str, *words: str) -> subprocess.Popen[bytes]:
    """Runs it with pipes to it, in a group of its own: Ctrl-C is for this process alone."""
    return subprocess.Popen(  # noqa: S603 (a module of ours, nothing from outside)
        command(module, *words),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )
