"""How well the article is found on its page: `bench/pages.py FOLDER`, with pages, truth and scorer of the
article extraction benchmark in it. Each page goes the way of a poll: `clean.page`, then `clean` with the
title that a feed would give. Prints the score, the same by five folds, and the time a page takes."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from trafilatura import load_html

from aggregator.clean import clean
from aggregator.clean.page import article_of
from aggregator.schema import Entry

FOLDS = 5


def main(folder: Path) -> None:
    truth = json.loads((folder / "ground-truth.json").read_text())
    spec = importlib.util.spec_from_file_location("score_pages", folder / "score_pages.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    found, seconds = {}, []
    for name, gold in truth.items():
        page = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        title = title_of(page)
        started = time.process_time()
        html = article_of(page)
        seconds.append(time.process_time() - started)
        found[name] = clean(Entry(link=gold["url"], title=title, page=html)).text
    say("all pages", scorer.score(truth, found))
    for fold in range(FOLDS):
        part = {name: truth[name] for name in sorted(truth)[fold::FOLDS]}
        say(f"fold {fold + 1}", scorer.score(part, found))
    print(f"seconds a page: median {median(seconds):.3f}, longest {max(seconds):.3f}")


def title_of(page: bytes) -> str:
    """As a feed would give it."""
    tree = load_html(page)
    named = tree.xpath('//meta[@property="og:title"]/@content') or tree.xpath("//title/text()")
    return str(named[0]) if named else ""


def say(what: str, score: dict[str, Any]) -> None:
    print(f"{what}: F1 {score['f1']:.4f}, precision {score['precision']:.4f}, recall {score['recall']:.4f}")


main(Path(sys.argv[1]))
