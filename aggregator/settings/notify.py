"""The tables [[notify]]: programs that rules tell of articles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.errors import SettingsError
from aggregator.schema import Notify, Rule, Secret
from aggregator.settings.files import Table
from aggregator.settings.problems import did_you_mean, shown
from aggregator.settings.values import identifier, refuse_unknown, secret, take
from aggregator.urls import host_of

NOTIFY_KEYS = ["id", "url", "secret"]


def notify(tables: Iterable[Table]) -> tuple[Notify, ...]:
    """All targets; two of the same id are refused."""
    found: dict[str, Table] = {}
    targets = []
    for table in tables:
        refuse_unknown(table, NOTIFY_KEYS)
        for key, example in (("id", "newsroom"), ("url", "https://…")):
            if key not in table.values:
                table.refuse(f'this [[notify]] has no {key}; add {key} = "{example}"')
        id = take(table, "id", identifier("newsroom"))
        url = take(table, "url", _url, secret=True)
        signed = take(table, "secret", secret, secret=True)
        if id and found.setdefault(id, table) is not table:
            what = f"the target at {found[id].origin('id')} has the same id; give each its own"
            table.refuse(what, "id", value=shown(id))
        if id and url:
            targets.append(Notify(id=id, url=url, secret=signed))
    return tuple(targets)


def check_targets(found: Iterable[tuple[Table, Rule]], targets: Iterable[Notify]) -> None:
    """Notes each rule that tells what there is no [[notify]] for."""
    known = [one.id for one in targets]
    for table, rule in found:
        for kind, value in rule.then:
            if kind == "notify" and value not in known:
                what = f"there is no [[notify]] of this id; {did_you_mean(value, known)}"
                table.refuse(what if known else _NONE, "then", value=shown(f"notify:{value}"))


_NONE = "there is no [[notify]]; add one with id and url"


def _url(value: Any) -> Secret:
    """An address to post to. It often holds a token, so it is kept as a secret."""
    given = secret(value)
    url = given.reveal()
    if not url.startswith(("https://", "http://")) or not host_of(url) or "@" in url.split("/")[2]:
        raise SettingsError('it must be an address without user name, as in "https://hooks.example.org/news"')
    return given
