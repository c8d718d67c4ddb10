"""Rosters: lists of sources other programs keep, as OPML or one URL a line, taken into the configuration.

An OPML file is hostile and often broken. It is mended as text before lxml reads it, so that nothing is lost
(a bare `&`, a control character, wrong bytes), and what was mended is told. Source: OPML 2.0, opml.org.
"""

from __future__ import annotations

import codecs
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from html.entities import html5
from pathlib import Path
from typing import TypeAlias

import tomlkit
from lxml import etree
from tomlkit.exceptions import TOMLKitError

from aggregator import settings
from aggregator.errors import SettingsError
from aggregator.schema import Secret, Source
from aggregator.urls import canonical_url

_ENTITY = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STRAY_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_QUOTED = re.compile(r"(?<=\s)[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>", re.S | re.I)
_ADDRESS = re.compile(r"\sxmlUrl\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.I)
_HOST_LIKE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::[0-9]+)?(?:[/?#].*)?", re.I | re.A)
_FEED_SCHEME = re.compile(r"(?:feed|rss|pcast|itpc):(?=//|https?:)", re.I)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_CHARSET = re.compile(
    r"utf-?8|(?:us-)?ascii|iso-?8859-?[0-9]{1,2}|latin-?[0-9]|(?:windows-|cp)[0-9]{3,4}|koi8-[ru]"
    r"|shift[_-]jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5(?:-hkscs)?",
    re.I,
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})

Notes: TypeAlias = defaultdict[str, list[int]]
"""Numbers of the lines on which a thing was mended, by a sentence that says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One source a roster names, by an http(s) URL that can be fetched."""

    url: str
    title: str = ""
    categories: tuple[str, ...] = ()
    """The outlines it is nested in and its own `category`, in the roster's words."""
    language: str = ""
    username: str = ""
    password: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What was read: each source once; the rest as sentences without secrets."""

    sources: tuple[RosterLine, ...]
    repairs: tuple[str, ...] = ()
    """What was broken and how it was read all the same."""
    skipped: tuple[str, ...] = ()
    """What could not be used, and why."""
    merged: int = 0
    """Lines that named a source again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did. `added` holds the ids of the sources written."""

    added: tuple[str, ...]
    merged: int
    unchanged: int
    """Sources that were configured before."""
    skipped: tuple[str, ...]
    repairs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An address as the roster gives it, with the number of its line."""

    line: int
    address: str
    title: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""


def read(path: Path) -> Roster:
    """The sources of an OPML file or a list of URLs (one a line, `#` begins a comment).

    Raises SettingsError if the file cannot be read or is neither.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}; check its name.") from None
    notes: Notes = defaultdict(list)
    text = _decoded(data, notes)
    if "\0" in text:
        raise SettingsError(f"{path} is no text file; give an OPML file or a list of URLs, one a line.")
    start = text.lstrip()[:1]
    if start in ("{", "["):
        raise SettingsError(f"{path} is JSON; give an OPML file or a list of URLs, one a line.")
    found = list(_outlines(text, notes) if start == "<" else _listed(text, notes))
    if not found and start == "<" and not re.search("<(?:opml|outline)", text, re.I):
        raise SettingsError(f"{path} is no OPML file; export one from your feed reader.")
    return _roster(found, notes)


# --- bytes to text -----------------------------------------------------------------------------


def _decoded(data: bytes, notes: Notes) -> str:
    """The text, its line ends as newlines; bytes that are not of its encoding are read as Windows-1252."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(data)
        encoding = declared[1].decode("ascii") if declared else "utf-8"
        if not _CHARSET.fullmatch(encoding):
            notes[f"the encoding {encoding} cannot be right, it was read as UTF-8"].append(1)
            encoding = "utf-8"
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        wide = encoding.startswith(("utf-16", "utf-32"))
        text = data.decode(encoding, "replace") if wide else _decoded_by_line(data, encoding, notes)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded_by_line(data: bytes, encoding: str, notes: Notes) -> str:
    lines: list[str] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            lines.append(line.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            notes[f"bytes that are not {encoding} were read as Windows-1252"].append(number)
            lines.append(line.decode("windows-1252", "replace"))
    return "\n".join(lines)


# --- broken XML to XML -------------------------------------------------------------------------


def _mended(text: str, notes: Notes) -> str:
    """The document as XML that loses nothing when parsed; its lines keep their numbers."""
    for start, end in (("<!--", "-->"), ("<?", "?>")):
        text = _without(text, start, end)
    if found := _DOCTYPE.search(text[:100_000]):
        text = text.replace(found[0], "\n" * found[0].count("\n"), 1)
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if "&" in line or "<" in line or _CONTROL.search(line):
            lines[number - 1] = _mended_line(line, number, notes)
    return "\n".join(lines)


def _without(text: str, start: str, end: str) -> str:
    """The text without the spans between two marks, but with their line breaks."""
    kept: list[str] = []
    at = 0
    while (begin := text.find(start, at)) >= 0 and (stop := text.find(end, begin)) >= 0:
        kept += [text[at:begin], "\n" * text.count("\n", begin, stop)]
        at = stop + len(end)
    return "".join([*kept, text[at:]])


def _mended_line(line: str, number: int, notes: Notes) -> str:
    def entity(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            notes["a bare & was read as it stands"].append(number)
            return "&amp;"
        if name in _PREDEFINED:
            return found[0]
        character = unescape(found[0])
        if name[0] == "#" or f"{name};" in html5:
            return escape(_CONTROL.sub("", character), quote=True)
        notes[f"the unknown entity &{name}; was read as it stands"].append(number)
        return f"&amp;{name};"

    def attribute(found: re.Match[str]) -> str:
        if "<" not in found[0] or re.search(r"</?outline\b", found[0], re.I):
            return found[0]
        notes["a bare < was read as it stands"].append(number)
        return found[0].replace("<", "&lt;")

    mended, removed = _CONTROL.subn("", line)
    if removed:
        notes["control characters were left out"].append(number)
    mended = _QUOTED.sub(attribute, _ENTITY.sub(entity, mended))
    mended, strays = _STRAY_LESS.subn("&lt;", mended)
    if strays:
        notes["a bare < was read as it stands"].append(number)
    return mended


# --- XML and lists to addresses ----------------------------------------------------------------


def _outlines(text: str, notes: Notes) -> Iterator[_Found]:
    """The sources of an OPML document, in its order; those lxml lost to broken markup come last."""
    mended = _mended(text, notes)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(mended.encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    seen: set[str] = set()
    for found in _walked(root) if root is not None else ():
        seen.add(found.address)
        yield found
    for error in parser.error_log:
        what = error.type_name.removeprefix("ERR_").replace("_", " ").lower()
        notes[f"broken XML was read as far as possible ({what})"].append(error.line)
    if len(parser.error_log):
        for match in _ADDRESS.finditer(mended):
            address = _clean(unescape(match[1] or match[2] or ""))
            if address and address not in seen:
                line = mended.count("\n", 0, match.start(1)) + 1
                notes["a source in broken XML was read without its categories"].append(line)
                yield _Found(line=line, address=address)


def _walked(root: etree._Element) -> Iterator[_Found]:
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="{*}*"):
        if etree.QName(element).localname.lower() != "outline":
            continue
        given = {etree.QName(str(key)).localname.lower(): _clean(str(value)) for key, value in element.items()}
        title = given.get("text") or given.get("title", "")
        is_source = "xmlurl" in given
        if event == "end":
            folders.pop()
            continue
        if is_source:
            own = re.split("[,/]", given.get("category", ""))
            yield _Found(
                line=element.sourceline or 1,
                address=given["xmlurl"],
                title=title,
                categories=tuple(filter(None, [*folders, *map(str.strip, own)])),
                language=given.get("language", ""),
            )
        folders.append("" if is_source else title)


def _listed(text: str, notes: Notes) -> Iterator[_Found]:
    for number, line in enumerate(text.split("\n"), start=1):
        address, *rest = re.sub(r"(?:^|\s)#.*", "", line).split() or [""]
        if address:
            if rest:
                notes["what follows the address was left out"].append(number)
            yield _Found(line=number, address=_clean(address))


def _clean(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join(_CONTROL.sub("", text.replace("\t", " ")).split())


# --- addresses to a roster ---------------------------------------------------------------------


def _roster(found: Sequence[_Found], notes: Notes) -> Roster:
    lines: dict[str, RosterLine] = {}
    skipped: list[str] = []
    merged = 0
    for one in found:
        try:
            line = _line(one, notes)
        except SettingsError as error:
            shown = settings.shown_url(one.address)
            skipped.append(f"Line {one.line}: {shown} was left out: {error}.")
            continue
        place = settings.same_place(line.url)
        merged += place in lines
        lines[place] = _merged(lines[place], line) if place in lines else line
    return Roster(
        sources=tuple(lines.values()), repairs=tuple(_sentences(notes)), skipped=tuple(skipped), merged=merged
    )


def _line(found: _Found, notes: Notes) -> RosterLine:
    """The source an address means; SettingsError if there is none to poll."""
    url = _FEED_SCHEME.sub("", found.address).replace(" ", "%20")
    if url.startswith("//") or _HOST_LIKE.fullmatch(url):
        url = ("http:" if url != found.address else "https:") + "//" + url.removeprefix("//")
    if url != found.address:
        notes["the address was read as an http or https one"].append(found.line)
    if not url:
        raise SettingsError("the address is empty")
    if not url.lower().startswith(("http:", "https:")):
        raise SettingsError("only http and https addresses can be polled")
    address = settings.source_address(url, Path())
    password = address.password.reveal() if address.password else ""
    if address.username.startswith("env:") or password.startswith("env:"):
        # Written to the configuration, it would stand for a variable of this machine's environment.
        raise SettingsError('its user name or password begins with "env:"')
    return RosterLine(
        url=address.url,
        title=found.title[:300].strip(),
        categories=tuple(dict.fromkeys(name[:100].strip() for name in found.categories[:50])),
        language=_language(found, notes),
        username=address.username,
        password=address.password,
    )


def _language(found: _Found, notes: Notes) -> str:
    try:
        return settings.language(found.language) if found.language else ""
    except SettingsError:
        notes["the language is no BCP 47 tag and was left out"].append(found.line)
        return ""


def _merged(first: RosterLine, second: RosterLine) -> RosterLine:
    """Two lines of one source: the categories of both, otherwise what the first one says."""
    return replace(
        first,
        url=second.url if second.url.lower().startswith("https:") > first.url.lower().startswith("https:") else first.url,
        title=first.title or second.title,
        categories=tuple(dict.fromkeys(first.categories + second.categories)),
        language=first.language or second.language,
        username=first.username or second.username,
        password=first.password or second.password,
    )


def _sentences(notes: Notes) -> Iterator[str]:
    for what, lines in notes.items():
        numbers = sorted(set(lines))
        listed = ", ".join(map(str, numbers[:10]))
        more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
        yield f"Line{'s' if len(numbers) > 1 else ''} {listed}{more}: {what}."


# --- a roster into the configuration -----------------------------------------------------------


def write(roster: Roster, into: Path, existing: Sequence[Source]) -> ImportReport:
    """Adds the sources that are not configured yet to the file `into` (`sources/NAME.toml`), which is made
    if need be. What stands in it stays byte for byte; nothing is written if there is nothing to add.

    Raises SettingsError if the file cannot be read or written.
    """
    text = _written(into)
    known = _known(text, into)
    places = {settings.same_place(url) for url in [*(source.url for source in existing), *known.values()]}
    taken = {source.id for source in existing} | known.keys()
    new = [line for line in roster.sources if settings.same_place(line.url) not in places]
    tables = tomlkit.aot()
    added: list[str] = []
    for line in new:
        candidates = [settings.slug(line.title), *settings.slugs_of_url(line.url)]
        added.append(settings.unique(candidates, taken))
        tables.append(_table(added[-1], line))
    if new:
        document = tomlkit.document()
        document.add("source", tables)
        _replace(into, f"{text.rstrip() or _HEADER}\n\n{tomlkit.dumps(document)}")
    return ImportReport(
        added=tuple(added),
        merged=roster.merged,
        unchanged=len(roster.sources) - len(new),
        skipped=roster.skipped,
        repairs=roster.repairs,
    )


def _table(name: str, line: RosterLine) -> tomlkit.items.Table:
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
