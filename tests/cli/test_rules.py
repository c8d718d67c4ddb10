"""Rules and tests in the configuration, as the commands obey and run them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TEST = """
[[view]]
name = "courts"
filter = "court place:MA"

[[rule]]
when = "verdict"
then = ["category:verdicts"]

[[test]]
title = "A verdict in Rabat"
text = "Rabat – The court of Morocco has decided."
expect.places = [{places}]
expect.categories = ["verdicts"]
expect.views = [{views}]
"""


def test_check_runs_the_tests_of_the_configuration(shell: Any) -> None:
    shell.configure(TEST.format(places='"Rabat", "MA", "-France"', views='"courts"'))
    assert "0 sources, 1 views, 1 test comes out." in shell.run("check").stdout


def test_check_says_what_was_expected_and_what_came(shell: Any) -> None:
    shell.configure(TEST.format(places='"Paris", "-Rabat"', views='"-courts"'))
    said = shell.run("check", code=2).stderr.splitlines()
    assert said[0].startswith("config.toml:10: expect.places: expected Paris; what came: Rabat")
    assert said[1].startswith("config.toml:10: expect.places: expected no Rabat; what came: Rabat")
    assert said[2] == "config.toml:10: expect.views: expected no courts; what came: courts."


def test_poll_obeys_rules_that_came_and_went(polled: Any) -> None:
    polled.run("poll")
    path = Path(polled.folder, "config.toml")
    plain = path.read_text()
    path.write_text(plain + '[[rule]]\nwhen = "place:MA"\nthen = "tag:atlas"\n')
    polled.run("poll")
    assert marks(polled) == {"The court of Rabat": [["tag", "atlas"]], "Rain in Lyon": []}
    path.write_text(plain)
    polled.run("reprocess")
    assert marks(polled) == {"The court of Rabat": [], "Rain in Lyon": []}


def marks(shell: Any) -> dict[str, Any]:
    lines = map(json.loads, shell.run("articles").stdout.splitlines())
    return {line["title"]: line["marks"] for line in lines}
