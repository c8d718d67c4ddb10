"""The labelled set: topics are told from the words in every language, and from the terms of publishers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from aggregator.classify.terms import topics_of
from aggregator.classify.text import findings
from aggregator.classify.topics import top_of, topics

LABELLED = Path(__file__).parent / "labelled"
LANGUAGES = ("ar", "de", "en", "es", "fr", "pt")


def lines(language: str) -> list[dict[str, str]]:
    text = (LABELLED / f"{language}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_top_has_three_articles_in_every_language(language: str) -> None:
    counted = Counter(top for line in lines(language) for top in line["tops"])
    assert counted == dict.fromkeys((id for id in topics() if top_of(id) == id), 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nine_in_ten_articles_have_their_top_first(language: str) -> None:
    right = 0
    articles = lines(language)
    for line in articles:
        told = findings(line["title"], line["text"], language)
        right += bool(told) and top_of(told[0].topic) in line["tops"]
    assert right >= 0.9 * len(articles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_topics_of_the_second_level_are_part_of_the_top(language: str) -> None:
    for line in lines(language):
        assert {top_of(second) for second in line["seconds"]} <= set(line["tops"])


def test_two_in_three_topics_of_the_second_level_are_right() -> None:
    right = told = 0
    for line in (line for language in LANGUAGES for line in lines(language)):
        found = {one.topic for one in findings(line["title"], line["text"], line["language"])}
        seconds = {topic for topic in found if top_of(topic) != topic}
        told += len(seconds)
        right += len(seconds & set(line["seconds"]))
    assert right >= told * 2 / 3


def test_no_more_than_one_term_in_twenty_leads_to_a_wrong_top() -> None:
    told = wrong = 0
    for line in (LABELLED / "terms.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, top, term = line.split("\t")
        tops = {top_of(topic) for topic in topics_of(term, language)}
        told += bool(tops)
        wrong += bool(tops - {top})
    assert wrong <= 0.05 * told
