"""`tokens`: what opens the feed of a view to a reader's program, where the desk is for readers."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from aggregator import settings
from aggregator.cli.desk import open_store, pass_config, whisper
from aggregator.errors import SettingsError
from aggregator.poll.roll import clock
from aggregator.schema import reader_name
from aggregator.store.readers import OWNER

NAMELESS = "latest"
"""Stands for the feeds of no view."""
NEEDS = "needs"
"""Stands for the feed of the sources that need you."""


@click.group()
def tokens() -> None:
    """Tokens that open the feed of a view where the desk is for readers."""


@tokens.command("add")
@click.argument("view", metavar="VIEW")
@click.option("--reader", "name", default="owner", show_default=True, help="Whose it is.")
@click.option("--label", default="", help="What it is called where it is listed, such as a program.")
@pass_config
def add(config: Path, view: str, name: str, label: str) -> None:
    """Make a token for the feeds of VIEW (`latest`: those of no view), and show it this once.

    VIEW may be `needs`: the sources that need you.
    """
    wanted = settings.load(config)
    known = [NAMELESS, NEEDS, *(one.id for one in wanted.views)]
    if view not in known:
        close = difflib.get_close_matches(view, known, 1)
        hint = f" Did you mean {close[0]}?" if close else f" There are {', '.join(known)}."
        raise SettingsError(f"There is no view {view!r} in {config}.{hint}")
    with open_store(wanted) as store:
        reader = store.owner(clock()) if name == OWNER else store.reader(reader_name(name))
        if reader is None:
            raise SettingsError(f"There is no reader {name!r}. See: dateline readers list")
        if view == NEEDS and not reader.is_admin:
            raise SettingsError(f"What needs attention is told to admins alone, and {name} is none.")
        made = store.add_token(reader, view=view, label=label, now=clock())
    if wanted.web.access != "readers":
        whisper(f'Tokens matter where [web] access is "readers"; in {config} it is "{wanted.web.access}".')
    whisper("Keep this address to yourself; it is not shown again:")
    click.echo(f"{wanted.web.address}/feeds/{view}.atom?token={made}")


@tokens.command("list")
@pass_config
def list_tokens(config: Path) -> None:
    """One line a token: id, view (- for all), reader, when it was made and last used, what it is called."""
    with open_store(settings.load(config)) as store:
        for one in store.tokens():
            used = f"{one.used:%Y-%m-%d %H:%M}" if one.used else "never used      "
            line = f"{one.id}  {one.view or '-':<24} {one.reader:<16} {one.made:%Y-%m-%d %H:%M}  {used}"
            click.echo(f"{line}  {one.label}".rstrip())


@tokens.command("revoke")
@click.argument("token_id", metavar="ID")
@pass_config
def revoke(config: Path, token_id: str) -> None:
    """End a token at once; `tokens list` shows the ids."""
    with open_store(settings.load(config)) as store:
        if not store.revoke_token(token_id):
            raise SettingsError(f"There is no token {token_id!r}. See: dateline tokens list")
    click.echo(f"The token {token_id} opens nothing any more.")
