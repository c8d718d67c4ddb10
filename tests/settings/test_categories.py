"""`[[category]]`: categories of the admin's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator import settings
from aggregator.errors import SettingsError
from aggregator.schema import Settings

DAMS = '[[category]]\nid = "dams"\nparent = "medtop:06000000"\nwords = ["dam", "reservoir*"]\nnot_words = ["damn"]\n'


def load(folder: Path, text: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text)
    return settings.load(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as error:
        load(folder, text)
    return str(error.value)


@pytest.mark.parametrize("words", ["AT&T", "C++", "*minister", "green hydrogen", "سد", "l'eau*", "C"])
def test_words_of_every_kind_can_be_looked_for(tmp_path: Path, words: str) -> None:
    (found,) = load(tmp_path, f'[[category]]\nid = "dams"\nwords = ["{words}"]\n').categories
    assert found.words == (words,)


def test_a_category_has_words_and_a_parent(tmp_path: Path) -> None:
    (found,) = load(tmp_path, DAMS + 'languages = ["en", "pt-br"]\n').categories
    assert (found.id, found.parent, found.words) == ("dams", "medtop:06000000", ("dam", "reservoir*"))
    assert (found.not_words, found.languages) == (("damn",), ("en", "pt-BR"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[category]]\nwords = ["x"]\n', "this [[category]] has no id"),
        ('[[category]]\nid = "dams"\n', "this [[category]] has no words"),
        ('[[category]]\nid = "dams"\nwords = []\n', "an article can have it by none"),
        ('[[category]]\nid = "Dams!"\nwords = ["x"]\n', 'write "dams"'),
        ('[[category]]\nid = "dams"\nwords = ["dam", "d*"]\n', '"d*" cannot be looked for'),
        ('[[category]]\nid = "dams"\nwords = ["a b c d e f g"]\n', "one to six words"),
        (DAMS + DAMS, "has the same id; give each its own"),
        (DAMS + '[[category]]\nid = "locks"\nparent = "dam"\nwords = ["x"]\n', 'did you mean "dams"?'),
        ('[[category]]\nid = "a"\nparent = "a"\nwords = ["x"]\n', "part of itself"),
        (DAMS + 'word = ["x"]\n', "word"),
    ],
)
def test_a_category_that_is_wrong_is_refused_with_the_fix(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)
