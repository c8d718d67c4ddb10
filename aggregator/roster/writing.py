"""Writes rosters into the configuration, as tables `[[source]]`."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from aggregator import settings
from aggregator.errors import SettingsError
from aggregator.roster.nouns import ImportReport, Roster, RosterLine
from aggregator.schema import Source

_HEADER = """\
# Sources taken over by `dateline sources import`. Edit them as you like (docs/config.md says what each key
# means): importing the same file again changes nothing here."""


def write(roster: Roster, into: Path, existing: Sequence[Source]) -> ImportReport:
    """Adds the sources that are not configured yet to the file `into` (`sources/NAME.toml`), which is made
    if need be. What stands in it stays byte for byte; nothing is written if there is nothing to add.

    Raises SettingsError if the file cannot be read or written.
    """
    text = _written(into)
    tables = _tables(text, into)
    places = {settings.same_place(source.url) for source in existing}
    places |= {settings.same_place(str(table.get("url", ""))) for table in tables}
    taken = {source.id for source in existing} | {str(table.get("id", "")) for table in tables}
    new = [line for line in roster.sources if settings.same_place(line.url) not in places]
    array = tomlkit.aot()
    added: list[str] = []
    for line in new:
        candidates = [settings.slug(line.title), *settings.slugs_of_url(line.url)]
        added.append(settings.unique(candidates, taken))
        array.append(_table(added[-1], line))
    if new:
        document = tomlkit.document()
        document.add("source", array)
        _replace(into, f"{text.rstrip() or _HEADER}\n\n{tomlkit.dumps(document)}")
    return ImportReport(
        added=tuple(added),
        merged=roster.merged,
        unchanged=len(roster.sources) - len(new),
        skipped=roster.skipped,
        repairs=roster.repairs,
    )


def include(config: Path, pattern: str) -> None:
    """Makes a valid configuration read the files of a pattern too; all else in it stays as it stands.

    Raises SettingsError if the file cannot be read or written.
    """
    text = _written(config)
    document = tomlkit.parse(text)
    if "include" in document:
        document.get("include", []).append(pattern)
        _replace(config, tomlkit.dumps(document))
    else:
        _replace(config, f"include = {json.dumps([pattern])}\n\n{text}")


def _table(name: str, line: RosterLine) -> Table:
    password = line.password.reveal() if line.password else ""
    values = {
        "id": name,
        "url": line.url,
        "title": line.title,
        "categories": list(line.categories),
        "language": line.language,
        "username": line.username,
        "password": password,
    }
    table = tomlkit.table()
    for key, value in values.items():
        if value:
            table.add(key, value)
    return table


def _written(into: Path) -> str:
    """What the file holds already; empty if there is none."""
    try:
        return into.read_bytes().decode("utf-8-sig") if into.exists() else ""
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"{into} cannot be read as UTF-8 text; mend it or import into another file."
        ) from None


def _tables(text: str, into: Path) -> Sequence[Table]:
    """The tables [[source]] of a file; SettingsError if none can be added to them."""
    try:
        tables = tomlkit.parse(text).get("source", [])
    except TOMLKitError as error:
        raise SettingsError(f"{into} is not valid TOML ({error}); mend it before importing.") from None
    if tables and not isinstance(tables, AoT):
        raise SettingsError(f"{into} lists its sources in one array; write them as [[source]] tables.")
    return list(tables)


def _replace(path: Path, text: str) -> None:
    """Writes the file whole or not at all."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Credentials of a list end up here: for the admin's eyes, unless they have been let wider.
        draft.touch(mode=0o600)
        draft.write_bytes(text.encode())
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise SettingsError(f"{path} cannot be written: {error.strerror}; check its folder.") from None
