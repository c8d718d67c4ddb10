"""Measures which articles are found to be copies of one another, and which to tell of one event:

    python bench/stories.py [--texts FILE.jsonl] [--held-texts FILE.jsonl] [--ablations] [--speed N] [--plot FILE.svg]

Copies: each article of tests/cluster/events, and of FILE (id, title, text, language), is copied four times with
one to three changes of bench/_copies.py, cleaned as a feed's entry is, and mixed with articles filled into one
form (bench/_forms.py). Counted are pairs. Events: tune.jsonl and close.jsonl were looked at while the rules were
made, held.jsonl was not, and fresh.jsonl was written afterwards. Counted are pairs, and B-cubed (Bagga and Baldwin 1998), over eight orders of arrival.
Speed is CPU time of one core over N articles of mixed sentences.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import platform
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from _copies import HELD_WAYS, WAYS, copies
from _forms import FORMS, HELD_FORMS, forms

from aggregator.cli.batch import article_of
from aggregator.cli.desk import open_gazetteer
from aggregator.cluster import Copies, Window, is_fuller, keys
from aggregator.cluster import stories as stories_room
from aggregator.pipeline import Pipeline
from aggregator.schema import Article, Draft, Habits, replace

EVENTS = Path(__file__).parents[1] / "tests" / "cluster" / "events"
SETS = {"looked at": ("tune", "close"), "held out": ("held",), "fresh": ("fresh",)}
ORDERS = 8
EACH = 4
COPY_RULES = {
    "no headline needed": ("copies", "_HEADLINE", 0.0),
    "differences not weighed": ("copies", "_ALLOWED", 1e9),
    "several changed figures weigh as names": ("copies", "_OTHER_FIGURES", 2.0),
    "five of seven keys": ("copies", "_HASHES", 5),
    "a quarter shared is enough": ("copies", "_SHARED", 0.25),
}
EVENT_RULES = {
    "names weigh as words": ("traits", "_NAMED", 1.0),
    "figures weigh as words": ("traits", "_FIGURED", 1.0),
    "places do not count": ("alike", "_NO_PLACE", (1.0, 1.0, 1.0)),
    "figures in common do not count": ("alike", "_FIGURES", 1.0),
    "the source does not count": ("alike", "_SAME_SOURCE", 1.0),
    "languages are not joined": ("alike", "_ACROSS", 0.0),
    "words alone are enough": ("alike", "_WORDS_ALONE", 0.0),
    "the rest of a story is not asked": ("stories", "_REST", 0.0),
    "time does not count": ("alike", "TOO_LATE", 1e9),
}

Line = dict[str, Any]
Item = tuple[Line, Article]


def main() -> None:
    given = arguments()
    print(f"Python {platform.python_version()}, {platform.machine()}, {datetime.now(UTC):%Y-%m-%d}\n")
    sets = {name: read(EVENTS / f"{name}.jsonl") for some in SETS.values() for name in some}
    texts = read(given.texts) if given.texts else []
    with open_gazetteer() as gazetteer:
        pipeline = Pipeline(gazetteer=gazetteer)
        tell_copies("first set", mixed(sets, texts, pipeline), ablations=given.ablations)
        held = read(given.held_texts) if given.held_texts else []
        tell_copies("second set", mixed(sets, held, pipeline, held=True), ablations=given.ablations)
        events = {
            name: [(line, made(line, pipeline)) for one in some for line in sets[one]]
            for name, some in SETS.items()
        }
        tell_events(events, ablations=given.ablations)
        if given.plot:
            given.plot.write_text(drawn(events), encoding="utf-8")
        if given.speed:
            tell_speed(sets, texts, pipeline, given.speed)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--texts", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--held-texts", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--ablations", action="store_true")
    parser.add_argument("--speed", type=int, default=0, metavar="N")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    return parser.parse_args()


def read(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def made(line: Line, pipeline: Pipeline) -> Article:
    return replace(article_of(line, None, pipeline, False, Habits()), sources=(line["source"],))


# --- copies --------------------------------------------------------------------------------------


def mixed(
    sets: Mapping[str, list[Line]], texts: list[Line], pipeline: Pipeline, *, held: bool = False
) -> list[Item]:
    """Originals, copies and filled forms in an order of their own; `of` names the original."""
    random_ = random.Random(5)
    ways = HELD_WAYS if held else WAYS
    given = {"language": "en", "published": "2026-05-01T00:00:00+00:00", "source": "text", "title": ""}
    lines: list[Line] = []
    for line in [*(line for some in sets.values() for line in some), *(given | line for line in texts)]:
        lines.append(line | {"of": line["id"], "ways": "original"})
        lines += [copy | {"of": line["id"]} for copy in copies(line, random_, EACH, ways)]
    filled = [*forms(random_, among=HELD_FORMS if held else FORMS)]
    if held:
        filled += [*forms(random_, among=HELD_FORMS, series=True), *forms(random_, series=True)]
    lines += [line | {"of": line["id"], "ways": "form"} for line in filled]
    random_.shuffle(lines)
    steps = dataclasses.replace(pipeline, steps=())
    return [(line, made(line, steps)) for line in lines]


def tell_copies(name: str, items: Sequence[Item], *, ablations: bool) -> None:
    found = copies_found(items)
    print(f"copies, {name}: {len(items)} articles, {found['pairs']} pairs of copies")
    print("| | precision | recall |\n|---|---|---|")
    print(f"| all | {found['precision']:.4f} | {found['recall']:.4f} |")
    print(f"| a copy and its original | | {found['home']:.4f} |")
    for way, recall in sorted(found["ways"].items()):
        print(f"| one of the two is changed by {way} | | {recall:.3f} |")
    for name, rule in COPY_RULES.items() if ablations else ():
        with without(rule):
            other = copies_found(items)
        print(f"| {name} | {other['precision']:.4f} | {other['recall']:.4f} |")
    print()


def copies_found(items: Sequence[Item]) -> dict[str, Any]:
    drafts: dict[str, Draft] = {}
    index = Copies(())
    right = wrong = 0
    before: defaultdict[str, list[Line]] = defaultdict(list)
    group: dict[str, str] = {}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for number, (line, article) in enumerate(items):
        found = index.original(article, under := keys(article), line["source"], drafts)
        uid = found[0] if found else f"{number}"
        if found is None or is_fuller(article, drafts[uid].article):
            drafts[uid] = Draft(article=replace(article, uid=uid), keys=under)
            index.add(drafts[uid])
        for other in members[uid]:
            same = other == line["of"]
            right, wrong = right + same, wrong + (not same)
        members[uid].append(line["of"])
        group[line["id"]] = uid
        before[line["of"]].append(line)
    hits, total = Counter[str](), Counter[str]()
    for lines in before.values():
        for one, other in combinations(lines, 2):
            for way in {*one["ways"].split(" + "), *other["ways"].split(" + ")} - {"original"} or {"nothing"}:
                total[way] += 1
                hits[way] += group[one["id"]] == group[other["id"]]
    made_of = [line for line, _ in items if line["id"] != line["of"]]
    pairs = sum(len(lines) * (len(lines) - 1) // 2 for lines in before.values())
    return {
        "pairs": pairs,
        "precision": right / ((right + wrong) or 1),
        "recall": right / (pairs or 1),
        "home": sum(group[line["id"]] == group[line["of"]] for line in made_of) / len(made_of),
        "ways": {way: hits[way] / total[way] for way in total},
    }


# --- events --------------------------------------------------------------------------------------


def tell_events(events: Mapping[str, list[Item]], *, ablations: bool) -> None:
    for name, items in events.items():
        gold = Counter(line["event"] for line, _ in items)
        print(
            f"events, {name}: {len(items)} articles, {len(gold)} events, {sum(n > 1 for n in gold.values())} with several"
        )
    print("\n| | " + " | ".join(f"{name}: pairs P | pairs R | B³ F1" for name in events) + " |")
    print("|---" * (1 + 3 * len(events)) + "|")
    print(row("all rules", events))
    for name, rule in EVENT_RULES.items() if ablations else ():
        with without(rule):
            print(row(name, events))
    print()


def row(name: str, events: Mapping[str, list[Item]]) -> str:
    cells = [f"{value:.3f}" for items in events.values() for value in measured(items)]
    return f"| {name} | " + " | ".join(cells) + " |"


def measured(items: Sequence[Item]) -> tuple[float, float, float]:
    """Mean precision and recall of pairs, and B-cubed F1: as published, and in seven disturbed orders."""
    found = []
    for seed in range(ORDERS):
        random_ = random.Random(seed)
        late = {line["id"]: random_.uniform(0, 40_000) if seed else 0.0 for line, _ in items}
        ordered = sorted(
            items, key=lambda item: (item[1].published.timestamp() + late[item[0]["id"]], item[0]["id"])
        )
        found.append(scored(ordered))
    return tuple(sum(values) / len(values) for values in zip(*found, strict=True))  # type: ignore[return-value]


def scored(items: Sequence[Item]) -> tuple[float, float, float]:
    window = Window()
    gold = [line["event"] for line, _ in items]
    told = [window.tell(replace(article, id=n)).story for n, (_, article) in enumerate(items, 1)]
    right = made_ = there = 0
    for one, other in combinations(range(len(items)), 2):
        same, joined = gold[one] == gold[other], told[one] == told[other]
        right, made_, there = right + (same and joined), made_ + joined, there + same
    both, stories, events = Counter(zip(gold, told, strict=True)), Counter(told), Counter(gold)
    precision = sum(n * n / stories[story] for (_, story), n in both.items()) / len(items)
    recall = sum(n * n / events[event] for (event, _), n in both.items()) / len(items)
    return right / (made_ or 1), right / (there or 1), 2 * precision * recall / (precision + recall)


@contextmanager
def without(rule: tuple[str, str, object]) -> Iterator[None]:
    """The rules with one of them changed."""
    room = importlib.import_module(f"aggregator.cluster.{rule[0]}")
    rooms = [room, stories_room] if hasattr(stories_room, rule[1]) else [room]
    before = getattr(room, rule[1])
    for one in rooms:
        setattr(one, rule[1], rule[2])
    try:
        yield
    finally:
        for one in rooms:
            setattr(one, rule[1], before)


# --- speed ---------------------------------------------------------------------------------------


def tell_speed(sets: Mapping[str, list[Line]], texts: list[Line], pipeline: Pipeline, count: int) -> None:
    random_ = random.Random(1)
    lines = [line for some in sets.values() for line in some if line["language"] == "en"] + texts
    sentences = [one for line in lines for one in line["text"].split(". ") if 40 < len(one) < 300]
    bases = [made(line, pipeline) for some in sets.values() for line in some]
    start = datetime(2026, 5, 1, tzinfo=UTC)
    articles = []
    for number in range(count):
        name = "".join(random_.choice("bcdfglmnprst") + random_.choice("aeiou") for _ in range(3)).title()
        some = random_.sample(sentences, 7)
        at = start + timedelta(seconds=20 * number)
        articles.append(
            replace(
                random_.choice(bases),
                id=number + 1,
                uid=str(number),
                language="en",
                title=f"{random_.choice(sentences)[:60]} {name}",
                text=". ".join([some[0], f"The council of {name} met on Monday", *some[1:]]),
                published=at,
                first_seen=at,
                sources=(f"source {number % 400}",),
            )
        )
    window = Window()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = timed(lambda: [window.tell(article) for article in articles])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    keyed = timed(lambda: [keys(article) for article in articles])
    print(
        f"speed, {count} articles: stories {count / spent:,.0f}/s, keys of copies {count / keyed:,.0f}/s, memory grew by {grown:.0f} MB"
    )


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


# --- plot ----------------------------------------------------------------------------------------


def drawn(events: Mapping[str, list[Item]]) -> str:
    """Precision of pairs and B-cubed F1 by how alike an article and its story must be."""
    steps = [n / 100 for n in range(10, 61, 5)]
    curves: dict[str, list[float]] = {}
    for name, items in events.items():
        for step in steps:
            with without(("stories", "_ENOUGH", step)):
                precision, _, f1 = measured(items)
            curves.setdefault(f"{name}: precision of pairs", []).append(precision)
            curves.setdefault(f"{name}: B³ F1", []).append(f1)
    colours = ("#b03a2e", "#e59866", "#21618c", "#85c1e9", "#1e8449", "#7dcea0")
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans-serif" font-size="12">',
        '<rect width="640" height="400" fill="white"/>',
        '<text x="60" y="24" font-size="15">How alike an article and its story must be</text>',
    ]
    for tenth in range(5, 11):
        y = 340 - (tenth / 10 - 0.5) * 560
        parts.append(
            f'<path d="M60 {y:.0f}H620" stroke="#ddd"/><text x="52" y="{y + 4:.0f}" text-anchor="end">{tenth / 10:.1f}</text>'
        )
    for step in steps[::2]:
        parts.append(f'<text x="{x_of(step):.0f}" y="358" text-anchor="middle">{step:.1f}</text>')
    parts.append(f'<path d="M{x_of(0.28):.0f} 60V340" stroke="#888" stroke-dasharray="4"/>')
    for number, ((name, values), colour) in enumerate(zip(curves.items(), colours, strict=True)):
        points = " ".join(
            f"{x_of(step):.1f},{340 - (max(value, 0.5) - 0.5) * 560:.1f}"
            for step, value in zip(steps, values, strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(
            f'<text x="{60 + 195 * (number // 2)}" y="{378 + 15 * (number % 2)}" fill="{colour}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def x_of(step: float) -> float:
    return 60 + (step - 0.1) * 1120


if __name__ == "__main__":
    main()
