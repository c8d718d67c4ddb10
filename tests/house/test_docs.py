"""The documentation names what there is: every key of the configuration, every command, every linked file."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from msgspec.structs import fields

from aggregator import settings
from aggregator.cli import main
from aggregator.cli.names import names
from aggregator.filters import FIELDS, parse
from aggregator.locate import Gazetteer
from aggregator.schema import (
    CategoryRule,
    FetchSettings,
    Host,
    Notify,
    OidcSettings,
    RetentionSettings,
    Rule,
    ServiceSettings,
    Source,
    StoreSettings,
    Trial,
    View,
    WebSettings,
    replace,
)

ROOT = Path(__file__).parents[2]
NOT_WRITTEN = {"origin", "hosts", "rules", "tests", "notify", "oidc"}
"""Fields that the program fills in itself."""
WRITTEN_AS = {(View, "id"): "name"}
"""Keys whose name in the file differs from the field's."""
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")


def keys() -> Iterator[tuple[type, str]]:
    for table in (
        ServiceSettings,
        StoreSettings,
        RetentionSettings,
        FetchSettings,
        Host,
        Notify,
        WebSettings,
        OidcSettings,
        Source,
        CategoryRule,
        Rule,
        Trial,
        View,
    ):
        for field in fields(table):
            if field.name not in NOT_WRITTEN:
                yield table, WRITTEN_AS.get((table, field.name), field.name)


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


def test_every_key_of_the_configuration_is_documented() -> None:
    text = (ROOT / "docs" / "config.md").read_text()
    assert [(table.__name__, key) for table, key in keys() if f"`{key}`" not in text] == []


def test_every_field_of_the_filter_language_is_documented() -> None:
    text = (ROOT / "docs" / "filters.md").read_text()
    assert [field for field in FIELDS if f"`{field}:" not in text] == []


def test_the_filters_of_the_documentation_are_right(gazetteer: Gazetteer) -> None:
    (block,) = re.findall(r"```filter\n(.*?)```", (ROOT / "docs" / "filters.md").read_text(), re.S)
    known = names(gazetteer)(replace(settings.load(ROOT / "config.toml"), sources=()))
    for line in block.splitlines():
        assert parse(line, dataclasses.replace(known, views={"morocco": "place:MA"}))


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    assert [path for path, _ in commands(main, "dateline") if f"`{path}" not in text] == []


def test_every_option_of_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    missing = [
        f"{path} {parameter.opts[0]}"
        for path, command in commands(main, "dateline")
        for parameter in command.params
        if isinstance(parameter, click.Option) and not re.search(rf"`[^`]*{parameter.opts[0]}\b", text)
    ]
    assert missing == []


def test_every_command_in_the_documentation_exists() -> None:
    text = "".join(path.read_text() for path in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
    known = {path for path, _ in commands(main, "dateline")}
    written = {" ".join(words.split()) for words in re.findall(r"`(dateline [a-z]+)", text)}
    assert written - known == set()


def test_every_make_target_in_the_documentation_exists() -> None:
    text = "".join(path.read_text() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", text)) - targets == set()


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_relative_link_leads_to_a_file(name: str) -> None:
    assert broken_links(ROOT / name) == []


def test_every_relative_link_of_the_docs_leads_to_a_file() -> None:
    assert [link for path in (ROOT / "docs").glob("*.md") for link in broken_links(path)] == []


def broken_links(path: Path) -> list[str]:
    links = LINK.findall(path.read_text())
    return [
        f"{path.name}: {link}"
        for link in links
        if "://" not in link and not link.startswith("mailto:") and not (path.parent / link).exists()
    ]


def test_the_documented_rooms_are_those_of_the_import_table() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rooms = {
        path.stem if path.suffix else path.name
        for path in (ROOT / "aggregator").iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert {room for room in rooms if not re.search(rf"`aggregator/{room}(\.py|/)`", text)} == set()


def test_the_worked_example_of_a_step_passes_its_own_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    tests, step, _ = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "add-a-step.md").read_text(), re.S)
    module = ModuleType("aggregator.classify.long_read")
    exec(step, module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    written: dict[str, object] = {}
    exec(tests, written)
    passed = [test() for name, test in written.items() if name.startswith("test_") and callable(test)]
    assert passed == [None, None]
