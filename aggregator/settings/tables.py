"""The tables [[source]] and [[view]], of the main file and the included ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from aggregator.errors import FilterError, SettingsError
from aggregator.filters import Vocabulary, parse
from aggregator.schema import Collapse, Host, Secret, Source, SourceKind, View
from aggregator.settings.addresses import Address, same_place, source_address
from aggregator.settings.codes import country, language
from aggregator.settings.files import Table, shown_key
from aggregator.settings.problems import HIDDEN, shown, shown_url
from aggregator.settings.slugs import slug, slugs_of_url, unique
from aggregator.settings.values import (
    boolean,
    choice,
    duration,
    filter_text,
    identifier,
    line_of_text,
    lines_to_cut,
    refuse_unknown,
    secret,
    switch_or_selector,
    take,
    texts,
    username,
    whole,
)
from aggregator.urls import host_of

SOURCE_KEYS = [
    "id", "url", "title", "kind", "categories", "country", "places", "language", "interval", "enabled",
    "full_text", "cut", "not_categories", "headers", "username", "password",
]  # fmt: skip
VIEW_KEYS = ["name", "title", "filter", "collapse"]
HOST_KEYS = ["name", "delay", "at_once"]

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})
_OURS_TOO = frozenset({"if-none-match", "if-modified-since"})
_FEEDS_OF_THEIR_OWN = frozenset({"latest", "needs", "search"})
_kind = choice("feed", "text")
_interval = duration("5m", "31d")
_delay = duration("0s", "1h")
_at_once = whole(1, 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A [[source]] table whose address was read; its id may still be missing."""

    table: Table
    id: str
    address: Address


def array(table: Table, name: str) -> list[Table]:
    """The tables `[[name]]` of one file."""
    values = table.values.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        table.refuse(f"this must be a list of tables; write [[{name}]] in double brackets", name)
        return []
    return [
        Table(document=table.document, path=(name, number), values=value, problems=table.problems)
        for number, value in enumerate(values)
    ]


# --- sources -----------------------------------------------------------------------------------


def sources(tables: Iterable[Table]) -> tuple[Source, ...]:
    """All sources; ids that are not written are derived and kept clear of those that are."""
    drafts = [_draft(table) for table in tables]
    _refuse_twins(drafts)
    taken = {draft.id for draft in drafts if draft.id}
    return tuple(_source(draft, taken) for draft in drafts)


def _draft(table: Table) -> Draft:
    refuse_unknown(table, SOURCE_KEYS)
    return Draft(table=table, id=take(table, "id", identifier("world-news")) or "", address=_address(table))


def _address(table: Table) -> Address:
    """Where the source is; an empty address if that is missing or wrong."""
    url = table.values.get("url")
    if url is None:
        table.refuse('this [[source]] has no url; add url = "https://…" or a file path')
        return Address(url="")
    try:
        return source_address(url, table.document.path.parent)
    except SettingsError as error:
        table.refuse(str(error), "url", value=shown_url(url) if isinstance(url, str) else shown(url))
        return Address(url="")


def _refuse_twins(drafts: Sequence[Draft]) -> None:
    """Notes each id and each address that a source shares with an earlier one."""
    ids: dict[str, Draft] = {}
    places: dict[str, Draft] = {}
    for draft in drafts:
        if draft.id and (first := ids.setdefault(draft.id, draft)) is not draft:
            what = f"the source at {first.table.origin('id')} has the same id; give each its own"
            draft.table.refuse(what, "id", value=shown(draft.id))
        place = same_place(draft.address.url)
        if place and (first := places.setdefault(place, draft)) is not draft:
            what = f"the source at {first.table.origin('url')} has the same address; delete one of the two"
            draft.table.refuse(what, "url", value=shown_url(draft.address.url))


def _source(draft: Draft, taken: set[str]) -> Source:
    table, url = draft.table, draft.address.url
    title = take(table, "title", line_of_text) or ""
    user, password = _credentials(draft)
    return Source(
        id=draft.id or unique([slug(title), *slugs_of_url(url)], taken),
        url=url,
        title=title or host_of(url) or url.replace("\\", "/").rpartition("/")[2],
        kind=cast(SourceKind, take(table, "kind", _kind) or "feed"),
        categories=take(table, "categories", texts) or (),
        country=take(table, "country", country),
        places=take(table, "places", texts) or (),
        language=take(table, "language", language),
        interval=take(table, "interval", _interval),
        enabled=take(table, "enabled", boolean) is not False,
        full_text=take(table, "full_text", switch_or_selector) or False,
        cut=take(table, "cut", lines_to_cut) or (),
        not_categories=take(table, "not_categories", texts) or (),
        headers=_headers(table),
        username=user,
        password=password,
        origin=table.origin(),
    )


def _credentials(draft: Draft) -> tuple[str, Secret | None]:
    """User name and password: of their keys, else of the URL."""
    table, address = draft.table, draft.address
    user = take(table, "username", username, secret=True)
    password = take(table, "password", secret, secret=True)
    written = table.values.keys() & {"username", "password"}
    if written and (address.username or address.password):
        what = "credentials stand in the URL and in keys of their own; take them out of the URL"
        table.refuse(what, "url", value=shown_url(address.url))
    return user or address.username, password or address.password


def _headers(table: Table) -> tuple[tuple[str, Secret], ...]:
    values = table.values.get("headers", {})
    if not isinstance(values, dict):
        what = 'it must be a table; write headers = { Authorization = "env:NAME" }'
        table.refuse(what, "headers", value=HIDDEN)
        return ()
    found: dict[str, tuple[str, Secret]] = {}
    for name, value in values.items():
        try:
            _check_header(name, found)
            found[name.lower()] = (name, secret(value))
        except SettingsError as error:
            table.refuse(str(error), "headers", name, value=HIDDEN)
    if "authorization" in found and table.values.keys() & {"username", "password"}:
        what = "username and password would make this header too; keep one of the two"
        table.refuse(what, "headers", found["authorization"][0], value=HIDDEN)
    return tuple(found.values())


def _check_header(name: str, found: Iterable[str]) -> None:
    if not _HEADER.fullmatch(name):
        raise SettingsError("this is no name of an HTTP header; write letters, digits and hyphens")
    if name.lower() in _OURS | _OURS_TOO:
        raise SettingsError("Dateline sets this header itself; take it out")
    if name.lower() in found:
        raise SettingsError("this header is given twice in different case; keep one")


# --- views -------------------------------------------------------------------------------------


def views(tables: Iterable[Table]) -> list[tuple[Table, View]]:
    """All views with their tables; two of the same id are refused. Their filters are still to be read."""
    found: dict[str, tuple[Table, View]] = {}
    for table in tables:
        view = _view(table)
        if view is None:
            continue
        _, first = found.setdefault(view.id, (table, view))
        if first is not view:
            what = f'the view at {first.origin} has the same id "{view.id}"; give each its own name'
            table.refuse(what, "name", value=shown(table.values["name"]))
    return list(found.values())


def check_filters(found: Iterable[tuple[Table, View]], known: Vocabulary) -> None:
    """Notes each filter that does not parse or names what there is not."""
    for table, view in found:
        try:
            parse(view.filter, known, inside=(view.id,))
        except FilterError as error:
            what = f"wrong at character {error.position + 1}; {error}"
            table.refuse(what, "filter", value=shown(view.filter))


def _view(table: Table) -> View | None:
    refuse_unknown(table, VIEW_KEYS)
    for key in ("name", "filter"):
        if key not in table.values:
            table.refuse(f'this [[view]] has no {key}; add {shown_key(key)} = "…"')
    name = take(table, "name", _name)
    title = take(table, "title", line_of_text)
    text = take(table, "filter", filter_text)
    collapse = take(table, "collapse", choice("article", "story", "none"))
    if text is None:
        return None
    return View(
        id=slug(name) if name else table.origin(),  # which is refused, but its filter is looked at too
        title=title or name or "",
        filter=text,
        collapse=cast(Collapse, collapse or "article"),
        origin=table.origin(),
    )


def _name(value: Any) -> str:
    name = line_of_text(value)
    if not slug(name):
        raise SettingsError(
            "it has no letter a-z or digit to make an id of; use some, and title for the rest"
        )
    if slug(name) in _FEEDS_OF_THEIR_OWN:
        raise SettingsError(f"the feed of that name is Dateline's own; choose another name than {slug(name)}")
    return name


# --- hosts -------------------------------------------------------------------------------------


def hosts(tables: Iterable[Table]) -> tuple[Host, ...]:
    """All hosts with manners of their own; two of the same name are refused."""
    found: dict[str, tuple[Table, Host]] = {}
    for table in tables:
        refuse_unknown(table, HOST_KEYS)
        if "name" not in table.values:
            table.refuse('this [[host]] has no name; add name = "feeds.example.org"')
        name = take(table, "name", _host)
        host = Host(
            name=name or "", delay=take(table, "delay", _delay), at_once=take(table, "at_once", _at_once)
        )
        first, _ = found.setdefault(host.name, (table, host))
        if name and first is not table:
            what = f"the host at {first.origin()} has the same name; write both of its keys there"
            table.refuse(what, "name", value=shown(name))
    return tuple(host for _, host in found.values())


def _host(value: Any) -> str:
    name = line_of_text(value)
    host = host_of(f"http://{name}")
    if host != name.lower():
        raise SettingsError('it must be a host alone; write it as in "feeds.example.org" or "10.0.0.5:8080"')
    return host
