"""Why an article is in a view or not: the terms that decide it, as they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.filters.grammar import parse, written
from aggregator.filters.marks import spoken
from aggregator.filters.match import matches
from aggregator.filters.ruling import HIDDEN, unhidden
from aggregator.filters.tree import And, Everything, Filter, Keys, Not, Or, Text
from aggregator.filters.vocabulary import Vocabulary
from aggregator.schema import Article, Settings, replace


@dataclass(frozen=True, slots=True)
class Term:
    """One condition, and whether it holds."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a view or a rule finds an article, and by which terms."""

    kind: Literal["view", "rule"]
    id: str = ""
    """Of the view; rules have none."""
    name: str
    """Title of the view; what the rule says."""
    origin: str
    """`file:line` of its table."""
    holds: bool
    terms: tuple[Term, ...]
    """What decides; none if nothing is asked."""
    words: tuple[Text, ...] = ()
    """If it finds the article: what it looks for and the article says, to be marked."""


def verdicts(article: Article, wanted: Settings, known: Vocabulary, now: datetime) -> tuple[Verdict, ...]:
    """One for each rule that holds and speaks of the article, and one for each view; with `known` as `configured`."""
    bare = replace(article, marks=())
    found = []
    for rule in wanted.rules:
        tree = parse(rule.when, known)
        if (rule.until is None or now.date() <= rule.until) and matches(tree, bare, now=now):
            name = ", ".join(value if kind == "is" else f"{kind}:{value}" for kind, value in rule.then)
            terms = _deciding(tree, bare, now, written(rule.when, known))
            found.append(
                Verdict(
                    kind="rule",
                    name=name,
                    origin=rule.origin,
                    holds=True,
                    terms=terms,
                    words=_said(tree, bare, now),
                )
            )
    for view in wanted.views:
        tree = unhidden(parse(view.filter, known, inside=(view.id,)))
        holds = matches(tree, article, now=now)
        found.append(
            Verdict(
                kind="view",
                id=view.id,
                name=view.title,
                origin=view.origin,
                holds=holds,
                words=_said(tree, article, now) if holds else (),
                terms=_deciding(tree, article, now, written(view.filter, known, inside=(view.id,))),
            )
        )
    return tuple(found)


def _said(tree: Filter, article: Article, now: datetime) -> tuple[Text, ...]:
    return tuple(leaf for leaf in spoken(tree) if matches(leaf, article, now=now))


def _deciding(tree: Filter, article: Article, now: datetime, texts: Mapping[Filter, str]) -> tuple[Term, ...]:
    """The terms without which it would come out otherwise: of what must all hold, the first that does not."""

    def decide(tree: Filter) -> list[Term]:
        match tree:
            case Everything():
                return []
            case Not(part):
                return decide(part)
            case And(parts) | Or(parts):
                fails = isinstance(tree, Or)
                odd = next((part for part in parts if matches(part, article, now=now) == fails), None)
                return decide(odd) if odd is not None else [term for part in parts for term in decide(part)]
        return [Term(texts.get(tree) or _shown(tree), matches(tree, article, now=now))]

    # That it is not hidden is worth no word.
    return tuple(dict.fromkeys(one for one in decide(tree) if one != Term(_shown(HIDDEN), False)))


def _shown(leaf: Filter) -> str:
    """A term that nobody wrote so: several joined into one."""
    if isinstance(leaf, Keys):
        return " OR ".join(f"{leaf.kind}:{value.removeprefix('name:')}" for value in leaf.values)
    return str(leaf)
