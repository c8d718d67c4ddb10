"""Sources that are files."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.errors import FetchError, LimitError
from aggregator.schema import Download

Fetch = Callable[..., Download]


def test_a_file_is_read_whole(fetch: Fetch, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(b"<rss/>")
    download = fetch(str(path))
    assert (download.status, download.body, download.url) == (200, b"<rss/>", str(path))


def test_an_unchanged_file_is_not_modified(fetch: Fetch, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(b"<rss/>")
    first = fetch(str(path))
    for memory in (
        {"etag": first.etag, "last_modified": first.last_modified},
        {"last_modified": first.last_modified},
    ):
        assert fetch(str(path), memory=memory).status == 304
        assert fetch(str(path), memory=memory, conditional=False).status == 200


def test_a_change_within_the_same_second_is_seen(fetch: Fetch, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(b"<rss/>")
    os.utime(path, ns=(10**18, 10**18))
    first = fetch(str(path))
    os.utime(path, ns=(10**18, 10**18 + 1))
    memory = {"etag": first.etag, "last_modified": first.last_modified}
    assert fetch(str(path), memory=memory).status == 200


def test_a_gzipped_file_is_inflated(fetch: Fetch, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml.gz"
    path.write_bytes(gzip.compress(b"<rss/>"))
    assert fetch(str(path)).body == b"<rss/>"


def test_rule_17_a_file_may_be_too_large_too(fetch: Fetch, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(LimitError, match="more than 1,000 bytes"):
        fetch(str(path), max_bytes=1000)


def test_a_missing_file_is_said_to_be_missing(fetch: Fetch, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"feed\.xml cannot be read \(No such file"):
        fetch(str(tmp_path / "feed.xml"))


@pytest.mark.parametrize("kind", ["directory", "pipe"])
def test_what_is_no_regular_file_is_refused(kind: str, fetch: Fetch, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.mkdir() if kind == "directory" else os.mkfifo(path)
    with pytest.raises(FetchError, match=r"regular file|Is a directory"):
        fetch(str(path))
