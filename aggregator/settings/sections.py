"""The tables [service], [store], [fetch], [web], [places] and [retention]: their keys, and what goes together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

from aggregator.errors import FilterError, SettingsError
from aggregator.filters import Keys, Vocabulary, operand
from aggregator.schema import (
    FetchSettings,
    Filing,
    KeepRule,
    RetentionSettings,
    Secret,
    ServiceSettings,
    StoreSettings,
    WebSettings,
    replace,
)
from aggregator.settings.addresses import (
    base_url,
    contact,
    header_name,
    host,
    hub,
    inside,
    is_loopback,
    is_postgresql,
    network,
    proxy,
    store_url,
)
from aggregator.settings.codes import country
from aggregator.settings.files import Table
from aggregator.settings.oidc import oidc
from aggregator.settings.problems import HIDDEN, shown
from aggregator.settings.values import (
    Reader,
    boolean,
    choice,
    credential,
    degrees,
    duration,
    line_of_text,
    refuse_unknown,
    shown_duration,
    size,
    take,
    whole,
)

DEFAULT_STORE = "sqlite:///data/dateline.db"
DEFAULT_BACKUPS = "data/backups"


def _proxy(value: Any) -> Secret:
    return Secret(proxy(credential(value)))


def _inside(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError('it must be a list; write it in brackets, as in ["192.168.1.10:8080"]')
    return tuple(dict.fromkeys(inside(item) for item in value))


def _hubs(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError('it must be a list; write it in brackets, as in ["https://hub.example.org/"]')
    return tuple(dict.fromkeys(hub(item) for item in value))


def _networks(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError('it must be a list; write it in brackets, as in ["127.0.0.1", "10.0.0.0/8"]')
    return tuple(dict.fromkeys(network(item) for item in value))


def _access(value: Any) -> str:
    if value == "password":
        raise SettingsError(
            'readers have accounts now, each with a password of their own; write "readers", '
            "take password out, and run: dateline readers add NAME --role admin"
        )
    return choice("local", "readers", "public")(value)


SERVICE: Mapping[str, Reader[Any]] = {
    "title": line_of_text,
    "tick": duration("1s", "1h"),
    "workers": whole(1, 1000),
    "log_level": choice("debug", "info", "warning", "error"),
    "log_format": choice("text", "json"),
    "mode": choice("embedded", "distributed"),
}
STORE: Mapping[str, Reader[Any]] = {
    "backups": whole(0, 100),
    "backup_folder": line_of_text,
    "pool_size": whole(1, 100),
    "max_connections": whole(2, 1000),
    "statement_timeout": duration("1s", "1d"),
}
FETCH: Mapping[str, Reader[Any]] = {
    "contact": contact,
    "interval": duration("5m", "31d"),
    "min_interval": duration("5m", "31d"),
    "max_interval": duration("5m", "31d"),
    "max_bytes": size(1000, 1_000_000_000),
    "connect_timeout": duration("1s", "10m"),
    "read_timeout": duration("1s", "10m"),
    "total_timeout": duration("1s", "1h"),
    "per_host": whole(1, 32),
    "host_delay": duration("0s", "1h"),
    "allow_inside": _inside,
    "proxy": _proxy,
    "polls_per_day": whole(1, 1_000_000_000),
}
WEB: Mapping[str, Reader[Any]] = {
    "host": host,
    "port": whole(1, 65535),
    "base_url": base_url,
    "access": _access,
    "trusted_proxies": _networks,
    "trusted_header": header_name,
    "image_proxy": boolean,
    "page_size": whole(1, 500),
    "threads": whole(1, 64),
    "hubs": _hubs,
}
FILING: Mapping[str, Reader[Any]] = {
    "country": country,
    "name": line_of_text,
    "lat": degrees(90),
    "lon": degrees(180),
    "block": boolean,
}
_KEEP = duration("1d", "36500d")
_KEPT_BY: tuple[tuple[Literal["source", "category"], str], ...] = (
    ("source", "sources"),
    ("category", "categories"),
)
_SECRETS = frozenset({"proxy"})


def section(main: Table, name: str) -> Table:
    """The table `[name]` of a table, such as the main file; an empty one if it is absent or no table."""
    values = main.values.get(name, {})
    path = (*main.path, name)
    if not isinstance(values, dict):
        main.refuse(f"this must be one table; write [{'.'.join(map(str, path))}] on a line of its own", name)
        values = {}
    return Table(document=main.document, path=path, values=values, problems=main.problems)


def service(table: Table) -> ServiceSettings:
    return ServiceSettings(**_given(table, SERVICE))


def check_mode(table: Table, service: ServiceSettings, store: StoreSettings) -> None:
    """Notes that several machines cannot share a file; of an address that was refused nothing is known."""
    url = store.url.reveal()
    if service.mode == "distributed" and url and not is_postgresql(url):
        what = (
            "several processes share a PostgreSQL database, and [store] url names a file, as it does if it is "
            "not set; "
            'set url = "postgresql+psycopg://user:password@host/name" in [store], or mode = "embedded"'
        )
        table.refuse(what, "mode", value=shown(service.mode))


def store(table: Table) -> StoreSettings:
    """Relative paths, of SQLite too, are relative to the folder of the configuration."""
    folder = table.document.path.parent
    refuse_unknown(table, ["url", *STORE])
    given = _taken(table, STORE)
    given["backup_folder"] = folder.absolute() / given.get("backup_folder", DEFAULT_BACKUPS)
    url = Secret(store_url(DEFAULT_STORE, folder))
    if "url" in table.values:
        try:
            url = Secret(store_url(credential(table.values["url"]), folder))
        except SettingsError as error:
            table.refuse(str(error), "url", value=_shown_store(table.values["url"]))
            url = Secret("")
    settings = StoreSettings(url=url, **given)
    if settings.pool_size > settings.max_connections:
        what = f"more connections would be kept than the {settings.max_connections} of max_connections"
        table.refuse(what, "pool_size" if "pool_size" in table.values else "max_connections")
    return settings


def _shown_store(value: Any) -> str:
    return HIDDEN if "@" in str(value) or "?" in str(value) else shown(value)


def fetch(table: Table) -> FetchSettings:
    """Refuses a `min_interval` above `max_interval`, naming the key that was written."""
    settings = FetchSettings(**_given(table, FETCH))
    least, most = settings.min_interval, settings.max_interval
    if least > most:
        key = "min_interval" if "min_interval" in table.values else "max_interval"
        what = f"min_interval ({shown_duration(least)}) is longer than max_interval ({shown_duration(most)})"
        table.refuse(f"{what}; lower the one or raise the other", key, value=shown(table.values[key]))
    return settings


def web(table: Table) -> WebSettings:
    """Refuses to show pages to the network unless the admin says who may read them."""
    plain = {key: value for key, value in table.values.items() if key != "oidc"}
    settings = WebSettings(**_given(dataclasses.replace(table, values=plain), WEB))
    if "oidc" in table.values:
        provider = section(table, "oidc")
        if isinstance(table.values["oidc"], dict):
            settings = replace(settings, oidc=oidc(provider, settings))
    if table.values.get("access", "local") == "local" and not is_loopback(settings.host):
        what = (
            'others could read the pages of this host while access is "local"; '
            'set access = "readers" for those with an account, or "public" for everyone'
        )
        table.refuse(what, "host", value=shown(settings.host))
    if settings.trusted_header and not settings.trusted_proxies:
        what = "anyone could send this header; name the proxies that may in trusted_proxies"
        table.refuse(what, "trusted_header", value=shown(settings.trusted_header))
    return settings


def places(table: Table) -> tuple[Filing, ...]:
    """One filing for each name in `[places]`; refuses a latitude without a longitude, and an empty one."""
    found = []
    for name, values in table.values.items():
        if not name.strip():
            table.refuse(
                'this place has no name; write "Name" = { country = "MA" }', name, value=shown(values)
            )
            continue
        if not isinstance(values, dict) or not values:
            table.refuse('it must be a table; write "Name" = { country = "MA" }', name, value=shown(values))
            continue
        path = (*table.path, name)
        entry = Table(document=table.document, path=path, values=values, problems=table.problems)
        given = _given(entry, FILING)
        if ("lat" in values) != ("lon" in values):
            entry.refuse("lat and lon go together; write both", "lat" if "lat" in values else "lon")
        given["rename"] = given.pop("name", "")
        found.append(Filing(name=name, **given))
    return tuple(found)


def retention(table: Table, known: Vocabulary) -> RetentionSettings:
    """`keep`, and a rule for each entry of `sources` and `categories`; refuses names of none."""
    refuse_unknown(table, ["keep", "sources", "categories"])
    rules: list[KeepRule] = []
    for kind, key in _KEPT_BY:
        values = table.values.get(key, {})
        if not isinstance(values, dict):
            table.refuse('it must be a table; write { name = "30d" }', key, value=shown(values))
            continue
        inner = Table(
            document=table.document, path=(*table.path, key), values=values, problems=table.problems
        )
        for name in values:
            keep = take(inner, name, _KEEP)
            try:
                found = operand(kind, name, known, quoted=True)
            except FilterError as error:
                inner.refuse(str(error), name, value=shown(values[name]))
                continue
            if keep is not None and isinstance(found, Keys):
                rules.append(KeepRule(kind=kind, values=found.values, keep=keep))
    return RetentionSettings(keep=take(table, "keep", _KEEP), rules=tuple(rules))


def _given(table: Table, readers: Mapping[str, Reader[Any]]) -> dict[str, Any]:
    """The values that are written and right, by key; what is not known is refused."""
    refuse_unknown(table, list(readers))
    return _taken(table, readers)


def _taken(table: Table, readers: Mapping[str, Reader[Any]]) -> dict[str, Any]:
    found = {key: take(table, key, read, secret=key in _SECRETS) for key, read in readers.items()}
    return {key: value for key, value in found.items() if value is not None}
