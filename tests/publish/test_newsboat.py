"""An honest client: newsboat subscribes to a generated feed over HTTP, where it is installed."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from aggregator.publish import CONTENT_TYPES, Head, atom, rss
from aggregator.schema import Article

FORMATS = {"rss": rss, "atom": atom}


@pytest.mark.parametrize("extension", FORMATS)
def test_a_reader_program_lists_the_articles(
    extension: str,
    article: Callable[..., Article],
    head: Callable[..., Head],
    loopback: Callable[..., Any],
    tmp_path: Path,
) -> None:
    articles = (article(), article(uid="urn:uuid:2", title="Zweiter <Titel>", url="https://news.example/2"))
    body = FORMATS[extension](articles, head())

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", CONTENT_TYPES[extension])])
        return [body]

    url = f"{loopback(serve).url}/feed.{extension}"
    newsboat = shutil.which("newsboat")
    titles = titles_newsboat_sees(newsboat, url, tmp_path) if newsboat else titles_in(body)
    assert titles == sorted([articles[0].title, articles[1].title])


def titles_newsboat_sees(newsboat: str, url: str, folder: Path) -> list[str]:
    (folder / "urls").write_text(url + "\n")
    (folder / "config").write_text("")
    cache = folder / "cache.db"
    command = [newsboat, "-u", "urls", "-C", "config", "-c", str(cache), "-x", "reload"]
    environment = {"HOME": str(folder), "LANG": "C.UTF-8", "TERM": "dumb", "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=60)
    connection = sqlite3.connect(cache)
    try:
        return sorted(title for (title,) in connection.execute("SELECT title FROM rss_item"))
    finally:
        connection.close()


def titles_in(body: bytes) -> list[str]:
    root = etree.fromstring(body)
    return sorted(
        str(found.text)
        for found in root.iter("{*}title")
        if found.getparent().tag.endswith(("item", "entry"))
    )
