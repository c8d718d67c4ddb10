"""The group of commands, and how errors leave it: one sentence and a right exit code."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import click

from aggregator import __version__
from aggregator.cli.desk import whisper
from aggregator.errors import DatelineError, FilterError, SettingsError

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))

_COMMANDS = {
    "init": "run",
    "run": "run",
    "scheduler": "roles",
    "worker": "roles",
    "web": "roles",
    "check": "run",
    "doctor": "doctor",
    "plan": "plan",
    "poll": "poll",
    "articles": "articles",
    "sources": "sources",
    "explain": "explain",
    "understand": "understand",
    "stories": "stories",
    "reprocess": "reprocess",
    "db": "db",
    "backup": "backup",
    "restore": "backup",
    "gazetteer": "gazetteer",
    "tokens": "tokens",
    "readers": "readers",
}
"""The module of each command, loaded when it is asked for: half the time of a short one is loading."""


class Sentences(click.Group):
    """Turns Dateline's errors into a sentence on stderr: exit code 2 for what was written wrong, else 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        gc.disable()
        command: click.Command = getattr(import_module(f"aggregator.cli.{_COMMANDS[cmd_name]}"), cmd_name)
        # What is loaded stays: no collection need look through it, now or later.
        gc.freeze()
        gc.enable()
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DatelineError as error:
            whisper(str(error))
            ctx.exit(2 if isinstance(error, SettingsError | FilterError) else 1)
        except BrokenPipeError:
            ctx.exit(0)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            whisper(f"What the command prints could not be written: {error.strerror}; what it did is done.")
            ctx.exit(1)
        finally:
            _let_go(sys.stdout)
            _let_go(sys.stderr)


def _let_go(stream: TextIO | None) -> None:
    """Sees to it that a reader that has gone (`| head`) or a full disk is no error at the very end."""
    if stream is None:  # closed from the start (`>&-`)
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dateline")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    show_default=True,
    help="The configuration to use.",
)
@click.pass_context
def main(ctx: click.Context, config: Path) -> None:
    """Dateline: a news desk of your own."""
    ctx.obj = config
