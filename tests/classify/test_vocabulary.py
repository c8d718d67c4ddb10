"""The vocabularies: every line can be used."""

from __future__ import annotations

import pytest

from aggregator.classify.folding import fold
from aggregator.classify.patterns import pattern_words
from aggregator.classify.text import findings
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


@pytest.mark.parametrize(
    ("language", "title", "wrong"),
    [
        ("en", "North fires missile toward the sea", "03000000"),
        ("en", "Mayor rallies supporters before the vote", "15000000"),
        ("en", "Deforestation in the Amazon forest falls", "04000000"),
        ("en", "Lions lose to Packers in overtime", "06000000"),
        ("en", "Lions lose to Packers in overtime", "09000000"),
        ("en", "Storm batters the coast", "15000000"),
        ("fr", "Réunion à Genève", "13000000"),
        ("fr", "Une cellule dormante à Lille", "13000000"),
        ("es", "La redacción de la ley lleva meses", "01000000"),
    ],
)
def test_a_figure_of_speech_names_no_topic_of_its_words(language: str, title: str, wrong: str) -> None:
    assert f"medtop:{wrong}" not in {finding.topic for finding in findings(title, "", language)}


@pytest.mark.parametrize(
    ("language", "title", "right"),
    [
        ("en", "Iran signs nuclear accord", "11000000"),
        ("en", "Lions lose to Packers in overtime", "15000000"),
        ("en", "North fires missile toward the sea", "16000000"),
        ("de", "Bahn streicht Züge wegen Sturm", "17000000"),
    ],
)
def test_a_phrase_names_the_topic_that_its_words_do_not(language: str, title: str, right: str) -> None:
    assert f"medtop:{right}" in {finding.topic for finding in findings(title, "", language)}
