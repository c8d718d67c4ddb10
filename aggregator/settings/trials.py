"""The tables [[test]]: articles the admin wrote, and what should become of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.errors import FilterError, SettingsError
from aggregator.filters import Vocabulary, nearest, operand
from aggregator.schema import Expected, Trial
from aggregator.settings.codes import language
from aggregator.settings.files import Table
from aggregator.settings.problems import shown
from aggregator.settings.values import identifier, line_of_text, refuse_unknown, take, texts

TEST_KEYS = ["text", "title", "language", "source", "expect"]
EXPECT_KEYS = ["places", "categories", "views"]


def tests(tables: Iterable[Table]) -> list[tuple[Table, Trial]]:
    """All tests with their tables. What they name is still to be looked up."""
    found = []
    for table in tables:
        refuse_unknown(table, TEST_KEYS)
        if "text" not in table.values:
            table.refuse('this [[test]] has no text; add text = "…"')
        text = take(table, "text", _text)
        test = Trial(
            text=text or "",
            title=take(table, "title", line_of_text) or "",
            language=take(table, "language", language) or "",
            source=take(table, "source", identifier("world-news")) or "",
            expect=_expected(table),
            origin=table.origin(),
        )
        if text is not None:
            found.append((table, test))
    return found


def check_tests(found: Iterable[tuple[Table, Trial]], known: Vocabulary) -> None:
    """Notes each source, place, category and view that there is not."""
    for table, test in found:
        if test.source and known.sources and not known.sources.find(test.source):
            table.refuse("there is no source of this id", "source", value=shown(test.source))
        for key, names in (("places", test.expect.places), ("categories", test.expect.categories)):
            for name in names:
                try:
                    operand("place" if key == "places" else "category", name.removeprefix("-"), known)
                except FilterError as error:
                    table.refuse(str(error), "expect", key, value=shown(name))
        for name in test.expect.views:
            id = name.removeprefix("-")
            if id not in known.views:
                close = nearest(id, known.views)
                advice = f'did you mean "{close}"?' if close else "write the id of a view"
                table.refuse(f"there is no view of this id; {advice}", "expect", "views", value=shown(name))


def _expected(table: Table) -> Expected:
    """What is expected; a test that expects nothing is refused."""
    values = table.values.get("expect")
    if not isinstance(values, dict) or not values:
        table.refuse(
            'this [[test]] expects nothing; add expect.places = ["…"], expect.categories or expect.views'
        )
        return Expected()
    inner = Table(
        document=table.document, path=(*table.path, "expect"), values=values, problems=table.problems
    )
    refuse_unknown(inner, EXPECT_KEYS)
    return Expected(**{key: take(inner, key, texts) or () for key in EXPECT_KEYS})


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingsError("it must be the text of an article; write it in quotes")
    return value
