"""Places named in title and text: what is one, what is none, and which one it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.locate import Gazetteer, locate
from aggregator.schema import Article, Identity, Removal, Source

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
SOURCE = Source(id="paper", url="https://news.example/", title="Paper")


def read(
    gazetteer: Gazetteer, text: str, *, language: str = "en", title: str = "", country: str | None = None
) -> Article:
    article = Article(
        uid="u",
        identity=Identity(key="g:1"),
        title=title,
        published=NOW,
        first_seen=NOW,
        text=text,
        language=language,
    )
    source = Source(id="paper", url="https://news.example/", title="Paper", country=country)
    return locate(article, source, gazetteer)


def places(gazetteer: Gazetteer, text: str, language: str = "en") -> list[tuple[str, str]]:
    """What is named in a text, without the words for people: as it stands, and in which country it lies."""
    found = read(gazetteer, text, language=language).mentions
    return [(one.text, one.place.country) for one in found if not one.people]


# --- words that are places too -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The cities of Laayoune, Sale, and Marrakech will host the games.",
            ["Laayoune", "Sale", "Marrakech"],
        ),
        ("The house is for sale. Sale of the year.", []),
        ("Reading is fun, said the teacher.", []),
        ("He lives in Nice, France. Nice weather, he said.", ["Nice", "France"]),
        ("Mobile phones were sold in Mobile, Alabama.", ["Mobile", "Alabama"]),
        ("Of course we hope. Hope is all we have.", []),
        ("They ate turkey before Turkey played.", ["Turkey"]),
        ("The china was made in China.", ["China"]),
        ("Orange juice is made in Orange County, California.", ["Orange County", "California"]),
        ("Most people came. All of them left in May.", []),
    ],
)
def test_a_word_is_a_place_only_where_it_is_meant(
    gazetteer: Gazetteer, text: str, expected: list[str]
) -> None:
    assert [name for name, _ in places(gazetteer, text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Paris Hilton met Jordan Smith and Chelsea Clinton yesterday.",
        "Mayor London Breed and Sgt. Austin Dallas spoke.",
        "Judge David Houston will hear the case, and Houston said so.",
        "The Houston Chronicle and the Washington Post wrote about it.",
        "The Dallas Cowboys lost again.",
    ],
)
def test_persons_papers_and_clubs_are_no_places(gazetteer: Gazetteer, text: str) -> None:
    assert places(gazetteer, text) == []


def test_an_institution_of_a_place_names_the_place(gazetteer: Gazetteer) -> None:
    assert ("Chicago", "US") in places(
        gazetteer, "Officers of the Chicago Police Department searched in Chicago."
    )


def test_a_capital_stands_for_its_government(gazetteer: Gazetteer) -> None:
    found = places(gazetteer, "It was Washington that told Moscow to withdraw.")
    assert found == [("Washington", "US"), ("Moscow", "RU")]


# --- which one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("A fire broke out in Paris, Texas.", "Paris", "US"),
        ("A fire broke out in Paris.", "Paris", "FR"),
        ("It happened in London, Ontario.", "London", "CA"),
        ("It happened in Birmingham, Ala., on Monday.", "Birmingham", "US"),
        ("He was born in Valencia (Venezuela).", "Valencia", "VE"),
    ],
)
def test_what_a_place_lies_in_decides(gazetteer: Gazetteer, text: str, name: str, country: str) -> None:
    assert (name, country) in places(gazetteer, text)


def test_what_is_said_once_holds_for_the_rest_of_the_text(gazetteer: Gazetteer) -> None:
    text = "A fire broke out in Paris, Texas. People fled from Paris in the night."
    assert [country for name, country in places(gazetteer, text) if name == "Paris"] == ["US", "US"]


def test_a_state_is_known_by_what_lies_in_it(gazetteer: Gazetteer) -> None:
    found = read(gazetteer, "The trial in Atlanta, Georgia, goes on.").mentions
    assert [(one.place.kind, one.place.country) for one in found] == [("city", "US"), ("admin1", "US")]


def test_georgia_without_more_is_the_country(gazetteer: Gazetteer) -> None:
    assert ("Georgia", "GE") in places(gazetteer, "Georgia's prime minister spoke in Tbilisi.")


def test_the_other_places_of_a_text_decide(gazetteer: Gazetteer) -> None:
    text = "Troops from Beirut and Sidon moved to Tripoli, in the north of Lebanon."
    assert ("Tripoli", "LB") in places(gazetteer, text)


def test_the_country_of_the_source_decides(gazetteer: Gazetteer) -> None:
    for country, expected in ((None, "GB"), ("US", "US")):
        (mention,) = (
            one
            for one in read(gazetteer, "They met in Birmingham on Monday.", country=country).mentions
            if one.role == "body"
        )
        assert mention.place.country == expected


def test_new_york_is_the_city(gazetteer: Gazetteer) -> None:
    (mention,) = read(gazetteer, "The delegates met in New York on Monday.").mentions
    assert (mention.place.kind, mention.place.geonameid) == ("city", 5128581)


# --- people, streets ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "word", "country"),
    [
        ("The Moroccan minister spoke.", "en", "Moroccan", "MA"),
        ("Le ministre marocain a parlé.", "fr", "marocain", "MA"),
        ("El ministro marroquí habló.", "es", "marroquí", "MA"),
        ("Die französische Regierung schwieg.", "de", "französische", "FR"),
        ("O governo brasileiro falou.", "pt", "brasileiro", "BR"),
        ("قال الوزير المغربي أمس", "ar", "المغربي", "MA"),
    ],
)
def test_words_for_the_people_are_kept_apart(
    gazetteer: Gazetteer, text: str, language: str, word: str, country: str
) -> None:
    (mention,) = read(gazetteer, text, language=language).mentions
    assert (mention.text, mention.place.country, mention.people) == (word, country, True)


def test_polish_is_a_people_and_polish_is_not(gazetteer: Gazetteer) -> None:
    found = read(gazetteer, "They polish the car of a Polish driver.").mentions
    assert [(one.text, one.place.country) for one in found] == [("Polish", "PL")]


@pytest.mark.parametrize("text", ["Main Street", "Old Mill Road", "Route 30", "I-75", "Illinois Route 159"])
def test_a_street_is_one_in_the_country_named_before_it(gazetteer: Gazetteer, text: str) -> None:
    *_, mention = read(gazetteer, f"In Chicago a car stood on {text} near here.").mentions
    assert (mention.text, mention.place.kind, mention.place.country) == (text, "street", "US")


# --- languages and capitals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Il va à Rabat et à Salé, puis en Algérie.", "Rabat MA, Salé MA, Algérie DZ"),
        ("fr", "Elle vit en Côte d’Ivoire.", "Côte d’Ivoire CI"),
        ("fr", "L’armée d’Oran est arrivée.", "Oran DZ"),
        ("es", "Va a Córdoba y a la ciudad de Rosario.", "Córdoba AR, Rosario AR"),
        ("de", "Er reiste nach München und in die Schweiz.", "München DE, Schweiz CH"),
        ("pt", "Visitou Lisboa, em Portugal, e São Paulo.", "Lisboa PT, Portugal PT, São Paulo BR"),
        ("ar", "وصل إلى مدينة العيون والدار البيضاء", "العيون EH, الدار البيضاء MA"),
        ("ar", "سافر من باريس إلى القاهرة وبيروت", "باريس FR, القاهرة EG, بيروت LB"),
    ],
)  # fmt: skip
def test_texts_are_read_in_six_languages(
    gazetteer: Gazetteer, language: str, text: str, expected: str
) -> None:
    assert ", ".join(f"{name} {country}" for name, country in places(gazetteer, text, language)) == expected


def test_an_arabic_prefix_is_no_part_of_the_name(gazetteer: Gazetteer) -> None:
    text = "اجتمع الوزراء بالرباط أمس"
    (mention,) = read(gazetteer, text, language="ar").mentions
    assert text[mention.start : mention.end] == mention.text == "الرباط"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("EARTHQUAKE HITS NORTHERN MOROCCO", ["MOROCCO"]),
        ("Man Killed in Crash as Police Search for Nice Driver", []),
        ("Reading Is Fun for Most of the Students", []),
    ],
)
def test_capitals_in_a_headline_say_nothing(gazetteer: Gazetteer, title: str, expected: list[str]) -> None:
    found = read(gazetteer, "", title=title).mentions
    assert [one.text for one in found] == expected
    assert all(one.role == "title" and title[one.start : one.end] == one.text for one in found)


def test_offsets_are_into_the_field_of_the_role(gazetteer: Gazetteer) -> None:
    article = read(gazetteer, "Talks went on in Tunis.", title="Libya's parliament meets")
    title, body = article.mentions
    assert (title.role, article.title[title.start : title.end]) == ("title", "Libya")
    assert (body.role, article.text[body.start : body.end]) == ("body", "Tunis")


def test_the_dateline_is_not_looked_for_in_the_title(gazetteer: Gazetteer) -> None:
    article = Article(
        uid="u",
        identity=Identity(key="g:1"),
        title="The court of Rabat",
        published=NOW,
        first_seen=NOW,
        text="Rabat – The court has decided.",
        dateline="Rabat",
    )
    found = locate(article, SOURCE, gazetteer).mentions
    assert [(one.role, one.start) for one in found] == [("title", 13), ("dateline", 0)]


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("He lives in Wheeling, W.Va., with his son.", "W.Va.", "US"),
        ("It happened in St. Louis on Monday.", "St. Louis", "US"),
        ("The U.S. withdrew, the UK did not.", "UK", "GB"),
        ("The council of Springfield City Council met in Springfield, Ill.", "Ill.", "US"),
        ("They fished in Lake Xyzzy near Chicago.", "Lake Xyzzy", ""),
        ("They live in Rue Xyzzy.", "Rue Xyzzy", ""),
        ("A jam on the A417 near Cirencester.", "A417", ""),
    ],
)
def test_abbreviations_lakes_and_roads_are_read(
    gazetteer: Gazetteer, text: str, name: str, country: str
) -> None:
    assert (name, country) in places(gazetteer, text)


# --- focus and what is not meant ---------------------------------------------------------------


def test_the_focus_is_the_place_most_is_said_of(gazetteer: Gazetteer) -> None:
    text = "In Rabat the court met. Rabat's mayor, and Morocco's minister, spoke; France said nothing."
    focus = read(gazetteer, text).focus
    assert focus is not None
    assert (focus.name, focus.country) == ("Rabat", "MA")


def test_a_text_without_places_has_no_focus(gazetteer: Gazetteer) -> None:
    assert read(gazetteer, "Nothing happened.").focus is None


def test_what_is_not_meant_is_named_where_asked_for(gazetteer: Gazetteer) -> None:
    article = read(gazetteer, "A fire broke out in Paris, Texas.")
    assert article.mentions[0].rejected == ()
    (other, *_) = locate(article, SOURCE, gazetteer, rejected=2).mentions[0].rejected
    assert (other.name, other.country) == ("Paris", "FR")


def test_a_long_text_is_read_in_time_that_grows_with_its_length(gazetteer: Gazetteer) -> None:
    article = read(gazetteer, "New York St. A A A of of of " * 20_000)
    assert len(article.mentions) <= 100


def test_a_dateline_that_was_taken_out_is_found_beside_the_same_name_in_the_text(
    gazetteer: Gazetteer,
) -> None:
    article = Article(
        uid="u",
        identity=Identity(key="g:1"),
        title="A court sits",
        published=NOW,
        first_seen=NOW,
        text="The court of Rabat will sit again.",
        language="en",
        dateline="Rabat",
        removed=(Removal(rule="dateline", text="Rabat –"),),
    )
    found = locate(article, SOURCE, gazetteer).mentions
    assert {one.role for one in found if one.text == "Rabat"} == {"dateline", "body"}
