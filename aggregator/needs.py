"""Sources that need a person, as articles of a feed: one for each source and trouble, gone once that is over. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from aggregator.health import HEALTH_WORDS, Change, Row
from aggregator.schema import Article, Identity

Trouble = Literal["failing", "gone", "silent", "moved"]
FAILURES = 3
"""Failures in a row from which on a source needs a person: fewer pass by themselves."""
MOST = 200
"""Troubles in the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The latest polls of a source that ended alike."""

    since: datetime
    """When the first of them was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a person should look at."""

    name: str
    """Tells it from all others, and from the same trouble another time."""
    title: str
    words: Sequence[str]
    """Sentences."""
    change: Change | None = None
    since: datetime
    changed: datetime
    path: str
    """Of the page that says more."""


def needs(
    rows: Iterable[Row], run_of: Callable[[str], Run | None], problem: str, edited: datetime
) -> Iterator[Need]:
    """Each trouble there is. `run_of` gives the latest polls of a source that ended alike, `problem` why the last
    edit of the configuration was refused; `edited` is when the one in force was written."""
    if problem:
        yield Need(
            name=f"configuration/{problem}",
            title="The last edit of the configuration was refused",
            words=[
                *problem.split("\n"),
                "Until it is put right, the news desk goes on with the one before it.",
            ],
            since=edited,
            changed=edited,
            path="/admin/plan",
        )
    for row in rows:
        if row.health in ("failing", "gone") and (row.memory.failures >= FAILURES or row.health == "gone"):
            yield _failing(row, run_of(row.source.id))
        elif row.health == "silent" and row.memory.last_new is not None:
            at = row.memory.last_new
            words = [HEALTH_WORDS["silent"], f"The last new article came on {_said(at)}."]
            yield _need(row, "silent", "is silent", words, at.isoformat(), at, at)
        if row.change is not None and row.health != "gone":
            yield _need(row, "moved", "has moved", [row.change.why], row.change.new, edited, edited)


def article(need: Need, base: str) -> Article:
    """The trouble as an article of a feed; `base` is the address of the news desk."""
    text = "\n\n".join([*need.words, *_edit(need.change)])
    html = "".join(f"<p>{escape(one)}</p>" for one in need.words)
    html += "".join(f"<pre>{escape(one)}</pre>" for one in _edit(need.change))
    uid = uuid5(NAMESPACE_URL, f"dateline:needs/{need.name}").urn
    return Article(
        uid=uid,
        identity=Identity(key=uid),
        url=f"{base}{need.path}",
        title=need.title,
        published=need.since,
        updated=need.changed,
        first_seen=need.since,
        language="en",
        summary=need.words[0],
        text=text,
        html=html,
    )


def _failing(row: Row, run: Run | None) -> Need:
    memory = row.memory
    began = memory.last_ok or (run.since if run else memory.last_poll)
    words = [memory.last_message or "The source could not be read.", HEALTH_WORDS[row.health]]
    words.append(f"It last worked on {_said(memory.last_ok)}." if memory.last_ok else "It has never worked.")
    changed = run.since if run else began
    kind: Trouble = "gone" if row.health == "gone" else "failing"
    title = "is gone for good" if kind == "gone" else "fails"
    mark = memory.last_ok.isoformat() if memory.last_ok else "never"
    assert began is not None and changed is not None  # noqa: S101, PT018 (what failed was polled)
    return _need(row, kind, title, words, mark, began, changed)


def _need(
    row: Row, kind: Trouble, title: str, words: Sequence[str], mark: str, since: datetime, changed: datetime
) -> Need:
    return Need(
        name=f"{row.source.id}/{kind}/{mark}",
        title=f"{row.source.title} {title}",
        words=words,
        change=row.change if kind in ("moved", "gone") else None,
        since=since,
        changed=max(since, changed),
        path=f"/admin/source/{row.source.id}",
    )


def _edit(change: Change | None) -> list[str]:
    if change is None:
        return []
    where = [f"# {change.where}"] if change.where else []
    old = [f"- {change.old}"] if change.old else []
    return ["\n".join([*where, *old, f"+ {change.new}"])]


def _said(at: datetime) -> str:
    return f"{at:%d %B %Y, %H:%M} UTC"
