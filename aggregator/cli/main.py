"""The group of commands, and how errors leave it: one sentence and a right exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, TextIO

import click

from aggregator import __version__
from aggregator.cli.articles import articles
from aggregator.cli.desk import whisper
from aggregator.cli.explain import explain
from aggregator.cli.gazetteer import gazetteer
from aggregator.cli.poll import poll
from aggregator.cli.reprocess import reprocess
from aggregator.cli.run import check, init, run
from aggregator.cli.sources import sources
from aggregator.cli.understand import understand
from aggregator.errors import DatelineError, FilterError, SettingsError


class Sentences(click.Group):
    """Turns Dateline's errors into a sentence on stderr: exit code 2 for what was written wrong, else 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DatelineError as error:
            whisper(str(error))
            ctx.exit(2 if isinstance(error, SettingsError | FilterError) else 1)
        except BrokenPipeError:
            ctx.exit(0)
        finally:
            _let_go(sys.stdout)
            _let_go(sys.stderr)


def _let_go(stream: TextIO) -> None:
    """Sees to it that a reader that has gone (`| head`) or a full disk is no error at the very end."""
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


for command in (init, run, check, poll, articles, sources, explain, understand, reprocess, gazetteer):
    main.add_command(command)
