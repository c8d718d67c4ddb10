"""The text of one article in several sources, and articles that only look alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cluster import Copies, compare, keys
from aggregator.schema import Article, Draft, Identity, Mention, Place, replace

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
TEXT = (
    "The old ferry across the bay of Norrholm will sail for the last time on Sunday, the council said. "
    "It has carried 4,200 people a day since 1961, and its captain, Marta Lindqvist, retires with it. "
    "A bridge of 900 metres takes its place. The council paid 61 million for it and expects the first "
    "cars on Monday at noon. Some islanders would have kept the ferry. They handed in 3,100 signatures "
    "in spring, but the mayor, Olof Brand, said that the engine could no longer be mended."
)
ORIGINAL = Article(
    uid="urn:uuid:1",
    identity=Identity(key="g:1"),
    title="Last trip of the Norrholm ferry",
    published=NOW,
    first_seen=NOW,
    language="en",
    text=TEXT,
    sources=("alpha",),
)
WEATHER = (
    "{city} can expect a mix of sun and cloud on {day}, with a high of {high} degrees in the afternoon and a low "
    "of {low} at night. Winds will be light, at around {wind} kilometres an hour from the west. The chance of "
    "rain is {rain} percent. The outlook for the next days remains changeable, the weather service said."
)


def copy(text: str, title: str = ORIGINAL.title) -> Article:
    return replace(ORIGINAL, uid="urn:uuid:2", title=title, text=text, sources=("beta",))


def weather(city: str, day: str, high: int, low: int, wind: int, rain: int) -> Article:
    text = WEATHER.format(city=city, day=day, high=high, low=low, wind=wind, rain=rain)
    return replace(ORIGINAL, title=f"Weather in {city}", text=text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param(TEXT[:197], ORIGINAL.title, id="cut short"),
        pytest.param(f"The news many islanders feared is true. {TEXT}", ORIGINAL.title, id="another lead"),
        pytest.param(f"{TEXT}\n\n(Agencies)", ORIGINAL.title, id="a credit"),
        pytest.param(TEXT, "Farewell to a ferry", id="another title"),
        pytest.param(
            TEXT.replace("has carried", "carried").replace("in spring", "last spring"), "", id="few words"
        ),
        pytest.param(TEXT.replace("4,200", "4,300"), "", id="one figure"),
        pytest.param(
            TEXT.replace(". A bridge", ".\n\nRead more: our picture page\n\nA bridge"), "", id="furniture"
        ),
    ],
)
def test_a_copy_is_found_by_its_keys_and_its_words(text: str, title: str) -> None:
    other = copy(text, title or ORIGINAL.title)
    assert set(keys(other)) & set(keys(ORIGINAL))
    assert compare(ORIGINAL, other) is not None


def test_a_form_filled_in_for_another_city_is_no_copy() -> None:
    one, other = weather("Leeds", "Monday", 21, 12, 9, 40), weather("Hull", "Tuesday", 17, 8, 22, 75)
    assert compare(one, other) is None


def test_a_form_of_the_same_city_with_other_figures_is_no_copy() -> None:
    one, other = weather("Leeds", "Monday", 21, 12, 9, 40), weather("Leeds", "Friday", 14, 6, 25, 80)
    assert compare(one, other) is None


def test_a_name_of_the_headline_weighs_more_than_one_in_the_text() -> None:
    text = TEXT.replace("Norrholm", "Vesterby").replace("Marta Lindqvist", "Karin Ek")
    assert compare(ORIGINAL, copy(text, "Last trip of the Vesterby ferry")) is None


def test_what_only_the_page_around_them_shares_is_no_copy() -> None:
    around = "Sign up for our morning letter and never miss what happens on the islands around the great bay."
    one = copy(f"{around} Two cows were lost.", "Cows lost")
    other = copy(f"{around} The school closes.", "School to close")
    assert compare(one, other) is None


def test_words_repeated_over_and_over_make_no_copy() -> None:
    one, other = (
        copy(f"In Rabat it was said that story 2 of d-{n} is true. {'word ' * 60}", f"Story d-{n} number 2")
        for n in (2, 5)
    )
    assert compare(one, other) is None


def test_a_text_of_few_words_has_no_keys() -> None:
    assert keys(replace(ORIGINAL, text="The ferry sails for the last time.")) == ()


def test_an_article_with_a_summary_alone_has_the_keys_of_its_summary() -> None:
    assert keys(replace(ORIGINAL, text="", summary=TEXT)) == keys(ORIGINAL)


def test_a_list_of_links_has_no_keys_and_a_text_with_links_has() -> None:
    lines = TEXT.split(". ")
    items = "".join(
        f'<li><a href="https://any.example/{n}"><b>{line}</b></a> Paper</li>' for n, line in enumerate(lines)
    )
    assert keys(replace(ORIGINAL, html=f"<ul>{items}</ul>")) == ()
    linked = " ".join(f'{line} <a href="https://any.example/">council</a>.' for line in lines)
    assert keys(replace(ORIGINAL, html=f"<p>{linked}</p>")) == keys(ORIGINAL)


def test_keys_fit_a_signed_integer_of_eight_bytes() -> None:
    assert all(0 <= key < 2**63 for key in keys(ORIGINAL))


def found(article: Article, source_id: str) -> str | None:
    drafts = {ORIGINAL.uid: Draft(article=ORIGINAL, keys=keys(ORIGINAL))}
    original = Copies(drafts.values()).original(article, keys(article), source_id, drafts)
    return original and original[0]


def test_the_original_is_looked_for_among_other_sources() -> None:
    assert found(copy(TEXT), "beta") == ORIGINAL.uid
    assert found(copy(TEXT), "alpha") is None


def test_what_was_published_a_week_later_is_no_copy() -> None:
    assert found(replace(copy(TEXT), published=NOW + timedelta(days=7)), "beta") is None


def test_two_reports_in_one_form_that_differ_in_a_figure_of_their_headlines_are_no_copies() -> None:
    first = copy(TEXT.replace("Norrholm", "Norrholm 12"), "Notice 12 of the Norrholm ferry")
    second = copy(TEXT.replace("Norrholm", "Norrholm 13"), "Notice 13 of the Norrholm ferry")
    assert compare(first, second) is None
    assert compare(first, replace(first, title="Notice of the Norrholm ferry")) is not None


@pytest.mark.parametrize(
    ("before", "after"), [("4,200", "4,300"), ("900 metres", "600 metres"), ("61 million", "16 million")]
)
def test_a_copy_may_have_one_figure_that_was_corrected(before: str, after: str) -> None:
    assert compare(ORIGINAL, copy(TEXT.replace(before, after))) is not None


def test_a_figure_corrected_in_headline_and_text_of_a_longer_article_is_one() -> None:
    more = (
        " Those who want to be on board need a ticket of the lottery that the harbour office holds on Friday, and "
        "the school choir sings while the captain lets the horn sound for the last time."
    )
    one = copy(TEXT.replace("4,200", "4,300") + more, "Ferry for 4,300 a day stops")
    other = replace(ORIGINAL, title="Ferry for 4,200 a day stops", text=TEXT + more)
    assert compare(one, other) is not None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param((("4,200", "4,300"), ("61 million", "16 million")), id="two figures"),
        pytest.param((("4,200", "4,300"), ("Monday", "Friday")), id="a figure and a day"),
        pytest.param(
            (("4,200 people", "4,300 cars"), ("Marta Lindqvist", "Karin Ek")), id="a figure and names"
        ),
    ],
)
def test_what_differs_in_several_things_a_form_leaves_open_is_another_report(
    changes: tuple[tuple[str, str], ...],
) -> None:
    text = TEXT
    for before, after in changes:
        text = text.replace(before, after)
    assert compare(ORIGINAL, copy(text)) is None


def test_headlines_of_one_form_with_another_name_each_are_of_two_reports() -> None:
    other = copy(TEXT.replace("Norrholm", "Vesterby"), "Last trip of the Vesterby ferry")
    assert compare(ORIGINAL, other) is None
    assert compare(ORIGINAL, copy(TEXT, "Last trip of the Norrhlom ferry")) is not None


def test_two_letters_that_changed_places_are_no_other_name() -> None:
    text = TEXT.replace("Lindqvist", "Lindqvits").replace("Brand", "Bradn").replace("carried", "carreid")
    assert compare(ORIGINAL, copy(text)) is not None


def test_passages_with_figures_of_their_own_are_put_in_and_left_out() -> None:
    bridge = "A bridge of 900 metres takes its place."
    own = "Our picture page shows 25 trips of the last 60 years, as told by those who were on board."
    assert compare(ORIGINAL, copy(TEXT.replace(bridge, own))) is not None


def test_reports_that_each_name_a_place_of_their_own_are_no_copies() -> None:
    def report(town: str) -> Article:
        place = Place(name=town, kind="city")
        mention = Mention(place=place, role="body", text=town, score=0.9, evidence=())
        return replace(copy(TEXT.replace("Norrholm", town), "A ferry"), mentions=(mention,))

    assert compare(report("Norrholm"), report("Sunnholm")) is None
    assert compare(report("Norrholm"), copy(TEXT)) is not None
