"""`readers`: the accounts of a desk that is open to others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from aggregator import passwords, settings
from aggregator.cli.desk import open_store, pass_config, whisper
from aggregator.errors import SettingsError
from aggregator.poll.roll import clock
from aggregator.schema import Reader, reader_name
from aggregator.store import Store

ROLES = click.Choice(["reader", "admin"])


@click.group()
def readers() -> None:
    """Accounts of the people who read, where [web] access is "readers" or "public"."""


@readers.command("add")
@click.argument("name")
@click.option("--role", type=ROLES, default="reader", show_default=True, help="What they may do.")
@pass_config
def add(config: Path, name: str, role: Literal["reader", "admin"]) -> None:
    """Add the reader NAME. Asks for a password, or reads it from the first line of standard input."""
    wanted = settings.load(config)
    plain = reader_name(name)
    if not plain:
        raise SettingsError(
            f"{name!r} can be no name: it has up to 64 letters, digits and the characters . @ + - _"
        )
    with open_store(wanted) as store:
        if store.reader(plain):
            raise SettingsError(f"There is a reader {plain} already. See: dateline readers password {plain}")
        store.add_reader(plain, role=role, password=passwords.hashed(_ask()), now=clock())
    click.echo(f"Added {plain} ({role}).")
    if wanted.web.access == "local":
        whisper(f'Nobody signs in while [web] access is "local" in {config}; set it to "readers".')


@readers.command("password")
@click.argument("name")
@pass_config
def password(config: Path, name: str) -> None:
    """Give the reader NAME another password; it signs them out everywhere."""
    with open_store(settings.load(config)) as store:
        reader = _find(store, name)
        store.set_password(reader, passwords.hashed(_ask()))
        kept = store.tokens(reader)
    click.echo(f"{reader.name} has another password, and is signed out everywhere.")
    if kept:
        whisper("What their programs have goes on opening feeds. See: dateline tokens list")


@readers.command("role")
@click.argument("name")
@click.argument("role", type=ROLES)
@pass_config
def role(config: Path, name: str, role: Literal["reader", "admin"]) -> None:
    """Make the reader NAME a `reader` or an `admin`, from their next request on."""
    with open_store(settings.load(config)) as store:
        reader = _find(store, name)
        store.set_role(reader, role)
    click.echo(f"{reader.name} is {'an admin' if role == 'admin' else 'a reader'} now.")


@readers.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_config
def remove(config: Path, name: str, yes: bool) -> None:
    """Take the reader NAME out, with all that is theirs."""
    with open_store(settings.load(config)) as store:
        reader = _find(store, name)
        if not yes:
            click.confirm(f"Delete {reader.name} and all that is theirs for good?", abort=True)
        store.remove_reader(reader)
    click.echo(f"{reader.name} is gone, with all that was theirs.")


@readers.command("list")
@pass_config
def list_readers(config: Path) -> None:
    """One line a reader: name and role."""
    with open_store(settings.load(config)) as store:
        for one in store.readers():
            click.echo(f"{one.name:<24} {one.role}")


def _find(store: Store, name: str) -> Reader:
    reader = store.reader(reader_name(name))
    if reader is None:
        raise SettingsError(f"There is no reader {name!r}. See: dateline readers list")
    return reader


def _ask() -> str:
    """A password, asked for where somebody can answer; never an argument, which others on the machine see."""
    if sys.stdin.isatty():
        said: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        said = sys.stdin.readline().rstrip("\r\n")
    if complaint := passwords.complaint(said):
        raise SettingsError(complaint)
    return said
