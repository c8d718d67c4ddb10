"""Stories as users meet them at the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DEMO = Path(__file__).parents[2] / "demo" / "feeds"

TEXT = (
    "A magnitude 6.4 earthquake struck the desert near Calama in Chile before dawn on Monday, and hurt two miners "
    "of the Loa company, the governor Ines Paredes said. The navy ruled out a tsunami."
)
OTHER = "Miners of the Loa company were hurt on Monday when a quake of magnitude 6.4 shook Calama in Chile."
LINES = [
    {
        "id": "a",
        "source": "one",
        "title": "Quake of 6.4 shakes Calama",
        "text": TEXT,
        "published": "2026-01-12T07:00:00Z",
    },
    {
        "id": "b",
        "source": "two",
        "title": "Calama shaken",
        "text": f"{TEXT} (Agencies)",
        "published": "2026-01-12T08:00:00Z",
    },
    {
        "id": "c",
        "title": "Two miners hurt in Calama quake",
        "text": OTHER,
        "published": "2026-01-12T09:00:00Z",
    },
    {"id": 4, "title": "Rain in Lyon", "text": "It rains in Lyon."},
]
FEED = """<rss version="2.0"><channel><title>F</title><item><title>{title}</title>
<link>https://{source}.example/1</link><pubDate>Mon, 12 Jan 2026 10:00:00 GMT</pubDate>
<description>{text}</description></item></channel></rss>"""


def made(shell: Any, lines: list[dict[str, Any]], code: int = 0) -> Any:
    path = shell.folder / "articles.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return shell.run("stories", str(path), code=code)


def test_stories_says_which_articles_are_one_and_which_tell_of_one_event(shell: Any) -> None:
    a, b, c, d = (json.loads(line) for line in made(shell, LINES).stdout.splitlines())
    assert [one["id"] for one in (a, b, c, d)] == ["a", "b", "c", 4]
    assert [one["article"] for one in (a, b, c, d)] == ["a", "a", "c", 4]
    assert a["story"] == b["story"] == c["story"] != d["story"]
    assert b["evidence"][0]["kind"] == "same text"
    assert {"kind": "place", "text": "Calama"} in c["evidence"]
    assert (d["score"], d["evidence"]) == (0.0, [])


def test_a_line_whose_time_is_none_is_named(shell: Any) -> None:
    said = made(shell, [LINES[3] | {"published": "yesterday"}], code=1).stderr
    assert "The line 4 has the published 'yesterday'" in said


def test_a_poll_tells_stories_and_explain_says_why(shell: Any) -> None:
    config = '[store]\nurl = "sqlite:///dateline.db"\n'
    for source, title, text in (
        ("one", LINES[0]["title"], TEXT),
        ("two", LINES[1]["title"], LINES[1]["text"]),
        ("three", LINES[2]["title"], OTHER),
    ):
        (shell.folder / f"{source}.xml").write_text(FEED.format(source=source, title=title, text=text))
        config += f'[[source]]\nid = "{source}"\nurl = "{shell.folder}/{source}.xml"\n'
    shell.configure(config)
    shell.run("poll")
    articles = [json.loads(line) for line in shell.run("articles", "--jsonl").stdout.splitlines()]
    assert len(articles) == 2
    assert len({one["story"] for one in articles}) == 1
    assert {len(one["sources"]) for one in articles} == {1, 2}
    said = shell.run("explain", str(articles[1]["id"])).stdout
    assert f"── story\n   {articles[0]['story']}\n" in said
    assert f"in common with article {articles[0]['id']}: place Calama" in said


def test_the_demo_tells_a_story_of_two_articles_one_of_them_in_two_sources(shell: Any) -> None:
    config = '[store]\nurl = "sqlite:///dateline.db"\n'
    for name in ("rift-valley-ledger.json", "harbour-courier.rss", "monsoon-mail.rss"):
        feed = (DEMO / name).read_text(encoding="utf-8").replace("{here}", "https://demo.example")
        (shell.folder / name).write_text(re.sub(r"\{\w+:\w+\}", "", feed), encoding="utf-8")
        config += f'[[source]]\nurl = "{shell.folder}/{name}"\n'
    shell.configure(config)
    shell.run("poll")
    articles = [json.loads(line) for line in shell.run("articles", "--jsonl").stdout.splitlines()]
    stories: dict[str, list[int]] = {}
    for one in articles:
        stories.setdefault(one["story"], []).append(len(one["sources"]))
    assert [sorted(told) for told in stories.values() if len(told) > 1] == [[1, 2]]


def test_explain_gives_an_article_the_words_of_its_fuller_source(shell: Any) -> None:
    rest = (
        "The mine stays closed for a week while engineers look at its shafts, and schools in the town too. "
        * 2
    )
    config = '[store]\nurl = "sqlite:///dateline.db"\n'
    for source, text in (("one", TEXT), ("two", f"{TEXT} {rest}")):
        feed = FEED.format(source=source, title=LINES[0]["title"], text=text)
        (shell.folder / f"{source}.xml").write_text(feed)
        config += f'[[source]]\nid = "{source}"\nurl = "{shell.folder}/{source}.xml"\n'
        shell.configure(config)
        shell.run("poll")
    (stored,) = (json.loads(line) for line in shell.run("articles", "--jsonl").stdout.splitlines())
    assert rest[:40] in stored["body"]
    assert json.loads(shell.run("explain", "--json", str(stored["id"])).stdout)["text"] == stored["body"]
