"""How well categories are told: the project's labelled set, from the words alone and with the publisher's term.

    python bench/categories.py [--split tune|report|all]

The set (tests/classify/labelled) holds short articles in six languages, each with the Media Topics it is about: one
of the first level, and those of the second that an editor would give. `tune` served to correct the words for the first
level, `report` did not. Printed are, from the words alone, by language, macro-F1 over the 17 topics, coverage
(articles that got a topic at all) and how often the first topic is right; by topic, precision and recall; which topic
was taken for which; precision and recall of the second level; the time an article takes; precision where the feed or
the page gives a term of the article's topic (terms.tsv); and how often these terms lead to their topic.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.classify import classify, topics
from aggregator.classify.terms import topics_of
from aggregator.classify.topics import top_of
from aggregator.schema import SECTION, Article, Identity, Source, Term

LABELLED = Path(__file__).parents[1] / "tests" / "classify" / "labelled"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = Source(id="bench", url="https://bench.example/", title="Bench")


@dataclass(slots=True)
class Tally:
    """Hits, false alarms and misses by topic."""

    hit: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    covered: int = 0
    first_right: int = 0

    def add(self, wanted: set[str], found: Sequence[str]) -> None:
        self.articles += 1
        self.covered += bool(found)
        self.first_right += bool(found) and found[0] in wanted
        self.hit.update(wanted & set(found))
        self.extra.update(set(found) - wanted)
        self.missed.update(wanted - set(found))

    def precision(self) -> float:
        return self.hit.total() / max(1, self.hit.total() + self.extra.total())

    def recall(self) -> float:
        return self.hit.total() / max(1, self.hit.total() + self.missed.total())

    def macro_f1(self) -> float:
        scores = [
            2 * self.hit[one] / (2 * self.hit[one] + self.extra[one] + self.missed[one])
            for one in self.hit.keys() | self.missed.keys()
        ]
        return sum(scores) / len(scores) if scores else 0.0


def topics_in(article: Article, level: str) -> list[str]:
    """The Media Topics of a level (`tops`, `seconds`), best first."""
    known = topics()
    found = [one.id for one in article.categories if one.id in known]
    return [id for id in found if bool(known[id].broader) == (level == "seconds")]


def article_of(line: dict[str, Any], terms: Iterable[Term] = ()) -> Article:
    return Article(
        uid="urn:uuid:00000000-0000-0000-0000-000000000000",
        identity=Identity(key=""),
        title=str(line["title"]),
        text=str(line["text"]),
        language=str(line["language"]),
        terms=tuple(terms),
        published=NOW,
        first_seen=NOW,
    )


def read(split: str) -> list[dict[str, Any]]:
    lines = (
        json.loads(line) for path in sorted(LABELLED.glob("*.jsonl")) for line in path.open(encoding="utf-8")
    )
    return [line for line in lines if split in ("all", line["split"])]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--split", choices=("tune", "report", "all"), default="report")
    lines = read(parser.parse_args().split)
    tallies: dict[str, Tally] = defaultdict(Tally)
    taken: Counter[tuple[str, str]] = Counter()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    firsts = {line["language"]: line for line in lines}.values()
    for line in firsts:
        classify(article_of(line), SOURCE)  # reads the vocabulary
    reading = 1000 * (time.process_time() - began) / len(firsts)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    began = time.process_time()
    found = [(line, classify(article_of(line), SOURCE)) for line in lines]
    spent = time.process_time() - began
    seconds: dict[str, Tally] = defaultdict(Tally)
    for line, article in found:
        wanted, tops = set(line["tops"]), topics_in(article, "tops")
        for name in (line["language"], "all"):
            tallies[name].add(wanted, tops)
            seconds[name].add(set(line["seconds"]), topics_in(article, "seconds"))
        taken.update((right, wrong) for right in wanted - set(tops) for wrong in set(tops) - wanted)
    print("| language | articles | macro-F1 | coverage | first right |\n|---|---:|---:|---:|---:|")
    for name, tally in tallies.items():
        shares = (tally.macro_f1(), tally.covered / tally.articles, tally.first_right / tally.articles)
        print(f"| {name} | {tally.articles} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    _show_topics(tallies["all"], taken)
    print("\n| second level | precision | recall | articles that got one |\n|---|---:|---:|---:|")
    for name, tally in seconds.items():
        shares = (tally.precision(), tally.recall(), tally.covered / tally.articles)
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    print(
        f"\n{1000 * spent / len(lines):.2f} ms an article, {_warm(lines):.2f} ms once its words were looked up;"
    )
    print(f"vocabularies: {reading:.0f} ms each to read, {grown:.0f} MB together")
    _show_said(lines)
    _show_terms()


def _warm(lines: Sequence[dict[str, Any]]) -> float:
    """Milliseconds an article takes, the least of several rounds."""
    articles = [article_of(line) for line in lines]
    rounds = []
    for _ in range(10):
        began = time.process_time()
        for article in articles:
            classify(article, SOURCE)
        rounds.append(1000 * (time.process_time() - began) / len(articles))
    return min(rounds)


def terms() -> list[tuple[str, str, str]]:
    """Language, top (empty for none) and name of the publishers' terms."""
    text = (LABELLED / "terms.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [(language, top, term) for language, top, term in rows]


def _show_said(lines: Sequence[dict[str, Any]]) -> None:
    """Precision where the publisher names the article's topic: each article once with every term of its topic."""
    print("\n| with a term as | articles | precision | recall | first right |\n|---|---:|---:|---:|---:|")
    for name, scheme in (("feed term", ""), ("section of the page", SECTION)):
        tally = Tally()
        for line in lines:
            for language, top, term in terms():
                if language == line["language"] and top in line["tops"]:
                    article = classify(article_of(line, [Term(label=term, scheme=scheme)]), SOURCE)
                    tally.add(set(line["tops"]), topics_in(article, "tops"))
        shares = (tally.precision(), tally.recall(), tally.first_right / tally.articles)
        print(f"| {name} | {tally.articles} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


def _show_terms() -> None:
    told = right = wanted = wrong = 0
    for language, top, term in terms():
        found = {top_of(topic) for topic in topics_of(term, language)}
        wanted += bool(top)
        told += bool(found)
        right += bool(found) and found == {top}
        wrong += bool(found) and found != {top}
    print(f"\nterms: {wanted} with a topic, {told} told, {right} rightly, {wrong} wrongly")


def _show_topics(tally: Tally, taken: Counter[tuple[str, str]]) -> None:
    known = topics()
    print("\n| topic | precision | recall | taken for |\n|---|---:|---:|---|")
    for one in sorted(tally.hit.keys() | tally.missed.keys()):
        precision = tally.hit[one] / max(1, tally.hit[one] + tally.extra[one])
        recall = tally.hit[one] / max(1, tally.hit[one] + tally.missed[one])
        wrong = ", ".join(
            f"{known[other].name} {n}" for (right, other), n in taken.most_common() if right == one
        )
        print(f"| {known[one].name} | {precision:.2f} | {recall:.2f} | {wrong} |")


if __name__ == "__main__":
    main()
