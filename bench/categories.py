"""How well categories are told: the project's labelled set, from the words alone and with the publisher's term.

    python bench/categories.py [--split tune|report|all]

The set (tests/classify/labelled) holds short articles in six languages, each with the Media Topics of the first
level it is about. `tune` served to correct the words, `report` did not. Printed are, by language,
macro-F1 over the 17 topics, coverage (articles that got a topic at all) and how often the first topic is right;
by topic, precision and recall; which topic was taken for which; the time an article takes; and how often the
publishers' terms of terms.tsv lead to their topic.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aggregator.classify import classify, topics
from aggregator.classify.terms import topics_of
from aggregator.classify.topics import top_of
from aggregator.schema import Article, Identity, Source, Term

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

    def macro_f1(self) -> float:
        scores = [
            2 * self.hit[one] / (2 * self.hit[one] + self.extra[one] + self.missed[one])
            for one in self.hit.keys() | self.missed.keys()
        ]
        return sum(scores) / len(scores) if scores else 0.0


def tops_of(article: Article) -> list[str]:
    """The Media Topics of the first level, best first."""
    known = topics()
    return [one.id for one in article.categories if one.id in known and not known[one.id].broader]


def article_of(line: dict[str, object], terms: Iterable[str] = ()) -> Article:
    return Article(
        uid="urn:uuid:00000000-0000-0000-0000-000000000000",
        identity=Identity(key=""),
        title=str(line["title"]),
        text=str(line["text"]),
        language=str(line["language"]),
        terms=tuple(Term(label=term) for term in terms),
        published=NOW,
        first_seen=NOW,
    )


def read(split: str) -> list[dict[str, object]]:
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
    for line in {str(line["language"]): line for line in lines}.values():
        classify(article_of(line), SOURCE)  # reads the vocabulary
    began = time.process_time()
    found = [(line, tops_of(classify(article_of(line), SOURCE))) for line in lines]
    spent = time.process_time() - began
    for line, tops in found:
        wanted = {str(one) for one in line["tops"]}  # type: ignore[attr-defined]
        for name in (str(line["language"]), "all"):
            tallies[name].add(wanted, tops)
        taken.update((right, wrong) for right in wanted - set(tops) for wrong in set(tops) - wanted)
    print("| language | articles | macro-F1 | coverage | first right |\n|---|---:|---:|---:|---:|")
    for name, tally in tallies.items():
        shares = (tally.macro_f1(), tally.covered / tally.articles, tally.first_right / tally.articles)
        print(f"| {name} | {tally.articles} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    _show_topics(tallies["all"], taken)
    print(f"\n{1000 * spent / len(lines):.2f} ms an article")
    _show_terms()


def _show_terms() -> None:
    told = right = wanted = wrong = 0
    for line in (LABELLED / "terms.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, top, term = line.split("\t")
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
