"""The vocabularies: every line can be used."""

from __future__ import annotations

import pytest

from aggregator.classify.folding import fold
from aggregator.classify.patterns import pattern_words
from aggregator.classify.topics import DATA, topics
from aggregator.classify.vocabulary import LANGUAGES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_topic_of_a_vocabulary_exists(language: str) -> None:
    lines = (DATA / "words" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    codes = {line.split()[1] for line in lines if line.startswith("=")} - {"0"}
    assert {code for code in codes if f"medtop:{code}" not in topics()} == set()


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_pattern_of_a_vocabulary_can_be_looked_up(language: str) -> None:
    lines = fold((DATA / "words" / f"{language}.txt").read_text(encoding="utf-8")).splitlines()
    patterns = [
        pattern for line in lines if line[:1].isdigit() for pattern in line.partition(" ")[2].split(",")
    ]
    assert [pattern for pattern in patterns if not pattern_words(pattern)] == []
    assert len(patterns) > 1000
