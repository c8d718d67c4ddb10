"""The edits of the configuration that may mend a fault of an article, the smallest first. None is tried here."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.errors import FilterError
from aggregator.filters import Filter, Keys, all_of, any_of, fold, operand, place_keys
from aggregator.schema import Article, CategoryRule, Filing, Mention, Settings, Source, replace
from aggregator.written import line, text

_COUNTRIES = 2
"""Other countries that are offered for a name."""
_PHRASES = 3
"""Phrases that are tried to tell where a word does not mean the category."""
_LONGEST = 120
"""Characters of a line up to which it is named as a whole."""
_LABEL = re.compile(r"[^:：]{2,40}[:：](?=\s*\S)")
_IN_WORDS = ("dateline", "title", "body")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of the configuration, as text and as settings."""

    why: str
    where: str
    old: str = ""
    new: str
    """Empty if a line only goes."""
    settings: Settings
    concerned: Filter
    """The articles it may change."""
    last_resort: bool = False
    """True if it is offered only where no other edit helps."""


def place_edits(key: str, article: Article, sources: Sequence[Source], wanted: Settings) -> Iterator[Edit]:
    """For a place that is not meant; the mentions of the article name places they are not."""
    mentions = [one for one in article.mentions if place_keys(one.place)[0] == key]
    concerned: Filter = Keys("place", (key,))
    for source in sources:
        yield from _source_says(source, mentions, wanted, concerned)
    names = list(dict.fromkeys(one.text for one in mentions if one.role in _IN_WORDS))
    if not names:
        return
    concerned = any_of([concerned, *_texts(names)])
    home = {one.place.country for one in mentions}
    others = (place.country for one in mentions for place in one.rejected if place.country not in home)
    shown = ", ".join(f"“{name}”" for name in names)
    for country in list(dict.fromkeys(filter(None, others)))[:_COUNTRIES]:
        filings = [Filing(name=name, country=country) for name in names]
        why = f"{shown} is always meant as the place of that name in {country}."
        yield _filed(filings, why, wanted, concerned)
    blocks = [Filing(name=name, block=True) for name in names]
    yield _filed(blocks, f"{shown} is never meant as a place.", wanted, concerned)


def category_edits(id: str, article: Article, sources: Sequence[Source], wanted: Settings) -> Iterator[Edit]:
    """For a category the article is not about."""
    found = next(one for one in article.categories if one.id == id)
    concerned = Keys("category", (id,))
    rule = next((one for one in wanted.categories if one.id == id), None)
    if rule is not None:
        matched = [word for one in found.evidence if one.kind == "rule" for word in one.text.split(", ")]
        yield from _rule_edits(rule, matched, article, wanted, concerned)
    for source in sources:
        of_source = all_of([Keys("source", (source.id,)), concerned])
        told = [one.text for one in found.evidence if one.kind == "source"]
        if told and source.categories:
            for label in source.categories:
                rest = tuple(one for one in source.categories if one != label)
                why = f"The articles of {source.title} are not all about {label}."
                yield _of_source(source, "categories", rest, why, wanted, of_source)
        named = (*source.not_categories, found.name)
        why = f"No article of {source.title} is about {found.name}."
        yield _of_source(source, "not_categories", named, why, wanted, of_source)


def line_edits(junk: str, sources: Sequence[Source], wanted: Settings) -> Iterator[Edit]:
    """For a line that belongs to the website, not to the article."""
    junk = " ".join(junk.split())
    forms = [junk] if len(junk) <= _LONGEST else []
    if label := _LABEL.match(junk):
        forms.append(f"{label[0]}*")
    if len(junk) > _LONGEST:
        forms.append(f"{junk[:_LONGEST].rpartition(' ')[0]}*")
    forms.append(f"*{junk}*")
    for source in sources:
        for form in forms:
            bare = form.strip("*")
            if "*" in bare or len(bare) < 3:
                continue
            concerned = all_of([Keys("source", (source.id,)), *_texts([" ".join(bare.split()[:8])])])
            why = f"This line is no part of the articles of {source.title}."
            edit = _of_source(source, "cut", (*source.cut, form), why, wanted, concerned)
            yield dataclasses.replace(edit, last_resort=form.startswith("*"))


def _texts(names: Sequence[str]) -> list[Filter]:
    """Articles that hold the words; a name without a letter or digit is nothing to search for."""
    found = []
    for name in names:
        try:
            if fold(name):
                found.append(operand("any", name.rstrip("*")))
        except FilterError:
            continue
    return found


def _filed(filings: Sequence[Filing], why: str, wanted: Settings, concerned: Filter) -> Edit:
    names = {one.name.casefold() for one in filings}
    kept = tuple(one for one in wanted.places if one.name.casefold() not in names)
    rows = [
        f"{text(one.name)} = {{ block = true }}"
        if one.block
        else f"{text(one.name)} = {{ country = {text(one.country)} }}"
        for one in filings
    ]
    return Edit(
        why=why,
        where=f"{wanted.path.name}{', in its table [places]' if wanted.places else ''}",
        new="\n".join(rows if wanted.places else ["[places]", *rows]),
        settings=replace(wanted, places=(*kept, *filings)),
        concerned=concerned,
    )


def _source_says(
    source: Source, mentions: Sequence[Mention], wanted: Settings, concerned: Filter
) -> Iterator[Edit]:
    """The source itself is configured to write about the place."""
    if not any(one.role == "source" for one in mentions):
        return
    of_source = all_of([Keys("source", (source.id,)), concerned])
    if source.country and any(one.place.kind == "country" for one in mentions):
        yield Edit(
            why=f"The articles of {source.title} are not all about this country.",
            where=source.origin,
            old=line("country", source.country),
            new="",
            settings=_with_source(wanted, replace(source, country=None)),
            concerned=of_source,
        )
    for name in source.places:
        rest = tuple(one for one in source.places if one != name)
        why = f"The articles of {source.title} are not all about {name}."
        yield _of_source(source, "places", rest, why, wanted, of_source)


def _rule_edits(
    rule: CategoryRule, matched: Sequence[str], article: Article, wanted: Settings, concerned: Filter
) -> Iterator[Edit]:
    for phrase in list(dict.fromkeys(_phrases(matched, article)))[:_PHRASES]:
        why = f"“{phrase}” does not mean {rule.id}."
        yield _of_rule(rule, "not_words", (*rule.not_words, phrase), why, wanted, concerned)
    rest = tuple(word for word in rule.words if word not in matched)
    if rest:
        words = ", ".join(f"“{word}”" for word in matched)
        yield _of_rule(rule, "words", rest, f"{words} does not mean {rule.id}.", wanted, concerned)


def _phrases(matched: Sequence[str], article: Article) -> Iterator[str]:
    """Each word that was found, with the word after it and the one before."""
    words = _WORD.findall(f"{article.title} {article.text or article.summary}".lower())
    for word in matched:
        bare = word.strip("*").lower()
        for n, one in enumerate(words):
            if one == bare or ("*" in word and bare in one):
                if n + 1 < len(words):
                    yield f"{one} {words[n + 1]}"
                if n:
                    yield f"{words[n - 1]} {one}"


def _of_rule(
    rule: CategoryRule, key: str, values: tuple[str, ...], why: str, wanted: Settings, concerned: Filter
) -> Edit:
    edited = replace(rule, **{key: values})
    rules = tuple(edited if one is rule else one for one in wanted.categories)
    return _listed(rule, key, values, why, replace(wanted, categories=rules), concerned)


def _of_source(
    source: Source, key: str, values: tuple[str, ...], why: str, wanted: Settings, concerned: Filter
) -> Edit:
    edited = _with_source(wanted, replace(source, **{key: values}))
    return _listed(source, key, values, why, edited, concerned)


def _listed(
    of: CategoryRule | Source,
    key: str,
    values: tuple[str, ...],
    why: str,
    settings: Settings,
    concerned: Filter,
) -> Edit:
    """Another list under a key of a table."""
    before: tuple[str, ...] = getattr(of, key)
    return Edit(
        why=why,
        where=of.origin,
        old=line(key, list(before)) if before else "",
        new=line(key, list(values)),
        settings=settings,
        concerned=concerned,
    )


def _with_source(wanted: Settings, edited: Source) -> Settings:
    sources = tuple(edited if one.id == edited.id else one for one in wanted.sources)
    return replace(wanted, sources=sources)
