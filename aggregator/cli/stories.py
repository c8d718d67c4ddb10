"""`stories`: which of many articles are one, and which tell of one event; for other programs and for measuring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from aggregator import settings
from aggregator.cli.batch import article_of, lines_of
from aggregator.cli.desk import open_gazetteer, pass_config
from aggregator.cli.fields import json_line
from aggregator.cluster import Copies, Copy, Window, keys
from aggregator.pipeline import Pipeline
from aggregator.schema import Article, Draft, Habits, Told, replace

Line = dict[str, Any]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_config
def stories(config: Path, file: Path) -> None:
    """Print the story of each article of FILE, one JSON object a line.

    Lines in: id and text, and if known source, title, published, link, tags and language, in the order they
    arrived. Lines out: id, story, article (the id of the first that is the same article), score, evidence.
    """
    wanted = settings.load(config) if config.exists() else None
    with open_gazetteer() as gazetteer:
        pipeline = Pipeline(gazetteer=gazetteer)
        pipeline = pipeline.configured(wanted) if wanted else pipeline
        read = ((line, article_of(line, wanted, pipeline, False, Habits())) for line in lines_of(file))
        for shown in _told(read):
            click.echo(json_line(shown))


def _told(read: Iterable[tuple[Line, Article]]) -> Iterator[Line]:
    """What is found of each article; without a source, each has one of its own."""
    window, drafts = Window(), dict[str, Draft]()
    copies = Copies(())
    first: dict[str, tuple[Line, Told]] = {}
    for number, (line, article) in enumerate(read, 1):
        source_id = str(line.get("source") or f"line {number}")
        uid, copy = article.uid, None
        under = keys(article)
        if uid not in drafts and (found := copies.original(article, under, source_id, drafts)):
            uid, copy = found
        if uid in drafts:
            known = drafts[uid].article
            drafts[uid] = replace(drafts[uid], article=replace(known, sources=(*known.sources, source_id)))
        else:
            article = replace(article, id=number, sources=(source_id,))
            drafts[uid] = Draft(article=article, keys=under)
            copies.add(drafts[uid])
            first[uid] = (line, window.tell(article))
        yield _shown(line, *first[uid], copy)


def _shown(line: Line, original: Line, told: Told, copy: Copy | None) -> Line:
    evidence = [{"kind": one.kind, "text": one.text} for one in told.evidence]
    if copy is not None:
        evidence = [{"kind": "same text", "text": f"{copy.shared:.0%} of {copy.words} words"}]
    return {
        "id": line["id"],
        "story": told.story,
        "article": original["id"],
        "score": round(copy.shared if copy else told.score, 3),
        "evidence": evidence,
    }
