"""`gazetteer build`: makes the file of the world's places anew."""

from __future__ import annotations

import click

from aggregator.cli.desk import build_gazetteer, gazetteer_path


@click.group()
def gazetteer() -> None:
    """The file of the world's places."""


@gazetteer.command("build")
def build() -> None:
    """Build the gazetteer, anew if there is one."""
    path = gazetteer_path()
    build_gazetteer(path)
    click.echo(f"The gazetteer is in {path} ({path.stat().st_size / 1e6:.0f} MB).")
