"""Rules and tests in the configuration: read strictly, each mistake with its line and the way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aggregator import settings
from aggregator.errors import SettingsError
from aggregator.filters import Keys, Names, Vocabulary, exactly, parse
from aggregator.rulings import rulings, tellings
from aggregator.schema import Rule, Settings

KNOWN = Vocabulary(
    categories=exactly({"sport"}), places=Names(lambda name: ["MA"] if name == "Morocco" else [])
)


def rule(when: str = "rain", then: str = '"hide"', more: str = "") -> str:
    return f"[[rule]]\nwhen = {when!r}\nthen = {then}\n{more}\n"


def test_a_rule_gives_its_marks_in_the_order_they_stand(load: Callable[..., Settings]) -> None:
    wanted = load(rule("dam", '["star", "tag:Water", "category:dams", "star"]', "until = 2026-12-31"))
    (found,) = wanted.rules
    assert found == Rule(
        when="dam",
        then=(("is", "starred"), ("tag", "water"), ("category", "dams")),
        until=date(2026, 12, 31),
        origin="config.toml:1",
    )


def test_an_included_file_may_hold_rules_and_tests(load: Callable[..., Settings]) -> None:
    more = rule() + '[[test]]\ntext = "Rain"\nexpect.places = ["-MA"]\n'
    wanted = load('include = ["sources/*.toml"]', more=more)
    assert wanted.rules[0].origin == "sources/more.toml:1"
    assert wanted.tests[0].expect.places == ("-MA",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rule]]\nthen = "hide"', "config.toml:1: this [[rule]] has no when; add when = "),
        ('[[rule]]\nwhen = "rain"', "config.toml:1: this [[rule]] has no then; add then = "),
        (rule(""), "config.toml:2: when = \"\": it is empty and would speak of every article"),
        (rule("ran: x"), "config.toml:2: when = \"ran: x\": wrong at character 1; There is no field “ran”"),
        (rule("source:bbc"), "config.toml:2: when = \"source:bbc\": wrong at character 8; There is no source “bbc”"),
        (rule("rain since:7d"), "config.toml:2: when = \"rain since:7d\": it counts back from now"),
        (rule("story:ab12"), "config.toml:2: when = \"story:ab12\": it asks for a story, which is told only after"),
        (rule("is:hidden"), "config.toml:2: when = \"is:hidden\": it asks what other rules say"),
        (rule("rain", '"delete"'), 'config.toml:3: then = "delete": "delete" is nothing a rule can do; write "hide"'),
        (rule("rain", '"notify:ana"'), 'config.toml:3: then = "notify:ana": there is no [[notify]]; add one with id'),
        (
            rule("rain", '"notify:ana"') + '[[notify]]\nid = "anna"\nurl = "https://a.example"',
            'config.toml:3: then = "notify:ana": there is no [[notify]] of this id; did you mean "anna"?',
        ),
        ('[[notify]]\nurl = "https://a.example"', "config.toml:1: this [[notify]] has no id; add id = "),
        ('[[notify]]\nid = "ana"', "config.toml:1: this [[notify]] has no url; add url = "),
        (
            '[[notify]]\nid = "ana"\nurl = "https://me:hush@a.example/x"',
            "config.toml:3: url = ***: it must be an address without user name",
        ),
        (
            '[[notify]]\nid = "ana"\nurl = "https://a.example"\n' * 2,
            'config.toml:5: id = "ana": the target at config.toml:2 has the same id',
        ),
        (rule("rain", '"tag:"'), "config.toml:3: then = \"tag:\": “” is no tag id"),
        (rule("rain", "[]"), 'config.toml:3: then = []: it is empty; write "hide"'),
        (rule(more="until = '2026-12-31'"), 'config.toml:4: until = "2026-12-31": it must be a day; write it without'),
        (rule(more="untill = 1"), 'config.toml:4: untill = …: unknown key; did you mean "until"?'),
        ('[[test]]\ntext = "x"', "config.toml:1: this [[test]] expects nothing; add expect.places"),
        ('[[test]]\nexpect.views = ["a"]', 'config.toml:1: this [[test]] has no text; add text = '),
        (
            '[[test]]\ntext = "x"\nexpect.views = ["marocco"]\n[[view]]\nname = "morocco"\nfilter = "place:MA"',
            'config.toml:3: expect.views = "marocco": there is no view of this id; did you mean "morocco"?',
        ),
        ('[[test]]\ntext = "x"\nexpect.place = ["a"]', 'config.toml:3: place = …: unknown key; did you mean "places"?'),
        (
            '[[test]]\ntext = "x"\nsource = "a"\nexpect.places = ["MA"]',
            'config.toml:3: source = "a": there is no source of this id',
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(refused: Callable[..., list[str]], text: str, said: str) -> None:
    assert refused(text)[0].startswith(said)


def test_what_rules_give_can_be_named_by_views_and_not_by_rules(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    given = rule("place:Morocco", '["tag:atlas", "category:dams"]')
    view = '[[view]]\nname = "dams"\nfilter = "category:dams tag:atlas is:starred"\n'
    path.write_text(given + view)
    wanted = settings.load(path, lambda _: KNOWN)
    now = datetime(2026, 1, 15, tzinfo=UTC)
    assert [one.tree for one in rulings(wanted, KNOWN, now)] == [Keys("place", ("MA",))] * 3
    for when in ("category:dams", "in:dams", "category:sport tag:atlas"):
        path.write_text(given + view + rule(when))
        with pytest.raises(SettingsError, match="it asks what other rules say"):
            settings.load(path, lambda _: KNOWN)
    path.write_text(given + view.replace("tag:atlas", "tag:atlsa"))
    with pytest.raises(SettingsError, match="There is no tag “atlsa”; did you mean atlas"):
        settings.load(path, lambda _: KNOWN)


def test_a_rule_holds_through_its_last_day(load: Callable[..., Settings]) -> None:
    wanted = load(rule(more="until = 2026-01-15"))
    last = datetime(2026, 1, 15, 23, 59, tzinfo=UTC)
    assert [one.tree for one in rulings(wanted, KNOWN, last)] == [parse("rain")]
    assert rulings(wanted, KNOWN, datetime(2026, 1, 16, tzinfo=UTC)) == ()


def test_a_category_brings_those_it_is_part_of_and_a_name_stands_for_its_topic(
    load: Callable[..., Settings],
) -> None:
    wanted = load(rule("dam", '["category:dams", "category:Sport", "category:new"]'))
    broader = {"dams": ("Dams", "water", "medtop:06000000"), "medtop:15000000": ("sport",)}
    known = Vocabulary(
        categories=Names(lambda id: {"dams": ["dams"], "sport": ["medtop:15000000"]}.get(id, [])),
        filing=lambda id: broader.get(id, (id,)),
    )
    found = rulings(wanted, known, datetime(2026, 1, 15, tzinfo=UTC))
    assert [(one.kind, one.value, one.name, one.told) for one in found] == [
        ("category", "dams", "Dams", True),
        ("category", "water", "water", False),
        ("category", "medtop:06000000", "medtop:06000000", False),
        ("has", "category", "", False),
        ("category", "medtop:15000000", "sport", True),
        ("category", "new", "new", True),
    ]


def test_a_rule_that_tells_gives_no_mark(load: Callable[..., Settings]) -> None:
    wanted = load(
        rule("dam", '["notify:ana", "star"]') + '[[notify]]\nid = "ana"\nurl = "https://a.example"\n'
    )
    now = datetime(2026, 1, 15, tzinfo=UTC)
    assert [one.value for one in rulings(wanted, KNOWN, now)] == ["starred"]
    assert tellings(wanted, KNOWN, now) == (("ana", parse("dam")),)
