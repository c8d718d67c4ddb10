"""The words of the pages in all their languages: complete, compiled, and alike in what must not differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from web.language import LANGUAGES

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in LANGUAGES if language != "en"]
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
_TAG = re.compile(r"<[^>]*>")
_CODE = re.compile(r"<(code|kbd)[^>]*>(.*?)</\1>")


def path_of(language: str) -> Path:
    return ROOT / "web" / "translations" / language / "LC_MESSAGES" / "messages.po"


def catalogue(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def said() -> set[tuple[str | tuple[str, ...], str | None]]:
    """Every message of templates and code, with its context."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT / "web", methods, options)
    return {(message, context) for _, _, message, _, context in found}


def both(message: Message) -> tuple[list[str], list[str]]:
    """The English forms of a message, and the translated ones."""
    english = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
    there = list(message.string) if isinstance(message.string, tuple | list) else [message.string]
    return english, there


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalogue(language) if message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_what_pages_say_and_nothing_else(
    language: str, said: set[tuple[str | tuple[str, ...], str | None]]
) -> None:
    ids = {
        (tuple(message.id) if isinstance(message.id, list | tuple) else message.id, message.context)
        for message in messages(language)
    }
    assert ids == said


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_in_all_its_forms(language: str) -> None:
    found = catalogue(language)
    forms = {1, found.num_plurals}
    for message in messages(language):
        english, there = both(message)
        assert all(there), english
        assert not message.fuzzy, english
        assert len(there) in forms, english
        assert (len(english) > 1) == (len(there) > 1), english


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_placeholders_tags_and_code_of_the_english(language: str) -> None:
    for message in messages(language):
        english, there = both(message)
        whole = english[-1]
        for form in there:
            wanted, got = (sorted(_PLACEHOLDER.findall(text)) for text in (whole, form))
            few = len(there) > 1  # such as "one article", which needs no number
            assert got == wanted or (few and set(got) <= set(wanted)), (whole, form)
            assert sorted(_TAG.findall(form)) == sorted(_TAG.findall(whole)), (whole, form)
            assert sorted(_CODE.findall(form)) == sorted(_CODE.findall(whole)), (whole, form)
            assert form.strip() == form or whole.strip() != whole, (whole, form)
            assert not re.search(r"%(?![(%])", form), (whole, form)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_text(language: str) -> None:
    made = BytesIO()
    write_mo(made, catalogue(language))
    assert path_of(language).with_suffix(".mo").read_bytes() == made.getvalue()
