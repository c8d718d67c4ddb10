"""Which views a stored article is in, and which rules speak of it, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from aggregator.cli.names import names
from aggregator.filters import Text, configured, spans, verdicts
from aggregator.locate import Gazetteer
from aggregator.poll.roll import clock
from aggregator.schema import Article, Settings

BEFORE, PASSAGE = 60, 200
"""Characters that are shown of a text before the first word that is marked, and in all."""


def say_verdicts(article: Article, wanted: Settings, gazetteer: Gazetteer) -> None:
    """Prints a line for each rule that speaks of the article and for each view, and the words that are looked for."""
    known = configured(names(gazetteer)(wanted), wanted)
    click.secho("── views and rules", bold=True)
    for one in verdicts(article, wanted, known, clock()):
        what = (
            f"rule says {one.name}" if one.kind == "rule" else f"{'in' if one.holds else 'not in'} {one.name}"
        )
        terms = ", ".join(f"{term.text} {'holds' if term.holds else 'does not hold'}" for term in one.terms)
        click.echo(f"   {what} ({one.origin}): {terms or 'nothing is asked'}")
        for passage in _passages((article.title, article.text), one.words):
            click.echo(f"     {passage}")


def _passages(texts: Sequence[str], wanted: Sequence[Text]) -> Iterator[str]:
    """Of each text where the words stand first, with these in brackets."""
    for text in texts:
        found = spans(text, wanted)
        if not found:
            continue
        start = max(0, found[0][0] - BEFORE)
        end = max(start + PASSAGE, found[0][1])
        pieces, last = ["… " if start else ""], start
        for first, after in found:
            if after <= end:
                pieces += [text[last:first], click.style(f"[{text[first:after]}]", bold=True)]
                last = after
        pieces += [text[last:end], " …" if end < len(text) else ""]
        yield " ".join("".join(pieces).split())
