"""What the web pages are given: the store, the settings in force, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from flask import current_app

from aggregator.filters import (
    HIDDEN,
    UNKNOWN,
    Filter,
    Kind,
    Names,
    Vocabulary,
    all_of,
    configured,
    named_key,
    nearest,
    unhidden,
)
from aggregator.schema import Corrected, Errand, Fault, Guest, OidcSettings, Planned, Preview, Settings
from aggregator.store import Store

MOST_HIDDEN = 1_000
"""How far hidden articles are counted."""


class Tools(Protocol):
    """What admins may ask of the service: the pages reach polling, feeds and files through this alone."""

    def in_flight(self) -> int:
        """Sources that are being polled."""

    def poll_now(self, source_id: str) -> Errand:
        """Has a source asked before its time, and waits a little for the answer."""

    def preview(self, url: str) -> Preview:
        """What an address would be as a source."""

    def plan(self, draft: str | None) -> Planned:
        """What a draft of config.toml would change; without one, the files as they stand."""

    def corrections(self, number: int, fault: Fault, what: str) -> Corrected:
        """The edits of the configuration that take something out of an article."""


class Metrics(Protocol):
    """What this process counts."""

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Counts an answer to a reader or a program."""

    def page(self) -> bytes:
        """All figures, in the text format of Prometheus."""


class Provider(Protocol):
    """How readers sign in with an OpenID provider. Raises SignInError and FetchError."""

    def way(
        self, oidc: OidcSettings, *, back: str, state: str, nonce: str, verifier: str, now: datetime
    ) -> str:
        """The address where somebody signs in, to be sent `back` from there."""

    def guest(
        self, oidc: OidcSettings, *, code: str, back: str, nonce: str, verifier: str, now: datetime
    ) -> Guest | None:
        """Who came back with this code; None if they may not read here."""


class Receive(Protocol):
    def __call__(self, key: str, body: bytes, *, signature: str, content_type: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a page may ask for."""

    store: Store
    settings: Callable[[], Settings]
    """The settings in force; they may change while the service runs, so ask once per request."""
    problem: Callable[[], str]
    """Why the last edit of the configuration was refused, as a sentence; empty if it was not."""
    trouble: Callable[[], str] = lambda: ""
    """Why polls could not be stored lately, as a sentence; empty if they were."""
    names: Callable[[Settings], Vocabulary] = lambda _: UNKNOWN
    """Which categories and places may be named under these settings."""
    above: Callable[[Kind, str], Sequence[str]] = lambda kind, key: ()
    """What a category is part of, or a place lies in, as keys, the nearest first."""
    topic_name: Callable[[str, str], str] = lambda id, language: ""
    """The name of a category in a language; empty if it has none of its own there."""
    now: Callable[[], datetime]
    """The time, aware, UTC."""
    confirm: Callable[[str, Mapping[str, str]], str | None] = lambda key, said: None
    """What to answer a hub that asks whether a lease is wanted; None if it is not."""
    tools: Tools | None = None
    """None where nothing but the pages runs."""
    metrics: Metrics | None = None
    provider: Provider | None = None
    picture: Callable[[str], bytes] | None = None
    """Gets a picture of an article, guarded and bounded; raises FetchError."""
    receive: Receive = lambda key, body, *, signature, content_type: False
    """Takes in what a hub pushes; False if nothing is expected there."""

    def vocabulary(self, settings: Settings) -> Vocabulary:
        """What filters may name: what is configured, what the gazetteer has, and what any article ever had."""
        known = self.names(settings)
        stored = replace(
            known,
            sources=Names(
                lambda id: {id} & self._source_ids(settings),
                lambda id: nearest(id, self._source_ids(settings)),
            ),
            categories=self._or_stored(known.categories, "category", lambda id: id),
            places=self._or_stored(known.places, "place", named_key),
            stories=Names(lambda id: self.store.story_sizes([id]).keys()),
        )
        return configured(stored, settings)

    def hidden(self, asked: Filter) -> int:
        """How many articles a filter would find too if no rule hid them; 0 if it asks for them."""
        if unhidden(asked) == asked or not self.store.known_keys("is", ["hidden"]):
            return 0
        return self.store.number(all_of([asked, HIDDEN]), now=self.now(), most=MOST_HIDDEN)

    def _source_ids(self, settings: Settings) -> set[str]:
        return {source.id for source in settings.sources} | self.store.source_titles().keys()

    def _or_stored(self, names: Names | None, kind: Kind, value: Callable[[str], str]) -> Names | None:
        """The same names, and those of articles that stand in no list: publishers' terms, streets."""
        if names is None:
            return None
        return Names(
            lambda name: {*names.find(name), *self.store.known_keys(kind, [value(name)])}, names.near
        )


def this_desk() -> Desk:
    """The desk of the app that answers the current request."""
    desk: Desk = current_app.extensions["desk"]
    return desk
