"""How well the language of an article is told from its words: python bench/language.py

On the project's short articles in six languages (tests/classify/labelled), by title alone and with the text: how often a
language is told, how often it is the right one, the time an article takes, and the memory of the tables.
"""

from __future__ import annotations

import json
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

from aggregator.language import language
from aggregator.schema import Article, Identity

LABELLED = Path(__file__).parents[1] / "tests" / "classify" / "labelled"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def article_of(title: str, text: str) -> Article:
    return Article(
        uid="urn:uuid:1", identity=Identity(key=""), title=title, text=text, published=NOW, first_seen=NOW
    )


def main() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = [
        json.loads(line) for path in sorted(LABELLED.glob("*.jsonl")) for line in path.open(encoding="utf-8")
    ]
    language(article_of(lines[0]["title"], lines[0]["text"]))  # loads the tables
    print("| read | articles | told | right, of those told | ms each |\n|---|---:|---:|---:|---:|")
    for what, with_text in (("title", False), ("title and text", True)):
        articles = [article_of(line["title"], line["text"] if with_text else "") for line in lines]
        began = time.process_time()
        told = [language(one).language for one in articles]
        spent = 1000 * (time.process_time() - began) / len(articles)
        right = sum(one == line["language"] for one, line in zip(told, lines, strict=True))
        answered = sum(map(bool, told))
        print(
            f"| {what} | {len(lines)} | {answered / len(lines):.3f} | {right / max(1, answered):.3f} | {spent:.3f} |"
        )
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"\n{grown / 1024:.0f} MB more in memory than before")


if __name__ == "__main__":
    main()
