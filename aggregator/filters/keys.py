"""What an article can be found by besides its words: its keys, each of a kind.

The store keeps a row for each, `matches` makes them anew, and both look for the keys a filter names. A place has the
keys of all it lies in too, so that a country finds its towns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from aggregator.filters.fold import fold
from aggregator.filters.tree import Kind
from aggregator.schema import Article, Place

LONGEST_NAME = 300
"""Letters of a name that count: PostgreSQL finds nothing by what is longer than 2,700 bytes."""


class Key(NamedTuple):
    """One thing an article can be found by."""

    kind: Kind
    value: str
    name: str
    """For people."""


def keys(article: Article) -> list[Key]:
    """Every key an article has of itself, without its sources, story and marks; some perhaps twice."""
    return [each for found in _OF_KIND.values() for each in found(article)]


def values(article: Article, kind: Kind) -> frozenset[str]:
    """The keys of one kind."""
    if kind == "source":
        return frozenset(article.sources)
    if kind == "story":
        return frozenset(filter(None, [article.story]))
    marked = {value for of, value in article.marks if of == kind}
    return frozenset(each.value for each in _OF_KIND[kind](article)) | marked


def points(article: Article) -> frozenset[tuple[float, float]]:
    """Latitude and longitude of the places of an article, in degrees."""
    places = (mention.place for mention in article.mentions)
    return frozenset(
        # -0.0 is 0.0, which databases do not agree on.
        (place.lat + 0.0, place.lon + 0.0)
        for place in places
        if place.lat is not None and place.lon is not None
    )


def place_keys(place: Place) -> tuple[str, ...]:
    """The keys of a place, its own first, then those of its division, country and parts of the world."""
    return tuple(dict.fromkeys(each.value for each in _place("place", place)))


def named_key(name: str) -> str:
    """The key of a place that has a name alone."""
    return f"name:{fold(name)[:LONGEST_NAME]}"


@lru_cache(maxsize=20_000)
def _place(kind: Kind, place: Place) -> tuple[Key, ...]:
    """The keys of that kind of a place, its own first."""
    return tuple(Key(kind, value, name) for value, name in _place_and_around(place))


def _place_and_around(place: Place) -> Iterator[tuple[str, str]]:
    divided = "." in place.code
    if place.kind == "country" and place.country:
        yield place.country, place.name
    elif place.kind == "region":
        yield _region(place.name), place.name
    elif place.kind == "admin1" and divided:
        yield place.code, place.name
    elif place.geonameid is not None:
        yield str(place.geonameid), place.name
    else:
        yield named_key(place.name), place.name
    if divided:
        yield place.code, place.admin1 or (place.name if place.kind == "admin1" else place.code)
    if place.country:
        yield place.country, place.country
    for region in place.regions:
        yield _region(region), region


@lru_cache(maxsize=1_000)
def _region(name: str) -> str:
    return f"region:{fold(name)[:LONGEST_NAME]}"


def _places(article: Article) -> Iterator[Key]:
    for place in dict.fromkeys(mention.place for mention in article.mentions):
        yield from _place("place", place)


def _dateline(article: Article) -> Iterator[Key]:
    for mention in article.mentions:
        if mention.role == "dateline":
            yield from _place("dateline", mention.place)


def _about(article: Article) -> Iterator[Key]:
    yield from _place("about", article.focus) if article.focus else ()


def _categories(article: Article) -> Iterator[Key]:
    for category in article.categories:
        yield Key("category", category.id, category.name)
    for category in article.categories:
        for broader in category.broader:
            yield Key("category", broader, broader)


def _languages(article: Article) -> Iterator[Key]:
    """`pt-BR` is Portuguese too."""
    parts = article.language.split("-") if article.language else []
    for count in range(1, len(parts) + 1):
        tag = "-".join(parts[:count])
        yield Key("lang", tag, tag)


_PARTS: Mapping[str, Callable[[Article], object]] = {
    "author": lambda article: article.authors,
    "category": lambda article: article.categories,
    "enclosure": lambda article: article.enclosures,
    "image": lambda article: article.image,
    "link": lambda article: article.url,
    "place": lambda article: article.mentions,
    "text": lambda article: article.text,
}
_STATES: Mapping[str, Callable[[Article], object]] = {
    "edited": lambda article: article.edited,
    "undated": lambda article: not article.published_given,
}
RULED = ("hidden", "starred")
"""What `is:` says that only rules give."""
NOTED = ("unread", "read", "saved")
"""What `is:` says that only readers note."""
PARTS, STATES = tuple(_PARTS), (*_STATES, *RULED, *NOTED)
"""What `has:` and `is:` may be followed by."""
_OF_KIND: Mapping[Kind, Callable[[Article], Iterable[Key]]] = {
    "category": _categories,
    "place": _places,
    "about": _about,
    "dateline": _dateline,
    "lang": _languages,
    "has": lambda article: [Key("has", name, name) for name, has in _PARTS.items() if has(article)],
    "is": lambda article: [Key("is", name, name) for name, is_so in _STATES.items() if is_so(article)],
    "tag": lambda _: (),
}
