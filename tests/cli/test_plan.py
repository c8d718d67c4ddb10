"""`plan` says what an edit would change, and `explain` why an article is where it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

VIEWS = """
[[view]]
name = "courts"
filter = "court place:MA"

[[view]]
name = "lyon"
filter = "rain -snow"
"""


def test_plan_says_what_an_edit_would_change(polled: Any, loopback: Any) -> None:
    path = Path(polled.folder, "config.toml")
    plain = path.read_text()
    path.write_text(plain + VIEWS)
    before = polled.run("plan", "--exit-code", code=1).stdout
    assert "+ source good: " in before
    assert "+ view courts" in before
    polled.run("poll")
    assert polled.run("plan", "--exit-code").stdout == "Nothing would change.\n"
    edited = plain.replace("/broken", "/mended") + VIEWS.replace("rain -snow", "rain OR court since:3650d")
    path.write_text(edited + '[[rule]]\nwhen = "court"\nthen = "hide"\n')
    said = polled.run("plan", "--exit-code", code=1).stdout.splitlines()
    assert said[0].startswith("~ source bad: moves from http://127.0.0.1")
    assert said[0].endswith("/mended")
    assert len(said) == 1  # the rule hides nothing that is stored
    path.write_text(plain.partition("[[source]]")[0])
    gone = polled.run("plan").stdout
    assert "- source good: " in gone
    assert "(its articles stay)" in gone
    assert "- view courts" in gone


def test_plan_counts_the_articles_that_a_shorter_retention_would_take_out(polled: Any) -> None:
    path = Path(polled.folder, "config.toml")
    plain = path.read_text()
    path.write_text(plain + '[retention]\nkeep = "7300d"\n')
    polled.run("poll")
    assert polled.run("plan", "--exit-code").stdout == "Nothing would change.\n"
    path.write_text(plain + '[retention]\nkeep = "7d"\n')
    said = polled.run("plan", "--exit-code", code=1).stdout.splitlines()
    assert said[0] == "~ retention: 2 of the articles would be taken out for good within the hour"
    assert {line.partition(": ")[2] for line in said[1:3]} == {"The court of Rabat", "Rain in Lyon"}
    path.write_text(plain + '[retention]\nkeep = "7300d"\n')
    assert polled.run("plan").stdout == "Nothing would change.\n"


def undated(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "application/rss+xml")])
    items = (
        f"<item><title>{title}</title><guid>{title}</guid></item>" for title in ("Rain", "Court", "Snow")
    )
    return [f'<rss version="2.0"><channel><title>F</title>{"".join(items)}</channel></rss>'.encode()]


def test_plan_shows_what_would_enter_and_leave_each_view(shell: Any, loopback: Any) -> None:
    server = loopback(undated)
    config = f"""
[fetch]
allow_inside = ["{server.address}"]

[[source]]
id = "one"
url = "{server.url}/"
"""
    view = '[[view]]\nname = "wet"\nfilter = "rain OR snow"\n'
    shell.configure(config + view)
    shell.run("poll")
    rule = '[[rule]]\nwhen = "snow"\nthen = "hide"\n[[rule]]\nwhen = "court"\nthen = "tag:law"\n'
    shell.configure(config + view.replace("rain OR snow", "rain OR snow OR tag:law") + rule)
    lines = re.sub(r"[0-9]+: ", "", shell.run("plan").stdout).splitlines()
    assert lines == [
        "~ all news: 1 article of the last 30 days would leave",
        "    - Snow",
        "~ view wet: 1 article of the last 30 days would enter",
        "    + Court",
        "~ view wet: 1 article of the last 30 days would leave",
        "    - Snow",
    ]


def test_plan_makes_the_newest_articles_anew_where_categories_or_places_are_configured_otherwise(
    shell: Any, loopback: Any
) -> None:
    server = loopback(undated)
    config = f"""
[fetch]
allow_inside = ["{server.address}"]

[[source]]
id = "one"
url = "{server.url}/"

[[view]]
name = "wet"
filter = "category:wet"

[[view]]
name = "maroc"
filter = "place:MA"

[[category]]
id = "wet"
words = ["snow", "court"]
"""
    shell.configure(config)
    shell.run("poll")
    edited = (
        config.replace('"court"]', '"rain"]') + '[places]\n"Snow" = { country = "MA", lat = 34, lon = -6 }\n'
    )
    shell.configure(edited)
    done = shell.run("plan", "--exit-code", code=1)
    lines = re.sub(r"[0-9]+: ", "", done.stdout).splitlines()
    assert lines[0] == (
        "~ after `dateline reprocess`, of the newest 3 articles 2 would have other categories, 1 other places"
    )
    assert "        categories: wet → –" in lines
    assert lines[-6:] == [
        "~ view wet: 1 article of the last 30 days would enter",
        "    + Rain",
        "~ view wet: 1 article of the last 30 days would leave",
        "    - Court",
        "~ view maroc: 1 article of the last 30 days would enter",
        "    + Snow",
    ]
    shell.run("poll")
    assert shell.run("plan", "--exit-code").stdout == "Nothing would change.\n"
    shell.configure(edited.replace("[[view]]", 'country = "MA"\n\n[[view]]', 1))
    assert "3 other places" in shell.run("plan").stdout


def test_explain_says_by_which_terms_and_rules_an_article_is_in_a_view(polled: Any) -> None:
    path = Path(polled.folder, "config.toml")
    rule = '[[rule]]\nwhen = "title:court place:MA"\nthen = ["tag:law", "category:justice-news"]\n'
    view = '[[view]]\nname = "law"\nfilter = "in:courts (tag:law OR snow)"\n'
    path.write_text(path.read_text() + VIEWS + view + rule)
    polled.run("poll")
    said = polled.run("explain", "2").stdout.partition("── views and rules\n")[2].splitlines()
    line = len(path.read_text().splitlines()) - 2
    assert (
        f"   rule says tag:law, category:justice-news (config.toml:{line}): title:court holds, place:MA holds"
        in said
    )
    assert any(
        one.startswith("   in courts (config.toml:") and "court holds, place:MA holds" in one for one in said
    )
    assert any(one.startswith("   not in lyon (") and one.endswith("): rain does not hold") for one in said)
    assert any(one.startswith("   in law (") and one.endswith("tag:law holds") for one in said)
    at = next(n for n, one in enumerate(said) if one.startswith("   in courts ("))
    assert "[court]" in said[at + 1].lower()
