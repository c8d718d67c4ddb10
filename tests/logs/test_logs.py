"""The log as JSON: one object a line, with the poll it is about."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.logs import poll_id, start_log
from aggregator.schema import Memory, Outcome, Polled, ServiceSettings, Source
from aggregator.service import report

log = logging.getLogger("aggregator.test")


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """What the log of the process was is what it is after each test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_an_object_with_time_level_and_message(capsys: pytest.CaptureFixture[str]) -> None:
    start_log(ServiceSettings(log_format="json"))
    before = datetime.now(UTC).replace(microsecond=0)
    log.warning("Rain in %s:\ntwo lines", "Córdoba")
    (line,) = said(capsys)
    assert datetime.fromisoformat(line.pop("time")) >= before
    assert line == {"level": "warning", "logger": "aggregator.test", "message": "Rain in Córdoba:\ntwo lines"}


def test_lines_of_one_poll_share_its_id_and_others_have_another(capsys: pytest.CaptureFixture[str]) -> None:
    start_log(ServiceSettings(log_format="json"))

    def poll() -> None:
        with poll_id():
            log.info("one")
            log.info("two")

    threads = [threading.Thread(target=poll) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.info("none")
    lines = said(capsys)
    by_poll = sorted(line["message"] + line.get("poll", "") for line in lines)
    ids = {line["poll"] for line in lines if "poll" in line}
    assert len(ids) == 2
    assert by_poll == sorted(["none", *(f"{word}{id}" for id in ids for word in ("one", "two"))])


def test_the_line_that_tells_how_a_poll_ended_has_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    start_log(ServiceSettings(log_format="json"))
    outcome = Outcome(
        kind="failed", at=datetime.now(UTC), message="It answered 500.", status=500, elapsed=0.25
    )
    source = Source(id="a", url="https://a.example/", title="A")
    report(Polled(source=source, outcome=outcome, memory=Memory(source_id="a", url=""), poll="9f1c22ab"))
    (line,) = said(capsys)
    assert line["level"] == "warning"
    told = {"poll", "source", "outcome", "status", "new", "updated", "bytes", "seconds"}
    assert {key: line[key] for key in told} == {
        "poll": "9f1c22ab", "source": "a", "outcome": "failed", "status": 500,
        "new": 0, "updated": 0, "bytes": 0, "seconds": 0.25,
    }  # fmt: skip


def test_an_error_of_dateline_itself_comes_with_its_traceback_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start_log(ServiceSettings(log_format="json"))
    try:
        raise ValueError("odd")
    except ValueError:
        log.exception("An error")
    (line,) = said(capsys)
    assert "ValueError: odd" in line["error"]


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    start_log(ServiceSettings(log_level="warning"))
    log.info("not told")
    with poll_id():
        log.warning("Rain")
    assert capsys.readouterr().err.endswith("WARNING Rain\n")
