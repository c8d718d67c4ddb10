"""The tests of the configuration: articles the admin wrote, put through all steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from aggregator.cli.desk import source_of
from aggregator.cli.names import names
from aggregator.errors import SettingsError
from aggregator.filters import Ruling, Vocabulary, configured, marked, matches, operand, parse, unhidden
from aggregator.identity import identities
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.rulings import rulings
from aggregator.schema import Article, Entry, Settings, Source, Trial, all_categories, replace

_NOWHERE = Source(id="test", url="https://test.invalid/", title="Test")


def demand_expected(wanted: Settings, gazetteer: Gazetteer) -> None:
    """Raises SettingsError with a line for each expectation that is not met."""
    named = names(gazetteer)(wanted)
    known, rules = configured(named, wanted), rulings(wanted, named, clock())
    pipeline = Pipeline(gazetteer=gazetteer).configured(wanted)
    failed = [line for test in wanted.tests for line in _missed(test, wanted, known, rules, pipeline)]
    if failed:
        raise SettingsError("\n".join(failed))


def _missed(
    test: Trial, wanted: Settings, known: Vocabulary, rules: tuple[Ruling, ...], pipeline: Pipeline
) -> Iterator[str]:
    article = marked(_article(test, wanted, pipeline), rules)
    now = clock()
    views = {view.id: parse(view.filter, known, inside=(view.id,)) for view in wanted.views}
    came = {
        "places": _listed(mention.place.name for mention in article.mentions),
        "categories": _listed(one.name for one in all_categories(article)),
        "views": _listed(id for id, tree in views.items() if matches(unhidden(tree), article, now=now)),
    }
    for kind, expected in (
        ("places", test.expect.places),
        ("categories", test.expect.categories),
        ("views", test.expect.views),
    ):
        for name in expected:
            bare = name.removeprefix("-")
            if kind == "views":
                tree = unhidden(views[bare])
            else:
                tree = operand("place" if kind == "places" else "category", bare, known)
            if matches(tree, article, now=now) == name.startswith("-"):
                said = f"no {bare}" if name.startswith("-") else bare
                yield f"{test.origin}: expect.{kind}: expected {said}; what came: {came[kind]}."


def _listed(found: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(found)) or "none"


def _article(test: Trial, wanted: Settings, pipeline: Pipeline) -> Article:
    """What becomes of the text, as if its source (or one of which nothing is known) had served it."""
    paragraphs = (part.strip() for part in test.text.split("\n\n"))
    entry = Entry(
        guid=test.origin,
        title=escape(test.title, quote=False),
        content="".join(f"<p>{escape(part, quote=False)}</p>\n" for part in paragraphs if part),
        language=test.language,
    )
    (identity,) = identities((entry,))
    source = source_of(wanted, test.source) or _NOWHERE
    made = pipeline.understand(entry, identity, source, first_seen=clock())
    return replace(made, sources=(source.id,))
