"""The language of an article is told from its words, or left open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.language import language
from aggregator.schema import Article, Identity, replace

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
BARE = Article(uid="urn:uuid:1", identity=Identity(key="g:1"), title="", published=NOON, first_seen=NOON)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("en", "The ferry between the two islands will sail again on Thursday, the harbour office said."),
        ("fr", "Le bac entre les deux îles reprendra la mer jeudi, a annoncé la capitainerie du port."),
        ("es", "El transbordador entre las dos islas volverá a navegar el jueves, según la capitanía."),
        ("de", "Die Fähre zwischen den beiden Inseln fährt ab Donnerstag wieder, teilte das Hafenamt mit."),
        ("pt", "A balsa entre as duas ilhas não vai voltar a navegar até quinta-feira, disse a prefeitura."),
        ("ar", "أعلنت سلطات الميناء أن العبارة بين الجزيرتين ستستأنف رحلاتها يوم الخميس."),
        ("he", "המעבורת בין שני האיים תשוב להפליג ביום חמישי, כך הודיעה הנהלת הנמל."),
    ],
)
def test_a_sentence_tells_its_language(told: str, words: str) -> None:
    assert language(replace(BARE, text=words)).language == told


def test_the_title_alone_may_tell_it() -> None:
    title = "Le ministre de la Mer promet un nouveau bac aux habitants"
    assert language(replace(BARE, title=title)).language == "fr"


def test_what_the_feed_says_stands() -> None:
    article = replace(BARE, language="fr", text="The ferry between the two islands will sail again soon.")
    assert language(article) is article


def test_a_very_short_text_tells_nothing() -> None:
    article = replace(BARE, title="Rabat – La Liga", text="2:1")
    assert language(article) is article


def test_a_mixture_is_none_of_its_languages() -> None:
    english = "The ferry between the two islands will sail again on Thursday. "
    arabic = "أعلنت سلطات الميناء أن العبارة بين الجزيرتين ستستأنف رحلاتها يوم الخميس."
    assert language(replace(BARE, text=english + arabic)).language == ""


def test_numbers_alone_tell_nothing() -> None:
    assert language(replace(BARE, text="12345 67890 " * 40)).language == ""


def test_characters_no_text_should_hold_do_no_harm() -> None:
    words = "The ferry\x00 between\ud800 the\ufdd0 two\x85 islands\ue000 will sail again on Thursday morning."
    assert language(replace(BARE, text=words)).language == "en"
