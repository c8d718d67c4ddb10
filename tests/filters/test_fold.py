import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.filters import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("São Paulo", "sao paulo"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź, Tromsø & Đà Nẵng", "lodz tromso da nang"),
        ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),
        ("مُحَمَّد الربـــاط", "محمد الرباط"),
        ("Οδυσσεύς", "οδυσσευσ"),
        ("ﬁnance ２０２６", "finance 2026"),
        ("co\u00adoperation", "cooperation"),
        ("zero\u200bwidth", "zero width"),
        ("snake_case l'Iran jean-luc", "snake case l iran jean luc"),
        ("서울", "서울"),
        ("हिन्दी", "हनद"),
        ("東京2026年", "東 京 2026 年"),
        ("🦠Covid", "covid"),
        ("a\x00b\ud800c\ue000d", "a b c d"),
        ("—…!", ""),
    ],
)
def test_what_readers_do_not_mind_is_folded_away(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_folding_a_folded_character_changes_nothing() -> None:
    changed = [code for code in range(sys.maxunicode + 1) if fold(fold(chr(code))) != fold(chr(code))]
    assert changed == []


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_folded_text_is_letters_and_digits_with_single_spaces(text: str) -> None:
    assert all(word.isalnum() for word in fold(text).split(" ") if fold(text))
