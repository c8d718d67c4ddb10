"""What tells one event from another: the words, names, figures and places an article opens with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import sqrt

from aggregator.cluster.words import body, words
from aggregator.schema import Article

_LEAD = 600
"""Characters of the text that count: news says first what happened."""
_REMEMBERED = 50_000
"""Words whose stems are remembered, of each language."""
_STEM = 6
"""Letters of a word that count, so that its endings do not matter."""
_LETTERS = re.compile(r"^\W*([^\W\d_]{2,}(?:’[^\W\d_]+)*)")
_NAME = re.compile(
    r"(?<=[^.!?:;…\n»”\"«“(–—|-]\s)"
    r"[A-ZÀ-ÖØ-ÞĀŁŚŞŠŽ][^\W\d_]+(?:[ '’-](?:(?:and|of|the|de|la|du|des|do|da|dos|del|y|e|et|von|der|den|und|für) ){0,2}"
    r"[A-ZÀ-ÖØ-ÞĀŁŚŞŠŽ][^\W\d_]+){0,5}"
)
"""Words with capitals that do not open a sentence: one name, of a person, a place or a body."""
_FIGURE = re.compile(r"\d+(?:[.,:٫\u00a0\u202f ]\d{3}(?!\d)|[.,:٫]\d+)*")
_GROUP = re.compile(r"[.,\u00a0\u202f ](?=\d{3}(?:\D|$))")
_MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u065f\u0670]+")
_CLITIC = re.compile("^(?:[وف]?(?:ال|بال|كال|لل)|و(?=.{4}))(?=.{3})")
"""What Arabic writes together with a word: the article, "and", "in the", "for the"."""
_ARABIC = str.maketrans("ةى", "هي")
_SCRIPTS_WITHOUT_CAPITALS = ("ar", "fa", "ur", "he", "zh", "ja", "ko", "hi", "th")
_NOUNS_WITH_CAPITALS = ("de",)
Point = tuple[float, float]
_NAMED, _FIGURED, _SMALL = 2.0, 2.0, 0.4
"""What a name and a figure weigh against a word, and a figure below ten or a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What of an article tells its event from others."""

    language: str
    at: float
    """When it was published, in hours since 1970."""
    weights: dict[str, float]
    """Stems and figures in the order of the text, and what each weighs before how rare it is counts."""
    names: frozenset[str]
    """Those of them that are the same in other languages: names and larger figures."""
    of_places: frozenset[str]
    """Those of them that belong to the names of places, countries and peoples."""
    figures: frozenset[str]
    """Of ten or more, no years."""
    places: Mapping[str, Point | None]
    """Places below a country, as `name|country`, and where they are."""
    is_placed: bool
    """Whether title or dateline name one of them: what happened, happened there."""
    countries: frozenset[str]
    topics: frozenset[str]
    """The broadest categories."""
    head: tuple[str, ...]
    """The stems of the title, in order."""
    capitals: frozenset[str]
    """Those of them that have a capital."""


def traits(article: Article) -> Traits:
    language = article.language.partition("-")[0]
    title, lead = article.title, body(article)[:_LEAD]
    said = words(title)
    stem = _stems_of(language)
    weights = dict.fromkeys([stem[word] for word in words(f"{title} {lead}")], 1.0)
    found = {name: weight for name, weight in _names(title, lead, language).items() if name in weights}
    weights |= found
    weights.pop("", None)
    figures = _figures(f"{title} {lead}")
    weights |= figures
    telling = frozenset(figure for figure, weight in figures.items() if weight == _FIGURED)
    places, is_placed, countries = _places(article)
    return Traits(
        language=language,
        at=article.published.timestamp() / 3600,
        weights=weights,
        names=telling.union(found),
        of_places=frozenset(
            stem[word] for mention in article.mentions for word in words(mention.text) if stem[word] in found
        ),
        figures=telling,
        places=places,
        is_placed=is_placed,
        countries=countries,
        topics=frozenset(one.id for one in article.categories if one.id.endswith("000000")),
        head=tuple(stem[word] for word in said),
        capitals=frozenset(stem[word] for word in said if word[0].isupper()) - {""},
    )


def spellings(article: Article) -> dict[str, str]:
    """The stems of an article as they stand in it."""
    stem = _stems_of(article.language.partition("-")[0])
    told = words(f"{article.title} {body(article)[:_LEAD]}")
    return {stem[word]: word.strip("“”«»„‚‘’…،؛؟—–") for word in reversed(told)}


def _names(title: str, lead: str, language: str) -> dict[str, float]:
    """Stems of what has a capital in the midst of a sentence, with what each weighs: a long name is one name."""
    if language in _SCRIPTS_WITHOUT_CAPITALS:
        return {}
    found = _NAME.findall(lead)
    said = title.split()
    if 2 * sum(map(str.istitle, said)) < len(said) or language in _NOUNS_WITH_CAPITALS:
        found += _NAME.findall(title)  # else the title is written with capitals throughout
    weights: dict[str, float] = {}
    for name in found:
        stems = _stems(name, language)
        weight = _NAMED / sqrt(max(1, len(stems) - 1))
        for stem in stems:
            weights[stem] = max(weights.get(stem, 0.0), weight)
    return weights


@lru_cache(maxsize=20_000)
def _stems(name: str, language: str) -> frozenset[str]:
    stem = _stems_of(language)
    return frozenset([stem[word] for word in words(name)]) - {""}


def _figures(text: str) -> dict[str, float]:
    """The figures of a text, with what each weighs."""
    weights: dict[str, float] = {}
    for figure in map(_plain, _FIGURE.findall(text)):
        small = len(figure) < 2 or (len(figure) == 4 and figure[:2] in ("19", "20"))
        weights[figure] = _SMALL if small else _FIGURED
    return weights


def _places(article: Article) -> tuple[dict[str, Point | None], bool, frozenset[str]]:
    places: dict[str, Point | None] = {}
    countries = set()
    is_placed = False
    for mention in article.mentions:
        place = mention.place
        if mention.people or mention.role == "source" or (mention.start or 0) > _LEAD:
            continue
        if place.country:
            countries.add(place.country)
        if place.kind not in ("country", "region"):
            key = f"{place.name}|{place.country}"
            places.setdefault(key, None if place.lat is None or place.lon is None else (place.lat, place.lon))
            is_placed = is_placed or mention.role in ("title", "dateline")
    return places, is_placed, frozenset(countries)


class _Stems(dict[str, str]):
    """Words of one language and their stems, as far as they were asked for lately."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._common = _all_common().get(language, frozenset())

    def __missing__(self, word: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = stem = _stem(word, self._common)
        return stem


@lru_cache(maxsize=20)
def _stems_of(language: str) -> _Stems:
    return _Stems(language)


def _stem(word: str, common: frozenset[str]) -> str:
    """The beginning of a word, without case and marks; nothing if news in the language is made of it."""
    found = _LETTERS.search(word.casefold())
    if found is None:
        return ""
    small = found[1].rpartition("’")[2] or found[1]
    if small in common:
        return ""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", small))
    if "\u0600" <= bare[:1] <= "\u06ff":
        bare = _CLITIC.sub("", bare).translate(_ARABIC)
    return bare[:_STEM]


@lru_cache(maxsize=20_000)
def _plain(figure: str) -> str:
    """One way to write a figure: 6,4 and 6.4, 6.500 and 6,500 and 6 500."""
    western = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in figure)
    return _GROUP.sub("", western).replace(",", ".").replace("٫", ".").lstrip("0") or "0"


@lru_cache(maxsize=1)
def _all_common() -> dict[str, frozenset[str]]:
    return dict(_read_common((files("aggregator.cluster") / "common.txt").read_text(encoding="utf-8")))


def _read_common(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    for line in text.splitlines():
        language, _, words = line.partition(" ")
        if language != "#":
            yield language, frozenset(words.split())
