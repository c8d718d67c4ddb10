"""Reads rosters: OPML and lists of URLs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path

from lxml import etree

from aggregator import settings
from aggregator.errors import SettingsError
from aggregator.roster import mending
from aggregator.roster.mending import clean, decoded, mended
from aggregator.roster.nouns import Found, Notes, Roster, RosterLine

_ADDRESS = re.compile(r"\sxmlUrl\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.I)
_HOST_LIKE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::[0-9]+)?(?:[/?#].*)?", re.I | re.A)
_FEED_SCHEME = re.compile(r"(?:feed|rss|pcast|itpc):(?=//|https?:)", re.I)


def read(path: Path) -> Roster:
    """The sources of an OPML file or a list of URLs (one a line, `#` begins a comment).

    Raises SettingsError if the file cannot be read or is neither.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}; check its name.") from None
    notes: Notes = defaultdict(list)
    text = decoded(data, notes)
    if "\0" in text:
        raise SettingsError(f"{path} is no text file; give an OPML file or a list of URLs, one a line.")
    start = text.lstrip()[:1]
    if start in ("{", "["):
        raise SettingsError(f"{path} is JSON; give an OPML file or a list of URLs, one a line.")
    found = list(_outlines(text, notes) if start == "<" else _listed(text, notes))
    if not found and start == "<" and not re.search("<(?:opml|outline)", text, re.I):
        raise SettingsError(f"{path} is no OPML file; export one from your feed reader.")
    return _roster(found, notes)


# --- XML and lists to addresses ----------------------------------------------------------------


def _outlines(text: str, notes: Notes) -> Iterator[Found]:
    """The sources of an OPML document, in its order; those lxml lost to broken markup come last."""
    xml = mended(text, notes)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml.encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    seen: set[str] = set()
    for found in _walked(root) if root is not None else ():
        seen.add(found.address)
        yield found
    for error in parser.error_log:
        what = error.type_name.removeprefix("ERR_").replace("_", " ").lower()
        notes[f"broken XML was read as far as possible ({what})"].append(error.line)
    if len(parser.error_log) or mending.ATTRIBUTES in notes:
        for match in _ADDRESS.finditer(xml):
            address = clean(unescape(match[1] or match[2] or ""))
            if address and address not in seen:
                line = xml.count("\n", 0, match.start(1)) + 1
                notes["a source in broken XML was read without its categories"].append(line)
                yield Found(line=line, address=address)


def _walked(root: etree._Element) -> Iterator[Found]:
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="{*}*"):
        if etree.QName(element).localname.lower() != "outline":
            continue
        given = {etree.QName(str(key)).localname.lower(): clean(str(value)) for key, value in element.items()}
        title = given.get("text") or given.get("title", "")
        is_source = "xmlurl" in given
        if event == "end":
            folders.pop()
            continue
        if is_source:
            own = re.split("[,/]", given.get("category", ""))
            yield Found(
                line=element.sourceline or 1,
                address=given["xmlurl"],
                title=title,
                categories=tuple(filter(None, [*folders, *map(str.strip, own)])),
                language=given.get("language", ""),
            )
        folders.append("" if is_source else title)


def _listed(text: str, notes: Notes) -> Iterator[Found]:
    for number, line in enumerate(text.split("\n"), start=1):
        address, *rest = re.split(r"\s+(?=\")", clean(re.sub(r"(?:^|\s)#.*", "", line)))
        if address:
            if rest:
                notes["what follows the address was left out"].append(number)
            yield Found(line=number, address=address)


# --- addresses to a roster ---------------------------------------------------------------------


def _roster(found: Sequence[Found], notes: Notes) -> Roster:
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


def _line(found: Found, notes: Notes) -> RosterLine:
    """The source an address means; SettingsError if there is none to poll."""
    url = _FEED_SCHEME.sub("", found.address).replace(" ", "%20")
    if url.startswith("//") or _HOST_LIKE.fullmatch(url):
        url = ("http:" if url != found.address else "https:") + "//" + url.removeprefix("//")
    if not url:
        raise SettingsError("the address is empty")
    if not url.lower().startswith(("http:", "https:")):
        raise SettingsError("only http and https addresses can be polled")
    address = settings.source_address(url, Path())
    password = address.password.reveal() if address.password else ""
    if address.username.startswith("env:") or password.startswith("env:"):
        # Written to the configuration, it would stand for a variable of this machine's environment.
        raise SettingsError('its user name or password begins with "env:"')
    if url != found.address:
        notes["the address was read as an http or https one"].append(found.line)
    return RosterLine(
        url=address.url,
        title=found.title[:300].strip(),
        categories=tuple(dict.fromkeys(name[:100].strip() for name in found.categories[:50])),
        language=_language(found, notes),
        username=address.username,
        password=address.password,
    )


def _language(found: Found, notes: Notes) -> str:
    try:
        return settings.language(found.language) if found.language else ""
    except SettingsError:
        notes["the language is no BCP 47 tag and was left out"].append(found.line)
        return ""


def _merged(first: RosterLine, second: RosterLine) -> RosterLine:
    """Two lines of one source: the categories of both, https if one has it, else what the first one says."""
    insecure = first.url.lower().startswith("http:") and second.url.lower().startswith("https:")
    access = first if first.username or first.password else second
    return replace(
        first,
        url=second.url if insecure else first.url,
        title=first.title or second.title,
        categories=tuple(dict.fromkeys(first.categories + second.categories)),
        language=first.language or second.language,
        username=access.username,
        password=access.password,
    )


def _sentences(notes: Notes) -> Iterator[str]:
    for what, lines in notes.items():
        numbers = sorted(set(lines))
        listed = ", ".join(map(str, numbers[:10]))
        more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
        yield f"Line{'s' if len(numbers) > 1 else ''} {listed}{more}: {what}."
