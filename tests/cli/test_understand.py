"""`understand` and `gazetteer`, as users run them."""

from __future__ import annotations

import json
from typing import Any

LINES = [
    {"id": 1, "title": "Rain", "text": "It rained in Rabat, Morocco.", "language": "en", "tags": ["Weather"]},
    {"id": "b", "text": "Nothing happened."},
]


def made(shell: Any, lines: list[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    path = shell.folder / "articles.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return [json.loads(line) for line in shell.run("understand", *options, str(path)).stdout.splitlines()]


def test_an_article_comes_out_with_all_its_fields(shell: Any) -> None:
    first, second = made(shell, LINES)
    assert (first["id"], first["title"], first["language"], first["focus_country"]) == (1, "Rain", "en", "MA")
    assert [(one["name"], one["kind"], one["role"]) for one in first["places"]] == [
        ("Rabat", "city", "body"),
        ("Morocco", "country", "body"),
    ]
    assert {"start", "end", "text", "geonameid", "country", "lat", "lon", "score"} <= first["places"][
        0
    ].keys()
    assert (second["id"], second["focus_country"], second["places"]) == ("b", "", [])


def test_without_cleaning_offsets_are_into_the_text_as_given(shell: Any) -> None:
    text = "Home > News\n\n  RABAT, Morocco (AP) - It rained in  Fez."
    (one,) = made(shell, [{"id": 1, "title": "Oran", "text": text, "language": "en"}], "--no-clean")
    assert one["body"] == text
    assert [text[place["start"] : place["end"]] for place in one["places"]] == ["RABAT", "Morocco", "Fez"]


def test_a_line_stays_one_and_in_utf_8_whatever_signs_it_holds(shell: Any) -> None:
    text = "It rained in Rabat\u2028and\u0085in \ud800 Fez, Morocco."
    path = shell.folder / "articles.jsonl"
    path.write_text(json.dumps({"id": "\udfff", "text": text, "language": "en"}) + "\n", encoding="utf-8")
    for options in ([], ["--no-clean"]):
        (line,) = shell.run("understand", *options, str(path)).stdout.splitlines()
        assert {"Rabat", "Fez"} <= {place["text"] for place in json.loads(line)["places"]}
    assert (json.loads(line)["id"], json.loads(line)["body"]) == ("\udfff", text)


def test_a_tag_may_be_given_alone(shell: Any) -> None:
    (one,) = made(shell, [{"id": 1, "text": "They met.", "language": "en", "tags": "Beekeeping"}])
    assert [category["name"] for category in one["categories"]] == ["Beekeeping"]


def test_html_is_known_without_the_end_of_an_element(shell: Any) -> None:
    one, other = made(
        shell,
        [
            {"id": 1, "text": "<p>They met.<br/>They left.<p class=last>They came.", "language": "en"},
            {"id": 2, "text": "If a < b, then <b> is no tag & stays.", "language": "en"},
        ],
    )
    assert one["body"].split() == ["They", "met.", "They", "left.", "They", "came."]
    assert other["body"] == "If a < b, then <b> is no tag & stays."


def test_without_a_title_none_is_invented_and_no_place_is_said_twice(shell: Any) -> None:
    for options in ([], ["--no-clean"]):
        (one,) = made(shell, [{"id": 1, "text": "It rained in Fez.", "language": "en"}], *options)
        assert one["title"] == ""
        assert [(place["text"], place["role"], place["start"]) for place in one["places"]] == [
            ("Fez", "body", 13)
        ]


def test_the_other_articles_of_a_source_form_its_habits(shell: Any) -> None:
    texts = [
        "The city council of Paris met on Monday.",
        "A man was arrested in Henry County, Tenn., on Monday, near Buchanan and Puryear.",
        "The school board of Henry County met in Cottage Grove, west of Nashville, Tenn.",
        "They will vote in Puryear and Cottage Grove; Tennessee pays.",
    ]
    lines = [{"id": n, "source": "pi", "text": text, "language": "en"} for n, text in enumerate(texts)]
    assert made(shell, lines)[0]["focus_country"] == "FR"
    assert made(shell, lines, "--learn")[0]["focus_country"] == "US"


def test_lines_that_recur_in_the_other_articles_of_a_source_go(shell: Any) -> None:
    line = "Read the Times of the Valley every day"
    titles = (
        "Harbour closes",
        "Library opens",
        "Bakers strike",
        "Ferry sinks",
        "Mayor resigns",
        "Rain falls",
    )
    lines = [
        {"id": n, "source": "times", "title": title, "text": f"So it was in {n}.\n{line}"}
        for n, title in enumerate(titles)
    ]
    assert made(shell, lines)[0]["body"].endswith(line)
    assert made(shell, lines, "--learn")[0]["body"] == "So it was in 0."


def test_the_configuration_says_how_places_are_filed(shell: Any) -> None:
    shell.configure('[places]\n"Laayoune" = { country = "MA" }\n')
    (one,) = made(shell, [{"id": 1, "text": "They met in Laayoune on Monday.", "language": "en"}])
    assert one["focus_country"] == "MA"


def test_a_line_that_is_no_article_is_named(shell: Any) -> None:
    (shell.folder / "bad.jsonl").write_text('{"id": 1, "text": "A."}\n{"id": 2}\n', encoding="utf-8")
    assert "bad.jsonl:2: write an object" in shell.run("understand", "bad.jsonl", code=1).stderr
    (shell.folder / "bad.jsonl").write_text("{\n", encoding="utf-8")
    assert "bad.jsonl:1: this line is no JSON" in shell.run("understand", "bad.jsonl", code=1).stderr
    (shell.folder / "bad.jsonl").write_bytes(b"\xff\xfe\n")
    assert "not in UTF-8" in shell.run("understand", "bad.jsonl", code=1).stderr


def test_explain_shows_a_place_in_what_it_lies_in(shell: Any) -> None:
    (shell.folder / "a.txt").write_text("Rain\nIt rained in Rabat on Monday.\n", encoding="utf-8")
    said = shell.run("explain", "a.txt").stdout
    assert "Rabat > Rabat-Salé-Kénitra > MA > Africa, Maghreb, North Africa" in said
    assert "after a preposition" in said


def test_the_gazetteer_is_built_at_a_word(shell: Any) -> None:
    shell.environment["XDG_CACHE_HOME"] = str(shell.folder / "cache")
    assert "The gazetteer is in" in shell.run("gazetteer", "build").stdout
