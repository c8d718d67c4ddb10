"""Which views a stored article is in, and which rules speak of it, and why."""

from __future__ import annotations

import click

from aggregator.cli.names import names
from aggregator.filters import configured, verdicts
from aggregator.locate import Gazetteer
from aggregator.poll.roll import clock
from aggregator.schema import Article, Settings


def say_verdicts(article: Article, wanted: Settings, gazetteer: Gazetteer) -> None:
    """Prints a line for each rule that speaks of the article and for each view."""
    known = configured(names(gazetteer)(wanted), wanted)
    click.secho("── views and rules", bold=True)
    for one in verdicts(article, wanted, known, clock()):
        what = (
            f"rule says {one.name}" if one.kind == "rule" else f"{'in' if one.holds else 'not in'} {one.name}"
        )
        terms = ", ".join(f"{term.text} {'holds' if term.holds else 'does not hold'}" for term in one.terms)
        click.echo(f"   {what} ({one.origin}): {terms or 'nothing is asked'}")
