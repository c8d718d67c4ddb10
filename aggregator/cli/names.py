"""The categories and places that filters may name: of the IPTC, the configuration and the gazetteer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from aggregator import settings
from aggregator.classify import prepared, slug, topics, topics_of
from aggregator.filters import Kind, Names, Vocabulary, named_key, nearest, place_keys
from aggregator.locate import Gazetteer
from aggregator.schema import Settings


def names(gazetteer: Gazetteer) -> settings.Known:
    """What may be named under each configuration."""

    def known(wanted: Settings) -> Vocabulary:
        filed = prepared(wanted.categories)

        def filing(id: str) -> tuple[str, ...]:
            topic = topics().get(id)
            if topic:
                return topic.name, *topic.broader
            return id.replace("-", " "), *filed.broader.get(id, ())

        return Vocabulary(
            categories=_categories(wanted), filing=filing, places=_places(gazetteer.filed(wanted.places))
        )

    return known


def _categories(wanted: Settings) -> Names:
    own = {rule.id for rule in wanted.categories}
    own |= {slug(label) for source in wanted.sources for label in source.categories}

    def find(id: str) -> Collection[str]:
        """A topic goes by its code and by all that publishers call it."""
        return {id} & own | set(topics_of(id.replace("-", " ")))

    def near(id: str) -> str:
        return nearest(id, own | {slug(topic.name) for topic in topics().values()})

    return Names(find, near)


def _places(gazetteer: Gazetteer) -> Names:
    def find(name: str) -> Collection[str]:
        if name.isascii() and name.isdecimal():
            numbered = gazetteer.numbered(int(name))
            return place_keys(numbered)[:1] if numbered else ()
        found = {place_keys(place)[0] for place in gazetteer.find(name)}
        return found | {named_key(name)} if found else found

    return Names(find, gazetteer.nearest)


def topic_name(id: str, language: str) -> str:
    """What a language calls a topic; empty for all others, and if IPTC does not say."""
    return topics()[id].names.get(language, "") if id in topics() else ""


def above(gazetteer: Gazetteer) -> Callable[[Kind, str], Sequence[str]]:
    """What a topic is part of, or a place lies in, as keys, the nearest first; nothing for all others."""

    @lru_cache(maxsize=10_000)
    def around(kind: Kind, key: str) -> Sequence[str]:
        if kind == "category":
            return topics()[key].broader if key in topics() else ()
        code, _, division = key.partition(".")
        place = gazetteer.numbered(int(key)) if key.isdecimal() else gazetteer.country(code)
        if place is None:
            return ()
        return place_keys(place)[0 if division else 1 :]

    return around
