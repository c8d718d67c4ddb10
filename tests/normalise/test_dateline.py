from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalise.dateline import dateline

OPENINGS = {
    "Rabat – The council": "Rabat",
    "RABAT (AP) — The council": "RABAT",
    "NEW YORK (AP) — A man": "NEW YORK",
    "PARIS, Jan. 5 (Reuters) - The president": "PARIS",
    "RABAT, Morocco (AP) — The council": "RABAT, Morocco",
    "WASHINGTON, D.C. – The court": "WASHINGTON, D.C.",
    "KYIV/MOSCOW, Jan 5 (Reuters) - Talks": "KYIV/MOSCOW",
    "LONDON, Jan. 5, 2018 /PRNewswire/ -- Today": "LONDON",
    "The Hague – Judges met": "The Hague",
    "St. Louis – The mayor": "St. Louis",
    "Paris, 5 janvier 2018 (AFP) - Le président": "Paris",
    "Madrid, 5 ene (EFE).- El gobierno": "Madrid",
    "Rio de Janeiro (Brasil), 5 ene (EFE).- El": "Rio de Janeiro (Brasil)",
    "Berlin (dpa) - Die Regierung": "Berlin",
    "Frankfurt/Main (dpa) - Die Bank": "Frankfurt/Main",
    "São Paulo - O presidente": "São Paulo",
    "Lisboa, 05 jan 2024 (Lusa) - O governo": "Lisboa",
    "الرباط - أعلن المجلس": "الرباط",
    "الدار البيضاء – أعلن": "الدار البيضاء",
    "القاهرة (أ ف ب) - قال": "القاهرة",
    "الرباط، 5 يناير (و م ع) - أعلن": "الرباط",
    "دبي، الإمارات العربية المتحدة (رويترز) – قال": "دبي، الإمارات العربية المتحدة",
    "الرباط – (أ ف ب): أعلن": "الرباط",
    "SPRINGFIELD, Ill. (AP) — The mayor": "SPRINGFIELD, Ill.",
    "NEW DELHI: The minister": "NEW DELHI",
    "BERLIN. Der Bundestag tagt": "BERLIN",
    "BERLIN taz | Der Bundestag tagt": "BERLIN",
    "MADRID, 5 Ene. (EUROPA PRESS) - El": "MADRID",
    "Paris, le 5 janvier 2026 – Le": "Paris",
    "Ciudad de México.- El gobierno": "Ciudad de México",
    "BRASÍLIA, 5 Jan (Reuters) - O": "BRASÍLIA",
    "São Paulo, 5 de janeiro de 2026 – O": "São Paulo",
    "Frankfurt am Main – Die Bank wächst": "Frankfurt am Main",
    "Wien, 5. Januar (APA) – Die": "Wien",
    "(Reuters) - The company": "",
    "AFP - Le ministre": "",
    "Nairobi, Kenya — The court": "Nairobi, Kenya",
    "Springfield, Ill. – The mayor": "Springfield, Ill.",
    "Washington, D.C. – The court": "Washington, D.C.",
    "Islamabad: The minister": "Islamabad",
    "St. Louis: The mayor": "St. Louis",
    "Hamburg. Ein Mann wurde": "Hamburg",
    "HARARE. A man": "HARARE",
    "Kathmandu, Jan 5: The minister": "Kathmandu",
    "Accra, Jan. 5, GNA - The minister": "Accra",
    "KAMPALA | Daily Monitor | The minister": "KAMPALA",
    "Dakar, Sénégal | APS | Le ministre": "Dakar, Sénégal",
    "بيروت: أعلن المجلس": "بيروت",
    "دمشق-سانا أعلن المجلس": "دمشق",
}
OTHERS = [
    "WARNING: The road", "FOOTBALL: Le club", "Santé – Le virus", "Deportes – El club", "Wirtschaft – Die Bank",
    "Esporte – O clube", "رياضة - فاز الفريق", "Covid-19 – The virus", "Mr. Smith – The man", "Dear Sir – The plan",
    "", "–", "The city – Once", "Paris – the capital – is", "Paris-based company", "BREAKING: Fire",
    "Update – The", "Exclusive - He", "Monday – The", "John likes Paris - He", "A – B", "عاجل - قال",
    "الشرطة قالت أمس إن - الرجل", "One Two Three Four – Five", "rabat – The council", "Vidéo – Le",
    "Última hora – El", "Washington—the place", "Rabat – Casablanca", "Madrid – Barcelona 2:1 (0:0)",
    "Liverpool - Arsenal: The", "Blondie - Heart of Glass 1979", "Spain – A country of 47 million – votes on Sunday.",
    "Madrid: Courtois saved. Barcelona: Pedri scored.", "Paris. Berlin. Rome. Three cities", "Jordan: I was there.",
    "Monday, Jan 5: The market", "إيران: لن نتفاوض",
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), OPENINGS.items())
def test_a_place_that_opens_the_text_is_recognised(text: str, place: str) -> None:
    found = dateline(text, bool)
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize("text", OTHERS)
def test_another_opening_is_no_dateline(text: str) -> None:
    assert dateline(text, bool) is None


@given(st.text(alphabet="Aab.,-–—( )/15éÀء ") | st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    found = dateline(text, bool)
    assert found is None or 0 < found.length <= len(text)


def test_a_long_text_is_only_read_at_its_start() -> None:
    for text in ("A" * 1_000_000, "Aa Bb " * 200_000):
        assert dateline(text, bool) is None


def test_without_agency_or_date_only_a_place_is_a_dateline() -> None:
    for text in (
        "Apple – The company",
        "APPLE: The company",
        "أبل – قالت الشركة",
        "Apple, Ill. – The company",
        "Apple: The company",
        "Apple. The company",
        "Apple | The company",
        "Concert, Jan. 5: The choir",
        "Macron, France – The president",
        "أبل: قالت الشركة",
    ):
        assert dateline(text, lambda _: False) is None


def test_two_things_with_a_comma_between_are_no_dateline_though_the_second_is_a_place() -> None:
    assert dateline("Smith, England – The captain", lambda name: "England" in name) is None


def test_an_agency_or_a_date_shows_a_dateline_whatever_its_place() -> None:
    for text in ("Xyzzy (AP) – The company", "Xyzzy, Jan. 5 – The company", "اكسيز (رويترز) – قالت الشركة"):
        found = dateline(text, lambda _: False)
        assert found is not None
        assert found.place


def test_the_name_is_asked_for_with_what_it_lies_in() -> None:
    asked: list[str] = []
    dateline("SPRINGFIELD, Ill. – The mayor", lambda name: bool(asked.append(name)))
    assert asked == ["SPRINGFIELD, Ill."]
