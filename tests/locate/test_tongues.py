"""Names, words for people and everyday words in the language of the text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.locate import Gazetteer, learn, locate
from aggregator.schema import Article, Filing, Habits, Identity, Source, replace

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
LABELLED = sorted((Path(__file__).parent / "labelled").glob("*.jsonl"))


def read(
    gazetteer: Gazetteer,
    text: str,
    language: str = "en",
    *,
    title: str = "",
    source: Source | None = None,
    habits: Habits | None = None,
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
    return locate(article, source or of(None), gazetteer, habits or Habits())


def of(country: str | None, *places: str) -> Source:
    return Source(id="paper", url="https://news.example/", title="Paper", country=country, places=places)


def named(article: Article) -> list[tuple[str, str]]:
    """What is named in title and text, without the words for people, and the country it lies in."""
    roles = ("title", "dateline", "body")
    return [(one.text, one.place.country) for one in article.mentions if one.role in roles and not one.people]


def people(article: Article) -> list[tuple[str, str]]:
    return [(one.text, one.place.country) for one in article.mentions if one.people]


# --- everyday words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Sin acuerdo, este año nada cambia. Cada uno gana. Anda, ama y haga frío: manos a la obra."),
        (
            "es",
            "Este hombre es de este pueblo. Caza y pesca. Sana convivencia. Cita previa. Paro en el sector.",
        ),
        ("pt", "Ao vivo: acompanhe. Perto de mil pessoas. Fez sol. Luta contra a dengue. Volta às aulas."),
        (
            "de",
            "Dabei entstand Schaden. Oma rettet Enkel. Ein Gerät brannte. Die Türen blieben zu. Tage später.",
        ),
        (
            "fr",
            "Seul contre tous. Vin : la récolte baisse. Mon avis est simple. Pari gagné. Sucre et sel. Gaz cher.",
        ),
        ("en", "Siri and Alexa answered. Ooma rose. Dining out. Oral exams begin. He is a Man. Soul music."),
        ("ar", "وأضاف بأنه متفائل، وأن كل سنة لها ميزانية. ويلتقي الفريقان الأربعاء لأول مرة."),
        (
            "ar",
            "قالت وزارة الداخلية ووزارة المالية إن الدولة والعاصمة والمدينة الجديدة بخير. الخبر سار والصور جميلة.",
        ),
        ("ar", "وقال محمد بن علي إن دولة القانون قائمة."),
    ],
)
def test_everyday_words_are_no_places(gazetteer: Gazetteer, language: str, text: str) -> None:
    assert named(read(gazetteer, text, language)) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Il vit à Reading, en Angleterre.", "Reading GB, Angleterre GB"),
        ("en", "They flew to Fez.", "Fez MA"),
        ("es", "Viajó a Fez y a Tetuán.", "Fez MA, Tetuán MA"),
        ("pt", "Foi de Lisboa a Moscovo e a Praga.", "Lisboa PT, Moscovo RU, Praga CZ"),
        ("de", "Er flog von Mailand nach Kiew.", "Mailand IT, Kiew UA"),
        ("ar", "وصل إلى مدينة العين في الإمارات", "مدينة العين AE, الإمارات AE"),
        ("ar", "ودعا حاكم فلوريدا إلى الهدوء", "فلوريدا US"),
    ],
)
def test_a_word_of_one_language_is_a_place_in_another(
    gazetteer: Gazetteer, language: str, text: str, expected: str
) -> None:
    assert (
        ", ".join(f"{name} {country}" for name, country in named(read(gazetteer, text, language))) == expected
    )


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "Este vive aquí.", []),
        ("de", "Ein Este und zwei Esten kamen.", [("Este", "EE"), ("Esten", "EE")]),
        ("de", "In Italien leben Italiener.", [("Italiener", "IT")]),
        ("fr", "Le gouvernement indien a protesté.", [("indien", "IN")]),
    ],
)
def test_words_for_people_are_of_a_language(
    gazetteer: Gazetteer, language: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert people(read(gazetteer, text, language)) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le texte est en français. Elle parle espagnol. La langue anglaise gagne."),
        ("es", "Habla español. El libro salió en francés, y luego en alemán."),
        ("en", "She speaks German. The signs are in Spanish."),
        ("de", "Das Buch ist auf Spanisch."),
        ("ar", "يتعلم الطلاب اللغة الفرنسية"),
    ],
)
def test_a_language_is_not_its_country(gazetteer: Gazetteer, language: str, text: str) -> None:
    assert read(gazetteer, text, language).mentions == ()


def test_the_people_of_a_country_are_told_from_the_country_of_that_name(gazetteer: Gazetteer) -> None:
    assert named(read(gazetteer, "Er kam aus Polen nach Italien.", "de")) == [
        ("Polen", "PL"),
        ("Italien", "IT"),
    ]
    assert named(read(gazetteer, "وأعلنت السعودية الخبر", "ar")) == [("السعودية", "SA")]


# --- persons, clubs, venues --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Israel Adesanya met India Arie and Rosario Flores."),
        ("es", "Rosario Flores cantó en el Palau."),
        ("es", "El Banco sube los tipos."),
        ("es", "El Benfica ganó; al Valencia le faltó suerte."),
        ("pt", "O Vitória empatou com o Santos."),
        ("pt", "No Natal as lojas fecham. Feliz Natal!"),
    ],
)
def test_persons_clubs_and_feasts_are_no_places(gazetteer: Gazetteer, language: str, text: str) -> None:
    assert named(read(gazetteer, text, language)) == []


def test_a_feast_is_told_from_the_city_of_its_name(gazetteer: Gazetteer) -> None:
    assert named(read(gazetteer, "Em Natal chove muito.", "pt")) == [("Natal", "BR")]


# --- what was missed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("A fire in Nice killed two people.", "Nice", "FR"),
        ("Residents of Reading voted on Monday.", "Reading", "GB"),
        ("Reading Borough Council met.", "Reading", "GB"),
        ("Officials in Hawick said no.", "Hawick", "GB"),
        ("Police in Bath said the road was shut.", "Bath", "GB"),
        ("The night ferry to Bergen is late.", "Bergen", "NO"),
        ("They fled a suburb of Port-au-Prince.", "Port-au-Prince", "HT"),
    ],
)
def test_a_town_named_like_a_word_is_found_where_it_is_meant(
    gazetteer: Gazetteer, text: str, name: str, country: str
) -> None:
    assert (name, country) in named(read(gazetteer, text))


def test_the_article_of_a_french_name_may_be_in_the_word_before(gazetteer: Gazetteer) -> None:
    assert named(read(gazetteer, "Il va au Mans et au Puy-en-Velay.", "fr")) == [
        ("Mans", "FR"),
        ("Puy-en-Velay", "FR"),
    ]


@pytest.mark.parametrize(
    ("filing", "text"),
    [
        (Filing(name="Technopolis", country="MA", lat=33.98, lon=-6.72), "People in Technopolis said no."),
        (Filing(name="Technopolis", country="MA", lat=33.98, lon=-6.72), "Technopolis said no."),
        (Filing(name="Reading", country="GB"), "Reading voted."),
    ],
)
def test_a_name_that_is_filed_needs_no_weighing(gazetteer: Gazetteer, filing: Filing, text: str) -> None:
    assert [name for name, _ in named(read(gazetteer.filed([filing]), text))] == [filing.name]


def test_a_filing_says_which_of_several_places_is_meant(gazetteer: Gazetteer) -> None:
    filed = gazetteer.filed([Filing(name="Córdoba", country="ES")])
    assert named(read(gazetteer, "Llovió en Córdoba.", "es")) == [("Córdoba", "AR")]
    assert named(read(filed, "Llovió en Córdoba.", "es")) == [("Córdoba", "ES")]


def test_a_blocked_name_blocks_the_people_of_that_name(gazetteer: Gazetteer) -> None:
    assert people(read(gazetteer.filed([Filing(name="Este", block=True)]), "Ein Este kam.", "de")) == []


# --- which one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "name", "country"),
    [
        ("en", "Clashes in Tripoli. The Lebanese army sent men from Beirut.", "Tripoli", "LB"),
        ("en", "Georgia governor signs the bill. Voters in Atlanta cheered.", "Georgia", "US"),
        ("en", "The Georgia Legislature meets in January.", "Georgia", "US"),
        ("de", "Das Museum in Frankfurt (Oder) öffnet.", "Frankfurt (Oder)", "DE"),
        ("fr", "À Bienne et à Sion, comme à Genève, la neige tombe.", "Sion", "CH"),
        ("fr", "À Bienne et à Sion, comme à Genève, la neige tombe.", "Bienne", "CH"),
        ("ar", "يستضيف الأردن قمة في عمان", "عمان", "JO"),
        ("ar", "وصل الملك إلى عمّان", "عمّان", "JO"),
        ("ar", "أعلنت سلطنة عمان", "عمان", "OM"),
        ("pt", "Chove em Brasília e no Ceará.", "Brasília", "BR"),
    ],
)
def test_a_name_of_several_places_means_the_likely_one(
    gazetteer: Gazetteer, language: str, text: str, name: str, country: str
) -> None:
    assert (name, country) in named(read(gazetteer, text, language))


def test_ceara_is_the_state_not_its_capital(gazetteer: Gazetteer) -> None:
    (mention,) = read(gazetteer, "Choveu no Ceará.", "pt").mentions
    assert (mention.place.name, mention.place.kind) == ("Ceará", "admin1")


@pytest.mark.parametrize(
    ("language", "source", "text", "name", "country"),
    [
        ("en", of("GB"), "NEWCASTLE (AP) - A man was held in Newcastle.", "Newcastle", "GB"),
        ("en", of("AU"), "A man was held in Newcastle.", "Newcastle", "AU"),
        ("en", of("GB"), "The president spoke in Washington.", "Washington", "US"),
        ("en", of("GB"), "West Midlands Police said no.", "West Midlands", "GB"),
        ("pt", of("BR"), "Choveu em Salvador.", "Salvador", "BR"),
        ("fr", of("FR"), "Vienne : le nucléaire iranien. Téhéran et Washington se parlent.", "Vienne", "AT"),
        ("fr", of("FR"), "La Vienne déborde près de Limoges.", "Vienne", "FR"),
        ("es", of("ES"), "Nieva en Granada.", "Granada", "ES"),
    ],
)
def test_the_country_of_the_source_decides_within_reason(
    gazetteer: Gazetteer, language: str, source: Source, text: str, name: str, country: str
) -> None:
    assert (name, country) in named(read(gazetteer, text, language, source=source))


MIXED = (
    "A fire in Madison, Jackson and Cambridge, Mass., was put out.",
    "The band will play in Mobile, Alabama, in Orange, California, and in Victoria, Texas.",
    "The museum of Paris, Texas, reopens; people came from Dallas and Tulsa.",
    "The governor of Georgia signed the law in Atlanta.",
    "Prices rose in Minnesota and Iowa.",
    "Shops in Manchester were full.",
    "The council of Reading met. Tilehurst gets a lane.",
)


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("A man was held in Birmingham.", "Birmingham", "GB"),
        ("The president spoke in Washington.", "Washington", "US"),
        ("Moçambique and Cabo Verde signed.", "Moçambique", "MZ"),
        ("Moçambique and Cabo Verde signed.", "Cabo Verde", "CV"),
        ("A fire broke out in Birmingham, Alabama.", "Birmingham", "US"),
    ],
)
def test_habits_outweigh_neither_the_country_of_the_source_nor_what_is_said(
    gazetteer: Gazetteer, text: str, name: str, country: str
) -> None:
    source, habits = of("GB", "Reading", "Berkshire"), Habits()
    for known in MIXED * 3:
        habits = learn(habits, read(gazetteer, known, source=source, habits=habits), NOW)
    assert (name, country) in named(read(gazetteer, text, source=source, habits=habits))


# --- terms and breadcrumbs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crumbs", "text", "source", "expected"),
    [
        (("Inicio", "Andalucía", "Córdoba"), "Abren los patios.", of(None), {"Andalusia", "Córdoba ES"}),
        (("Córdoba",), "Llovió en Sevilla y en Málaga.", of(None), {"Córdoba ES"}),
        (("Córdoba",), "Abren los patios.", of("AR"), {"Córdoba AR"}),
        (("Inicio", "México"), "Abren los museos.", of("MX"), {"Mexico"}),
        (("Central", "Victoria", "Natal"), "Abren los museos.", of(None), set()),
    ],
)
def test_a_breadcrumb_is_read_in_the_light_of_the_others(
    gazetteer: Gazetteer, crumbs: tuple[str, ...], text: str, source: Source, expected: set[str]
) -> None:
    article = replace(read(gazetteer, text, "es"), breadcrumb=crumbs)
    found = [one.place for one in locate(article, source, gazetteer).mentions if one.role == "feed"]
    assert {
        f"{place.name} {place.country}" if place.kind == "city" else place.name for place in found
    } == expected


# --- how places are called ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Рязань", "Ryazan"),
        ("Wallonie", "Wallonia"),
        ("Comunidad de Madrid", "Community of Madrid"),
        ("Sitten", "Sion"),
        ("Misrata", "Misrata"),
        ("Bayern", "Bavaria"),
        ("Comunidad Foral de Navarra", "Navarre"),
        ("County Durham", "County Durham"),
    ],
)
def test_a_place_is_shown_by_its_usual_name(gazetteer: Gazetteer, name: str, shown: str) -> None:
    assert gazetteer.find(name)[0].name == shown


@pytest.mark.parametrize(
    ("name", "country", "inside", "outside"),
    [
        ("Boston", "US", {"New England", "North America"}, {"Bay Area", "Deep South", "Midwest"}),
        ("Chicago", "US", {"Midwest"}, {"New England"}),
        ("Leeds", "GB", {"Europe", "Great Britain"}, {"Scotland", "Wales", "England"}),
        ("Belfast", "GB", {"British Isles"}, {"Great Britain"}),
        ("Managua", "NI", {"North America", "Central America", "Latin America"}, {"South America"}),
        ("Noumea", "NC", {"Oceania"}, set()),
    ],
)
def test_a_place_lies_in_its_own_regions_only(
    gazetteer: Gazetteer, name: str, country: str, inside: set[str], outside: set[str]
) -> None:
    regions = set(gazetteer.find(name, country=country)[0].regions)
    assert inside <= regions
    assert not outside & regions


# --- the own set -------------------------------------------------------------------------------


def documents() -> Iterator[dict[str, object]]:
    for path in LABELLED:
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def test_every_expected_name_stands_in_its_text() -> None:
    found = list(documents())
    assert len(found) >= 120
    assert len({one["id"] for one in found}) == len(found)
    for one in found:
        assert isinstance(one["places"], list)
        assert all(name in f"{one['title']} {one['text']}" for name, _ in one["places"])


@pytest.mark.parametrize("path", LABELLED, ids=lambda path: path.stem)
def test_most_names_of_a_language_are_found_and_few_others(gazetteer: Gazetteer, path: Path) -> None:
    right = found = expected = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        article = read(
            gazetteer, one["text"], one["language"], title=one["title"], source=of(one.get("country"))
        )
        got, gold = set(named(article)), {(name, country) for name, country in one["places"]}
        right, found, expected = right + len(got & gold), found + len(got), expected + len(gold)
    assert right / found > 0.85
    assert right / expected > 0.8
