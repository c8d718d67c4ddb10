"""`understand`: what Dateline makes of many articles at once, for other programs and for measuring."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import click

from aggregator import settings
from aggregator.clean import clean
from aggregator.cli.desk import open_gazetteer, pass_config, source_of
from aggregator.cli.fields import category_fields, focus_fields, place_fields
from aggregator.errors import ParseError
from aggregator.identity import identities
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.schema import Article, Entry, Habits, Mention, Settings, Source, Term, replace

_FOLDS = 10
"""With `--learn`, an article's habits come from the articles of its source in the other folds."""
_TEXTS = ("source", "title", "link", "language")


@click.command()
@click.option("--no-clean", is_flag=True, help="Take the text as it stands; offsets are into it.")
@click.option("--learn", "learning", is_flag=True, help="Let other articles of a source form its habits.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_config
def understand(config: Path, no_clean: bool, learning: bool, file: Path) -> None:
    """Print categories and places of the articles of FILE, one JSON object a line.

    Lines in: id and text, and if known source, title, tags, link and language. A source of the configuration
    counts with what is configured for it.
    """
    wanted = settings.load(config) if config.exists() else None
    with open_gazetteer() as gazetteer:
        pipeline = Pipeline(gazetteer=gazetteer)
        pipeline = pipeline.configured(wanted) if wanted else pipeline
        if learning:
            made = _learned(list(_lines(file)), wanted, pipeline, no_clean)
        else:
            made = ((one, _article(one, wanted, pipeline, no_clean, Habits())) for one in _lines(file))
        for line, article in made:
            click.echo(json.dumps(_shown(line, article, no_clean), ensure_ascii=False))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The articles of a file. Raises ParseError with the number of the first line that is none."""
    with file.open(encoding="utf-8") as lines:
        try:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    one = json.loads(line)
                except ValueError as error:
                    raise ParseError(f"{file}:{number}: this line is no JSON ({error}).") from None
                if not isinstance(one, dict) or "id" not in one or not isinstance(one.get("text"), str):
                    raise ParseError(f'{file}:{number}: write an object with "id" and "text" on each line.')
                yield one
        except UnicodeDecodeError as error:
            raise ParseError(f"{file} is not in UTF-8 ({error}).") from error


def _learned(
    lines: list[dict[str, Any]], wanted: Settings | None, pipeline: Pipeline, no_clean: bool
) -> Iterator[tuple[dict[str, Any], Article]]:
    """Each article, read with the habits that the other folds of its source show."""
    now = clock()
    folds: dict[tuple[str, int], list[Article]] = defaultdict(list)
    turns: dict[str, int] = defaultdict(int)
    places: list[tuple[str, int]] = []
    for one in lines:
        source = str(one.get("source") or "")
        place = (source, turns[source] % _FOLDS)
        turns[source] += 1
        places.append(place)
        folds[place].append(_article(one, wanted, pipeline, no_clean, Habits()))
    habits: dict[tuple[str, int], Habits] = {}
    for one, place in zip(lines, places, strict=True):
        if place[0] and place not in habits:
            known = Habits()
            others = (folds[place[0], fold] for fold in range(_FOLDS) if fold != place[1])
            for article in (article for fold in others for article in fold):
                known = pipeline.learn(known, article, now)
            habits[place] = known
        yield one, _article(one, wanted, pipeline, no_clean, habits.get(place, Habits()))


def _article(
    line: dict[str, Any], wanted: Settings | None, pipeline: Pipeline, no_clean: bool, habits: Habits
) -> Article:
    texts = {name: str(line.get(name) or "") for name in _TEXTS}
    source_id = texts["source"] or "understand"
    source = source_of(wanted, source_id) if wanted else None
    source = source or Source(id=source_id, url=f"https://{source_id}/", title=source_id)
    text = line["text"]
    entry = Entry(
        guid=str(line["id"]),
        link=texts["link"],
        language=texts["language"],
        terms=tuple(Term(label=str(tag)) for tag in line.get("tags") or ()),
        title=texts["title"] if no_clean else escape(texts["title"], quote=False),
        content="" if no_clean else text if "</" in text else _paragraphs(text),
        text=text if no_clean else "",
        excerpt=text[:1000] if no_clean else "",
    )
    (identity,) = identities((entry,))
    article = pipeline.normalised(
        entry if no_clean else clean(entry, habits.lines), identity, source, first_seen=clock()
    )
    if no_clean:
        article = replace(article, text=text)
    return pipeline.finish(article, source, habits)


def _paragraphs(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"<p>{escape(line, quote=False)}</p>\n" for line in lines if line)


def _shown(line: dict[str, Any], article: Article, no_clean: bool) -> dict[str, Any]:
    # As they stand, offsets are into the text alone: what is said elsewhere has none there.
    places = [one for one in article.mentions if not no_clean or _in_text(one, article)]
    return {
        "id": line["id"],
        "title": article.title,
        "body": article.text,
        "dateline": article.dateline,
        "language": article.language,
        **focus_fields(article),
        "categories": [category_fields(one) for one in article.categories],
        "places": [place_fields(one) for one in places],
    }


def _in_text(mention: Mention, article: Article) -> bool:
    apart = mention.role == "title" and not article.text.startswith(article.title)
    return mention.start is not None and not apart
