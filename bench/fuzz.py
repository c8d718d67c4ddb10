"""Feeds mutated bytes to parse, clean and normalise, led by the lines of our code that they reach.

    pip install atheris
    python bench/fuzz.py [--minutes 10] [--seeds FOLDER] [--work FOLDER]

Whatever the bytes: a feed or a ParseError, safe HTML, articles any database takes, and all of it soon. Inputs that
reach something new are kept in WORK/corpus, so that a run that was stopped goes on where it was; inputs that
break a promise are kept in WORK/found, one for each place in the code and kind of error. Progress is libFuzzer's:
"cov" are the branches reached, "exec/s" the inputs a second.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import atheris
import msgspec
from lxml import etree, html

with atheris.instrument_imports(include=["aggregator"]):
    from aggregator.clean import clean
    from aggregator.errors import ParseError
    from aggregator.identity import identities
    from aggregator.normalise import normalise
    from aggregator.parse import parse
    from aggregator.schema import Article, Download, Source

SHARED = Path(__file__).parents[1].parent / "shared" / "feeds"
LARGEST = 4_000
"""Bytes of the largest input; small ones are quick, and what breaks a parser seldom needs more."""
PATIENCE = 5.0
"""Seconds one input may take; it takes milliseconds."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = Source(id="fuzz", url="https://example.org/feed", title="Fuzz", language="en")
DANGEROUS = frozenset(
    {"script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "base", "meta"}
)
SCHEMES = frozenset({"", "http", "https", "mailto"})
WORDS = (
    "<item>", "</item>", "<entry>", "</entry>", "<rss>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<title>",
    "<link>", "<guid>", "<pubDate>", "<description>", "<content type='xhtml'>", "<![CDATA[", "]]>", "<!--", "-->",
    "<!DOCTYPE x [", "<!ENTITY a 'b'>", "&a;", "&#0;", "&#xD800;", "&lt;", "&amp;amp;", "<?xml version='1.0'?>",
    "encoding='utf-16'", "xml:base='http://a/'", "<georss:point>", "<media:content url='", "<ttl>", "<skipHours>",
    "<hour>", "<sy:updatePeriod>", "<dc:date>", "<enclosure url='", "<category domain='", "{", "[", '"items":',
    '"version":"https://jsonfeed.org/version/1.1"', "\\ud800", "\\u0000", "<script>", " onerror=", "javascript:",
    "<p>", "<a href='", "<img src='", "<table>", "<svg>", "<math>", "1e999", "-1", "Mon, 02 Jan 2006 15:04:05 GMT",
)  # fmt: skip


def one_input(data: bytes) -> None:
    """Reads the bytes as a feed and as an article's text. Raises AssertionError for a promise that is broken."""
    kind = "text" if data[:1] == b"T" else "feed"
    source = Source(id="fuzz", url=SOURCE.url, title="Fuzz", language="en", kind=kind)
    download = Download(url=SOURCE.url, final_url=SOURCE.url, status=200, body=data, fetched_at=NOW)
    try:
        feed = parse(download, source)
    except ParseError:
        return
    for identity, entry in zip(identities(feed.entries), feed.entries, strict=True):
        cleaned = clean(entry)
        check_texts(entry)
        check_texts(cleaned)
        check_html(cleaned.content)
        check_html(cleaned.summary)
        article = normalise(cleaned, identity, source, first_seen=NOW, is_place=bool)
        check_texts(article)
        check_article(article)


def check_texts(value: object) -> None:
    """Every text, however deep, is one a database takes."""
    if isinstance(value, str):
        value.encode("utf-8")
        assert "\0" not in value, "a NUL is left"
    elif isinstance(value, tuple):
        for part in value:
            check_texts(part)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            check_texts(getattr(value, name))


def check_html(text: str) -> None:
    """Nothing dangerous, as another parser sees it."""
    if "<" not in text:
        return
    try:
        root = html.fragment_fromstring(text, create_parent=True)
    except (etree.ParserError, ValueError):
        return
    for element in root.iter():
        tag = element.tag if isinstance(element.tag, str) else "comment"
        assert tag not in DANGEROUS, f"<{tag}> is left"
        for name, value in element.attrib.items():
            assert not name.startswith("on"), f"{name} is left"
            if name in ("href", "src"):
                scheme = urlsplit(value.strip()).scheme if ":" in value else ""
                assert scheme in SCHEMES, f"{scheme}: is left"


def check_article(article: Article) -> None:
    assert article.title.strip(), "no title"
    assert article.published <= NOW, "published in the future"
    assert not article.url or urlsplit(article.url).scheme in ("http", "https"), "no web address"


class Finder:
    """Runs inputs and keeps those that break a promise."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, data: bytes) -> None:
        began = time.process_time()
        try:
            one_input(data)
        except (Exception, RecursionError) as error:  # noqa: BLE001 (that is what is looked for)
            frame = traceback.extract_tb(error.__traceback__)[-1]
            self._keep(data, f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno} {error}")
        took = time.process_time() - began
        if took > PATIENCE:
            self._keep(data, f"slow ({took:.0f} s)")

    def _keep(self, data: bytes, why: str) -> None:
        place = " ".join(why.split()[:2])
        path = self._folder / hashlib.sha256(place.encode()).hexdigest()[:12]
        if not path.exists():
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(why, errors="replace")
            print(f"found: {why[:300]}\n  {path}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seeds", type=Path, default=SHARED, help="a folder of feeds to start from")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "dateline-fuzz")
    wanted = parser.parse_args()
    corpus = wanted.work / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for path in sorted(wanted.seeds.iterdir()) if wanted.seeds.is_dir() else ():
        if path.is_file() and path.stat().st_size <= LARGEST:
            (corpus / path.name).write_bytes(path.read_bytes())
    words = wanted.work / "words.dict"
    words.write_text(dictionary())
    options = [
        f"-max_total_time={round(wanted.minutes * 60)}",
        f"-max_len={LARGEST}",
        f"-dict={words}",
        f"-artifact_prefix={wanted.work}/found/",
        "-timeout=60",
        "-rss_limit_mb=2000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], Finder(wanted.work / "found"))
    atheris.Fuzz()


def dictionary() -> str:
    """The words in libFuzzer's notation."""
    return "".join('"' + "".join(f"\\x{code:02x}" for code in word.encode()) + '"\n' for word in WORDS)


if __name__ == "__main__":
    main()
