"""Documents cut into entries: what is known is not read again, and the rest reads as before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.parse import Pieces, fast, open_document, pieces
from aggregator.schema import Download

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "feeds"
FEEDS = SHARED if SHARED.is_dir() else ROOT / "demo" / "feeds"
Fetched = Callable[..., Download]

ITEM = "<item><title>{0}</title><link>https://e.org/{0}</link>{1}</item>"


def rss(*items: str, head: str = "", tail: str = "") -> str:
    return f'<rss version="2.0"><channel>{head}{"".join(items)}{tail}</channel></rss>'


def cut(download: Download) -> Pieces | None:
    return pieces(open_document(download))


def hashes(download: Download) -> Sequence[str]:
    found = cut(download)
    assert found is not None
    return found.hashes


def test_every_entry_has_a_hash_of_its_own(fetched: Fetched) -> None:
    assert len(set(hashes(fetched(rss(ITEM.format("a", ""), ITEM.format("b", "")))))) == 2


def test_what_changes_in_the_head_leaves_the_hashes_alone(fetched: Fetched) -> None:
    item = ITEM.format("a", "")
    before = hashes(fetched(rss(item, head="<lastBuildDate>1</lastBuildDate>")))
    assert hashes(fetched(rss(item, head="<lastBuildDate>2</lastBuildDate>"))) == before


def test_another_language_of_the_feed_makes_other_entries(fetched: Fetched) -> None:
    item = ITEM.format("a", "")
    before = hashes(fetched(rss(item, head="<language>en</language>")))
    assert hashes(fetched(rss(item, head="<language>fr</language>"))) != before


def test_another_address_of_the_feed_makes_other_entries(fetched: Fetched) -> None:
    feed = rss(ITEM.format("a", ""))
    assert hashes(fetched(feed, url="https://e.org/1")) != hashes(fetched(feed, url="https://e.org/2"))


def test_entries_known_are_left_out(fetched: Fetched) -> None:
    found = cut(fetched(rss(ITEM.format("a", ""), ITEM.format("b", ""), head="<ttl>60</ttl>")))
    assert found is not None
    feed = fast(found.without({found.hashes[0]}))
    assert feed is not None
    assert [entry.title for entry in feed.entries] == ["b"]
    assert feed.ttl is not None


@pytest.mark.parametrize(
    "body",
    [
        rss(ITEM.format("a", "<description><![CDATA[x</item>y]]></description>")),
        rss(ITEM.format("a", ""), head="<!-- <item> "),
        rss(ITEM.format("a", "<?x </item>?>")),
        rss(ITEM.format("a", "<!-- </item> -->")),
        rss(ITEM.format("a", ""), "<image/>", ITEM.format("b", "")),
        rss(ITEM.format("a", "")) + "<item>",
        rss("<item><title>a"),
        '{"version": "x", "items": 1}',
        '{"version": "x", "items": [',
    ],
)
def test_entries_that_cannot_be_told_apart_for_certain_have_no_hashes(fetched: Fetched, body: str) -> None:
    assert cut(fetched(body)) is None


def test_a_document_that_was_mended_has_no_pieces(fetched: Fetched) -> None:
    assert cut(fetched("Warning: x\n" + rss(ITEM.format("a", "")))) is None


def test_a_real_feed_without_what_is_known_reads_as_the_rest_of_it(fetched: Fetched) -> None:
    told_apart = 0
    for path in sorted(FEEDS.iterdir()):
        try:
            document = open_document(fetched(path.read_bytes()))
            found, whole = pieces(document), fast(document)
        except ParseError:
            continue
        if found is None or whole is None or len(found.hashes) != len(whole.entries):
            continue
        told_apart += 1
        for known in (found.hashes[::2], found.hashes[1:], found.hashes):
            rest = fast(found.without(set(known)))
            wanted = [
                entry
                for entry, name in zip(whole.entries, found.hashes, strict=True)
                if name not in set(known)
            ]
            assert rest is not None, path.name
            assert list(rest.entries) == wanted, path.name
            assert (rest.ttl, rest.language, rest.title) == (whole.ttl, whole.language, whole.title)
    assert told_apart > (150 if FEEDS == SHARED else 3)
