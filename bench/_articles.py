"""Synthetic but realistic articles: words, sources, places and categories as unevenly spread as those of real news.

Words follow Zipf's law over a vocabulary of 200,000, with words of its own for each category. Sources and places follow it
too: 20,000 sources, and the 20,000 largest towns of the gazetteer, of which an article names one to five, most of them
in one country. Everything follows from the number of the batch, so that a build can be stopped and gone on with.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from uuid import UUID

from aggregator.classify import topics
from aggregator.identity import identities
from aggregator.locate import Gazetteer
from aggregator.schema import (
    Article,
    Category,
    Draft,
    Entry,
    Evidence,
    Finding,
    Memory,
    Mention,
    Outcome,
    Place,
    Polled,
    Source,
    Term,
)

BATCH = 500
SOURCES = 20_000
PLACES = 20_000
WORDS = 200_000
LABELS = 2_000
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MEDIAN, SPREAD = 3.5, 1.6
"""Of the logarithm of the words of an article: 33 in the median and about 100 in the mean, as in 258 real feeds."""
A_YEAR = 500_000
"""Articles that come in a year."""
LANGUAGES = ("en", "fr", "ar", "es", "pt", "de", "en-GB", "pt-BR", "it", "tr")
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvz", "aeiou"


def word(n: int) -> str:
    """The word of that rank: short ones are common, as in a language."""
    letters = ""
    n += 20
    while n:
        n, consonant = divmod(n, len(_CONSONANTS))
        n, vowel = divmod(n, len(_VOWELS))
        letters += _CONSONANTS[consonant] + _VOWELS[vowel]
    return letters


def zipf(count: int, flat: float = 2.7, slope: float = 1.0) -> list[float]:
    """Cumulated weights of ranks by Zipf's law, flattened at its head as Mandelbrot found."""
    return list(accumulate(1 / (rank + flat) ** slope for rank in range(1, count + 1)))


@dataclass(frozen=True, slots=True)
class World:
    """What articles are made of."""

    words: Sequence[str]
    word_weights: Sequence[float]
    sources: Sequence[Source]
    source_weights: Sequence[float]
    by_id: dict[str, Source]
    places: Sequence[Place]
    place_weights: Sequence[float]
    at_home: dict[str, list[Place]]
    categories: Sequence[Category]
    labels: Sequence[Term]

    def batch(self, number: int) -> list[Polled]:
        """The polls that bring the articles of that number, in the order in which they came."""
        dice = random.Random(number)
        found: dict[str, list[Finding]] = {}
        for n in range(number * BATCH, (number + 1) * BATCH):
            (source,) = dice.choices(self.sources, cum_weights=self.source_weights)
            found.setdefault(source.id, []).append(self._finding(dice, n, source))
        at = arrival(number * BATCH)
        return [
            Polled(
                source=self.by_id[id],
                outcome=Outcome(kind="news", at=at, message="Read."),
                memory=Memory(source_id=id, url=self.by_id[id].url),
                findings=tuple(findings),
            )
            for id, findings in found.items()
        ]

    def _finding(self, dice: random.Random, n: int, source: Source) -> Finding:
        article, entry = self._article(dice, n, source)
        return Finding(
            entry=entry,
            raw_hash=f"{n:020x}",
            item_hash=f"{n:016x}",
            identity=article.identity,
            known=None,
            article=article,
            other_uid=UUID(int=n + 2**100).urn,
        )

    def _article(self, dice: random.Random, n: int, source: Source) -> tuple[Article, Entry]:
        categories = self._categories(dice)
        own = dice.randrange(WORDS - 300)
        spoken = self._text(dice, max(8, min(int(dice.lognormvariate(MEDIAN, SPREAD)), 1_500)), own)
        title = " ".join(spoken[-dice.randint(5, 12) :]).capitalize()
        paragraphs = [" ".join(spoken[at : at + 45]).capitalize() + "." for at in range(0, len(spoken), 45)]
        html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        mentions = self._mentions(dice)
        # One in twenty comes late, by up to three days.
        late = timedelta(minutes=dice.expovariate(1 / (1_000 if dice.random() < 0.05 else 20)))
        published = arrival(n) - late
        link = f"https://{source.id}.example.org/{published:%Y/%m/%d}/{'-'.join(spoken[:6])}-{n}"
        author = f"{word(dice.randrange(3_000)).title()} {word(dice.randrange(30_000)).title()}"
        labels = dice.choices(self.labels, cum_weights=zipf_of_labels, k=dice.randint(0, 2))
        entry = Entry(
            guid=link,
            link=link,
            title=title,
            content=html,
            authors=(author,),
            published=published,
            terms=tuple(dict.fromkeys(labels)),
        )
        return Article(
            uid=UUID(int=n).urn,
            identity=identities((entry,))[0],
            guid=link,
            url=link,
            title=title,
            authors=(author,) if dice.random() < 0.6 else (),
            published=published,
            first_seen=arrival(n),
            language=source.language or "",
            summary=paragraphs[0][:300],
            html=html,
            text="\n\n".join(paragraphs),
            image=f"{link}.jpg" if dice.random() < 0.5 else "",
            terms=entry.terms,
            categories=(*categories, *(_label(term) for term in entry.terms)),
            mentions=mentions,
            dateline=mentions[0].text if mentions[0].role == "dateline" else "",
            focus=mentions[0].place,
            made_by="clean 1, normalise 1, language 1, classify 1, locate 1",
        ), entry

    def _text(self, dice: random.Random, length: int, own: int) -> list[str]:
        """Words by Zipf's law, one in eight of the subject itself."""
        spoken = dice.choices(self.words, cum_weights=self.word_weights, k=length)
        for at in range(0, length, 8):
            spoken[at] = self.words[own + dice.randrange(40)]
        return spoken

    def _categories(self, dice: random.Random) -> list[Category]:
        chosen = {}
        for category in dice.choices(self.categories, cum_weights=zipf_of_topics, k=dice.randint(1, 3)):
            chosen[category.id] = category
            for broader in category.broader:
                chosen[broader] = next(one for one in self.categories if one.id == broader)
        return list(chosen.values())

    def _mentions(self, dice: random.Random) -> tuple[Mention, ...]:
        (first,) = dice.choices(self.places, cum_weights=self.place_weights)
        home = self.at_home[first.country]
        places = [first]
        for _ in range(dice.randint(0, 4)):
            near = dice.random() < 0.7
            places += (
                [dice.choice(home)] if near else dice.choices(self.places, cum_weights=self.place_weights)
            )
        evidence = (Evidence(kind="population", text="1"), Evidence(kind="country", text=first.country))
        opens = dice.random() < 0.4
        return tuple(
            Mention(
                place=place,
                role="dateline" if opens and n == 0 else "body",
                text=place.name,
                start=20 * n,
                end=20 * n + len(place.name),
                score=0.9,
                evidence=evidence,
            )
            for n, place in enumerate(dict.fromkeys(places))
        )


def world(gazetteer: Path, progress: Callable[[str], None]) -> World:
    """Everything articles are made of; the gazetteer gives the places."""
    progress("words, sources and places")
    places = _places(gazetteer)
    at_home: dict[str, list[Place]] = {}
    for place in places:
        at_home.setdefault(place.country, []).append(place)
    sources = [
        Source(
            id=f"source-{n}",
            url=f"https://source-{n}.example.org/feed",
            title=f"The {word(n * 7).title()} {word(n * 13).title()}",
            language=LANGUAGES[min(int(random.Random(n).expovariate(0.5)), len(LANGUAGES) - 1)],
        )
        for n in range(SOURCES)
    ]
    return World(
        words=[word(n) for n in range(WORDS)],
        word_weights=zipf(WORDS),
        sources=sources,
        source_weights=zipf(SOURCES, 20, 0.8),
        by_id={source.id: source for source in sources},
        places=places,
        place_weights=zipf(PLACES, 10, 0.9),
        at_home=at_home,
        categories=[
            Category(
                id=topic.id,
                name=topic.name,
                scheme="http://cv.iptc.org/newscodes/mediatopic/",
                score=0.8,
                evidence=(Evidence(kind="words", text="some words"),),
                broader=topic.broader,
            )
            for topic in topics().values()
        ],
        labels=[Term(label=word(n * 3 + 1).title()) for n in range(LABELS)],
    )


zipf_of_topics = zipf(len(topics()), 5)
zipf_of_labels = zipf(LABELS)


def arrival(n: int) -> datetime:
    """When an article comes."""
    return FIRST + timedelta(days=365 * n / A_YEAR)


def settle(batch: Sequence[Polled], _stored: object) -> list[Draft]:
    """Every article is one of its own."""
    return [
        Draft(article=finding.article, findings=((polled.source.id, finding),))
        for polled in batch
        for finding in polled.findings
    ]


def _label(term: Term) -> Category:
    return Category(
        id=term.label.lower(),
        name=term.label,
        score=1.0,
        evidence=(Evidence(kind="feed term", text=term.label),),
    )


def _places(path: Path) -> list[Place]:
    gazetteer = Gazetteer.open(path)
    with sqlite3.connect(path) as file:
        query = "SELECT geonameid FROM place WHERE kind = 'city' ORDER BY people DESC, n LIMIT ?"
        numbers = [row[0] for row in file.execute(query, (PLACES,))]
    file.close()
    found = [gazetteer.numbered(number) for number in numbers]
    gazetteer.close()
    return [place for place in found if place is not None]
