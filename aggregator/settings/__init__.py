"""Settings: `config.toml` and the files it includes, read strictly, every problem named with its line.

The only reader of the configuration and of the environment. What each key means is in docs/config.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import SettingsError
from aggregator.filters import UNKNOWN, Vocabulary, configured
from aggregator.schema import Secret, Settings, replace
from aggregator.settings import sections
from aggregator.settings.addresses import same_place, source_address, store_url
from aggregator.settings.categories import categories
from aggregator.settings.codes import language
from aggregator.settings.files import Table, included_names, read_files
from aggregator.settings.notify import check_targets, notify
from aggregator.settings.problems import Problems, listed, shown_url
from aggregator.settings.rules import check_rules, rules
from aggregator.settings.slugs import slug, slugs_of_url, unique
from aggregator.settings.tables import array, check_filters, hosts, sources, views
from aggregator.settings.trials import check_tests, tests
from aggregator.settings.values import credential, refuse_unknown

__all__ = [
    "Known",
    "cache_folder",
    "language",
    "load",
    "same_place",
    "shown_url",
    "slug",
    "slugs_of_url",
    "source_address",
    "stamps",
    "store_address",
    "unique",
]

_MAIN_ONLY = ("service", "store", "fetch", "host", "web", "places", "retention", "include", "notify")
_SHARED = ("source", "view", "category", "rule", "test")


Known = Callable[[Settings], Vocabulary]
"""Which categories and places filters may name under a configuration; it adds its sources and views itself."""


def load(path: Path, known: Known = lambda _: UNKNOWN, *, draft: str | None = None) -> Settings:
    """The validated configuration; `draft` is a text that might stand in its main file.

    Raises SettingsError if the file is missing, or with a list of all problems, one a line:
    `file:line: key = value: what is wrong; how to fix it`.
    """
    if not path.exists():
        raise SettingsError(f"There is no configuration at {path}; run `dateline init` to write one.")
    problems: Problems = []
    main, included = read_files(path, problems, draft)
    settings = _settings(main, included, known) if main else None
    if settings is None or problems:
        raise SettingsError(listed(problems))
    return settings


def _settings(main: Table, included: list[Table], known: Known) -> Settings:
    """What the files say; where they are wrong, problems have been noted and defaults stand in."""
    _refuse_unknown_tables(main, included)
    tables = [main, *included]
    found = views(view for table in tables for view in array(table, "view"))
    ruled = rules(rule for table in tables for rule in array(table, "rule"))
    tried = tests(test for table in tables for test in array(table, "test"))
    settings = Settings(
        path=main.document.path.absolute(),
        service=sections.service(process := sections.section(main, "service")),
        store=sections.store(sections.section(main, "store")),
        fetch=replace(sections.fetch(sections.section(main, "fetch")), hosts=hosts(array(main, "host"))),
        web=sections.web(sections.section(main, "web")),
        places=sections.places(sections.section(main, "places")),
        sources=sources(source for table in tables for source in array(table, "source")),
        views=tuple(view for _, view in found),
        categories=categories(category for table in tables for category in array(table, "category")),
        files=tuple(table.document.path.absolute() for table in tables),
        edited=_newest(main, *included),
        include=tuple(main.values.get("include", ())),
        rules=tuple(rule for _, rule in ruled),
        tests=tuple(test for _, test in tried),
        notify=notify(array(main, "notify")),
    )
    sections.check_mode(process, settings.service, settings.store)
    named = known(settings)
    vocabulary = configured(named, settings)
    check_filters(found, vocabulary)
    check_rules(ruled, vocabulary, named)
    check_targets(ruled, settings.notify)
    check_tests(tried, vocabulary)
    return replace(settings, retention=sections.retention(sections.section(main, "retention"), vocabulary))


def _newest(*tables: Table) -> datetime:
    written = max(table.document.path.stat().st_mtime for table in tables)
    return datetime.fromtimestamp(written, UTC)


def _refuse_unknown_tables(main: Table, included: list[Table]) -> None:
    refuse_unknown(main, [*_MAIN_ONLY, *_SHARED])
    shared = ", ".join(f"[[{name}]]" for name in _SHARED)
    elsewhere = f"this belongs in {main.document.path}; an included file holds {shared} only"
    for table in included:
        refuse_unknown(table, list(_SHARED), dict.fromkeys(_MAIN_ONLY, elsewhere))


def stamps(settings: Settings) -> dict[Path, int]:
    """When each file of the configuration was last written, ns: differs once one is edited, new or gone."""
    folder = settings.path.parent
    included = (
        Path(folder, name) for pattern in settings.include for name in included_names(folder, pattern)
    )
    times = {}
    for path in (settings.path, *included):
        with suppress(OSError):
            times[path] = path.stat().st_mtime_ns
    return times


def cache_folder() -> Path:
    """Where what can be made again is kept: `$XDG_CACHE_HOME/dateline`, else `~/.cache/dateline`.

    Source: XDG Base Directory Specification, by which a relative path does not count.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if os.path.isabs(given) else Path.home() / ".cache") / "dateline"


def store_address(text: str, folder: Path) -> Secret:
    """A database named as in [store] url, seen from `folder`. Raises SettingsError."""
    return Secret(store_url(credential(text), folder))
