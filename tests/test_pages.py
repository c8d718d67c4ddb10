"""Golden pages: `tests/pages/SLUG/source.*`, parsed, cleaned and normalised, is what `expected.json` says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from aggregator.clean import clean
from aggregator.identity import identities
from aggregator.normalise import normalise
from aggregator.parse import parse
from aggregator.schema import Article, Download, Source

SEEN = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
PAGES = sorted(path.parent for path in (Path(__file__).parent / "pages").glob("*/expected.json"))


def read(page: Path) -> tuple[Article, dict[str, Any]]:
    expected = json.loads((page / "expected.json").read_text("utf-8"))
    (path,) = page.glob("source.*")
    source = Source(id=page.name, url=str(path), title=page.name, kind=expected["kind"])
    download = Download(
        url=str(path), final_url=str(path), status=200, body=path.read_bytes(), fetched_at=SEEN
    )
    entries = parse(download, source).entries
    return normalise(
        clean(entries[0]), identities(entries)[0], source, first_seen=SEEN, is_place=bool
    ), expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_becomes_the_article_it_holds(page: Path) -> None:
    article, expected = read(page)
    assert article.title == expected["title"]
    assert article.dateline == expected["dateline"]
    assert list(article.breadcrumb) == expected["breadcrumb"]
    assert article.text.startswith(expected["text_starts"])
    assert article.text.endswith(expected["text_ends"])
    assert article.summary.startswith(expected["summary_starts"])
    assert len(article.text.split("\n\n")) == expected["paragraphs"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_furniture_is_gone_and_recorded(page: Path) -> None:
    article, expected = read(page)
    assert [words for words in expected["absent"] if words in article.text + article.title] == []
    rules = [rule for rule, _ in groupby(removal.rule for removal in article.removed)]
    assert rules == expected["removed_rules"]


def test_forty_pages_and_the_first_are_there() -> None:
    assert len(PAGES) > 40
    assert PAGES[0].name == "001-polisario"
