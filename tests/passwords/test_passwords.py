"""What is stored in place of a password."""

import pytest

from aggregator.passwords import complaint, hashed, matches


def test_a_hash_knows_its_password_and_no_other() -> None:
    stored = hashed("correct horse")
    assert stored.startswith("$argon2id$")
    assert "horse" not in stored
    assert hashed("correct horse") != stored
    assert matches("correct horse", stored)
    assert not matches("correct horsf", stored)
    assert not matches("", stored)


def test_nobody_has_a_password_that_matches_nothing() -> None:
    for said in ("", "correct horse", "x" * 100_000):
        assert not matches(said, None)
        assert not matches(said, "no hash")


def test_characters_that_look_alike_count_as_one() -> None:
    assert matches("pa\u0301ssword\uff11\ud800", hashed("p\u00e1ssword1?"))


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_password_has_a_length(password: str) -> None:
    assert "10 to 1000 characters" in complaint(password)


def test_a_long_sentence_will_do() -> None:
    assert complaint("ten letters") == ""
