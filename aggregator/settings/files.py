"""Reads the configuration's files: the main one and those it includes, as tables that know their lines."""

from __future__ import annotations

import glob
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aggregator.settings.lines import KeyPath, key_lines
from aggregator.settings.problems import Problem, Problems, shown

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.S)
_WILD = re.compile(r"[*?[]")

Note = Callable[[int, str], None]
"""Notes a problem of a file as a whole: its line (0 if there is none) and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file of the configuration that was read."""

    path: Path
    """As it is named in messages: relative where the admin named the main file so."""
    rank: int
    """0 for the main file, then in the order of reading."""
    values: dict[str, Any]
    lines: dict[KeyPath, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a document, and where problems in it are noted."""

    document: Document
    path: KeyPath
    """Empty for the document itself."""
    values: dict[str, Any]
    problems: Problems

    def line(self, *keys: str | int) -> int:
        """The line of a key in this table, else of the nearest thing that holds it."""
        path = (*self.path, *keys)
        while path and path not in self.document.lines:
            path = path[:-1]
        return self.document.lines.get(path, 1)

    def origin(self, *keys: str | int) -> str:
        return f"{self.document.path}:{self.line(*keys)}"

    def refuse(self, what: str, *keys: str | int, value: str = "") -> None:
        """Notes a problem: `what` says what is wrong and, after a semicolon, how to mend it."""
        name = ".".join(shown_key(key) for key in keys if isinstance(key, str))
        subject = f"{name} = {value}: " if value else f"{name}: " if name else ""
        self.problems.append(
            Problem(
                rank=self.document.rank,
                line=self.line(*keys),
                text=f"{self.origin(*keys)}: {subject}{what}",
            )
        )


def shown_key(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key, re.A) else shown(key)


def read_files(path: Path, problems: Problems, draft: str | None = None) -> tuple[Table | None, list[Table]]:
    """The main file (None if it cannot be read) and the included ones, in the order of their names.

    `draft` is read in the place of the main file; it must include what that does, so that who writes a draft
    learns nothing of other files.
    """
    main = _read(path, 0, problems, draft)
    if main is not None and draft is not None:
        there = _read(path, 0, [])
        if there is None or there.values.get("include") != main.values.get("include"):
            main.refuse("a draft must include the same files as the configuration on disk", "include")
            return main, []
    if main is None:
        return None, []
    seen = {path.resolve()}
    tables: list[Table] = []
    for included in _included(main):
        if included.resolve() not in seen:
            seen.add(included.resolve())
            table = _read(included, len(seen) - 1, problems)
            tables += [table] if table else []
    return main, tables


def _included(main: Table) -> Iterable[Path]:
    """The files that `include` names, relative to the main file's folder."""
    patterns = main.values.get("include", [])
    if not isinstance(patterns, list) or not all(isinstance(item, str) for item in patterns):
        fix = 'it must be a list of file names; write include = ["sources/*.toml"]'
        main.refuse(fix, "include", value=shown(patterns))
        return
    folder = main.document.path.parent
    for number, pattern in enumerate(patterns):
        names = included_names(folder, pattern)
        if not names and not _WILD.search(pattern):
            what = f"there is no such file in {folder}; correct the name or take it out"
            main.refuse(what, "include", number, value=shown(pattern))
        yield from (folder / name for name in names)


def included_names(folder: Path, pattern: str) -> list[str]:
    """The files a pattern names, relative to the folder, in order."""
    return sorted(glob.glob(pattern, root_dir=folder, recursive=True))


def _read(path: Path, rank: int, problems: Problems, draft: str | None = None) -> Table | None:
    def note(line: int, what: str) -> None:
        place = f"{path}:{line}" if line else str(path)
        problems.append(Problem(rank=rank, line=line, text=f"{place}: {what}"))

    text = _text(path, note) if draft is None else draft.replace("\r\n", "\n")
    parsed = None if text is None else _parsed(text, note)
    if parsed is None:
        return None
    values, lines = parsed
    document = Document(path=path, rank=rank, values=values, lines=lines)
    return Table(document=document, path=(), values=values, problems=problems)


def _text(path: Path, note: Note) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        note(0, f"this file cannot be read: {reason}; check that it is a file and may be read")
        return None
    fix = "save it as plain text in UTF-8"
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        note(line, f"this is no text file (it holds a zero byte); {fix}")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        note(data[: error.start].count(b"\n") + 1, f"this line is not UTF-8 text; {fix}")
        return None


def _parsed(text: str, note: Note) -> tuple[dict[str, Any], dict[KeyPath, int]] | None:
    try:
        return tomllib.loads(text), key_lines(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.fullmatch(str(error))
        what = found[1] if found else str(error)
        line = int(found[2]) if found and found[2] else text.rstrip("\n").count("\n") + 1
        column = f"column {found[3]}" if found and found[3] else "end of file"
        twice = "overwrite" in what or "declare" in what or "twice" in what
        fix = "write each key and table once" if twice else "text stands in quotes, a list in brackets"
        note(line, f"this is not valid TOML ({column}): {what[:1].lower()}{what[1:]}; {fix}")
    except RecursionError:
        note(1, "lists or tables are nested too deeply; write them flat")
    return None
