"""Why an article is in a view, and what a filter asks once rules are spelled out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.filters import (
    UNKNOWN,
    Ruling,
    Term,
    configured,
    marked,
    matches,
    parse,
    spelled_out,
    unhidden,
    verdicts,
)
from aggregator.schema import (
    Article,
    FetchSettings,
    Rule,
    Secret,
    ServiceSettings,
    Settings,
    StoreSettings,
    View,
    WebSettings,
)

NOW = datetime(2026, 1, 15, tzinfo=UTC)
RULINGS = (
    Ruling("is", "hidden", parse("football")),
    Ruling("tag", "water", parse("dam OR rain")),
    Ruling("tag", "water", parse("snow")),
    Ruling("category", "sport", parse("football")),
)


@pytest.mark.parametrize("title", ["Football", "The dam", "Snow", "Peace", "Football in the rain"])
@pytest.mark.parametrize(
    "text", ["", "is:hidden", "tag:water", "tag:water -category:sport", "is:hidden OR peace"]
)
def test_a_filter_spelled_out_finds_what_marks_find(
    article: Callable[..., Article], title: str, text: str
) -> None:
    plain = article(title=title)
    tree = unhidden(parse(text))
    spelled = spelled_out(tree, RULINGS)
    assert matches(spelled, plain, now=NOW) == matches(tree, marked(plain, RULINGS), now=NOW)


def settings(*views: View, rules: tuple[Rule, ...] = ()) -> Settings:
    return Settings(
        path=Path("config.toml"),
        service=ServiceSettings(),
        store=StoreSettings(url=Secret("sqlite://")),
        fetch=FetchSettings(),
        web=WebSettings(),
        sources=(),
        views=views,
        files=(),
        rules=rules,
    )


@pytest.mark.parametrize(
    ("text", "holds", "terms"),
    [
        ("", True, ()),
        ('"the dam" -snow', True, (Term('"the dam"', True), Term("snow", False))),
        ("dam snow rain", False, (Term("snow", False),)),
        ("snow OR dam", True, (Term("dam", True),)),
        ("snow OR rain", False, (Term("snow", False), Term("rain", False))),
        ("-dam", False, (Term("dam", True),)),
        ("in:other", True, (Term("dam", True),)),
        ("tag:water", True, (Term("tag:water", True),)),
        ("category:a OR category:b", False, (Term("category:a OR category:b", False),)),
    ],
)
def test_what_decides_is_said_as_it_was_written(
    article: Callable[..., Article], text: str, holds: bool, terms: tuple[Term, ...]
) -> None:
    rule = Rule(when="dam", then=(("tag", "water"),), origin="config.toml:1")
    views = View(id="asked", title="Asked", filter=text), View(id="other", title="Other", filter="dam")
    wanted = settings(*views, rules=(rule,))
    found = verdicts(marked(article(title="The dam"), RULINGS), wanted, configured(UNKNOWN, wanted), NOW)
    assert [(one.kind, one.name, one.origin) for one in found[:2]] == [
        ("rule", "tag:water", "config.toml:1"),
        ("view", "Asked", ""),
    ]
    assert (found[1].holds, found[1].terms) == (holds, terms)


def test_a_hidden_article_is_in_no_view_for_that(article: Callable[..., Article]) -> None:
    rule = Rule(when="football", then=(("is", "hidden"),), origin="config.toml:9")
    wanted = settings(View(id="a", title="A", filter="football"), rules=(rule,))
    one = marked(article(title="Football"), RULINGS)
    said, view = verdicts(one, wanted, configured(UNKNOWN, wanted), NOW)
    assert (said.origin, said.terms) == ("config.toml:9", (Term("football", True),))
    assert (view.holds, view.terms) == (False, (Term("is:hidden", True),))


def test_a_filter_has_the_digest_it_always_had() -> None:
    """Another one would have all articles marked anew after an upgrade."""
    tree = parse('football -title:"world cup" (source:a OR since:2026-01-01)')
    assert Ruling("is", "hidden", tree).digest == "2a8116de74d4e2eaadcd6904"
