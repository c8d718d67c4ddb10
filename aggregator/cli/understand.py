"""`understand`: what Dateline makes of many articles at once, for other programs and for measuring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from aggregator import settings
from aggregator.cli.batch import article_of, lines_of
from aggregator.cli.desk import open_gazetteer, pass_config
from aggregator.cli.fields import category_fields, focus_fields, json_line, place_fields
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.schema import Article, Habits, Mention, Settings

_FOLDS = 10
"""With `--learn`, an article's habits come from the articles of its source in the other folds."""


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
            made = _learned(list(lines_of(file)), wanted, pipeline, no_clean)
        else:
            made = ((one, article_of(one, wanted, pipeline, no_clean, Habits())) for one in lines_of(file))
        for line, article in made:
            click.echo(json_line(_shown(line, article, no_clean)))


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
        folds[place].append(article_of(one, wanted, pipeline, no_clean, Habits()))
    habits: dict[tuple[str, int], Habits] = {}
    for one, place in zip(lines, places, strict=True):
        if place[0] and place not in habits:
            known = Habits()
            others = (folds[place[0], fold] for fold in range(_FOLDS) if fold != place[1])
            for article in (article for fold in others for article in fold):
                known = pipeline.learn(known, article, now)
            habits[place] = known
        yield one, article_of(one, wanted, pipeline, no_clean, habits.get(place, Habits()))


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
