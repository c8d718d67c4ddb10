"""Who is polled, and what time it is: what every command that polls begins with."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator import cadence
from aggregator.fetch.guard import is_over
from aggregator.filters import Vocabulary
from aggregator.rulings import rulings, tellings
from aggregator.schema import Settings
from aggregator.store import Store


def configure_sources(store: Store, wanted: Settings) -> None:
    """Makes the stored sources those of the configuration, new ones spread over their first interval."""
    now, interval = clock(), wanted.fetch.interval
    store.configure(wanted.sources, lambda n: cadence.first_polls(n, now, interval))
    store.apply(wanted)
    allowed = wanted.fetch.allow_inside
    freed = (
        [one.source_id for one in store.failing() if is_over(one.last_message, allowed)] if allowed else []
    )
    if freed:
        store.ask_soon(freed, "Its address is allowed now.")


def hold_rules(store: Store, wanted: Settings, known: Vocabulary) -> None:
    """Lets the rules hold that are not over. Raises StoreError."""
    now = clock()
    store.tellings = tellings(wanted, known, now)
    store.obey(rulings(wanted, known, now))


def clock() -> datetime:
    """The time now, UTC."""
    return datetime.now(UTC)
