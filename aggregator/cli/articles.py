"""`articles`: all of them, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aggregator import settings
from aggregator.cli.desk import open_store, pass_config
from aggregator.cli.fields import category_fields, focus_fields, json_line, place_fields
from aggregator.schema import Article, all_categories
from aggregator.urls import without_secrets


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the default).")
@pass_config
def articles(config: Path, jsonl: bool) -> None:
    """Print every stored article, in the order they arrived."""
    wanted = settings.load(config)
    with open_store(wanted) as store:
        urls = store.source_urls()
        for article in store.every_article():
            click.echo(json_line(_line(article, urls)))


def _line(article: Article, urls: dict[str, str]) -> dict[str, Any]:
    feeds = [without_secrets(urls[source_id]) for source_id in article.sources]
    return {
        "id": article.id,
        "uid": article.uid,
        "title": article.title,
        "link": article.url,
        "guid": article.guid,
        "published": article.published.isoformat(),
        "updated": article.updated.isoformat() if article.updated else None,
        "first_seen": article.first_seen.isoformat(),
        "language": article.language,
        "authors": article.authors,
        "content": article.html,
        "feed": feeds[0] if feeds else "",
        "feeds": feeds,
        "sources": article.sources,
        "story": article.story,
        "marks": article.marks,
        "body": article.text,
        "dateline": article.dateline,
        **focus_fields(article),
        "categories": [category_fields(category) for category in all_categories(article)],
        "places": [place_fields(mention) for mention in article.mentions],
    }
