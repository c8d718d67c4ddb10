"""Media Topics: what there is, and which of them a publisher's term stands for."""

from __future__ import annotations

import pytest

from aggregator.classify.terms import topics_of
from aggregator.classify.topics import LANGUAGES, codes, top_of, topics


def test_there_are_seventeen_tops_and_a_hundred_and_twenty_below_them() -> None:
    tops = [topic for topic in topics().values() if not topic.broader]
    assert (len(tops), len(topics())) == (17, 137)


def test_the_topic_above_every_topic_is_a_top() -> None:
    assert {topics()[top_of(id)].broader for id in topics()} == {()}


def test_the_tops_have_names_in_all_languages() -> None:
    assert all(set(LANGUAGES) == set(topic.names) for topic in topics().values() if not topic.broader)


@pytest.mark.parametrize(
    ("code", "id"),
    [
        ("medtop:04000000", "medtop:04000000"),
        ("http://cv.iptc.org/newscodes/mediatopic/20000574", "medtop:20000574"),
        ("20000005", "medtop:20000002"),  # cinema, of the third level
        ("subj:15054000", "medtop:20000822"),  # soccer, a subject code
        ("http://cv.iptc.org/newscodes/subjectcode/17000000", "medtop:17000000"),
    ],
)
def test_codes_of_iptc_are_understood(code: str, id: str) -> None:
    assert topics_of(code) == (id,)


def test_every_code_leads_to_a_topic_that_is_a_category() -> None:
    assert set(codes().values()) <= set(topics())


@pytest.mark.parametrize(
    ("term", "top"),
    [
        ("SPORTS", "medtop:15000000"),
        ("Économie", "medtop:04000000"),
        ("Salud", "medtop:07000000"),
        ("Umwelt", "medtop:06000000"),
        ("Eleições", "medtop:11000000"),
        ("الاقتصاد", "medtop:04000000"),
        ("U.S. Politics", "medtop:11000000"),
        ("Latest sports news", "medtop:15000000"),
        ("Food & Drink", "medtop:10000000"),
        ("food and drink", "medtop:10000000"),
    ],
)
def test_terms_of_publishers_lead_to_their_topic(term: str, top: str) -> None:
    assert {top_of(id) for id in topics_of(term)} == {top}


@pytest.mark.parametrize(
    "term", ["World", "Opinion", "Monde", "العالم", "Transfer", "Food and Drug Agency", ""]
)
def test_terms_that_name_no_topic_lead_to_none(term: str) -> None:
    assert topics_of(term) == ()


def test_two_topics_in_one_term_are_both_told() -> None:
    assert {top_of(id) for id in topics_of("Science & Environment")} == {"medtop:13000000", "medtop:06000000"}


def test_the_language_decides_what_an_ambiguous_term_means() -> None:
    assert topics_of("Social", "fr") == ("medtop:09000000",)
    assert topics_of("Social", "es") == ("medtop:14000000",)
