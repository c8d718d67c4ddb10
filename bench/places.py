"""Measures places against gold files, as `dateline understand --no-clean --learn` gives them:

    python bench/places.py [FOLDER] [--rules] [--svg FILE]

FOLDER (by default ../shared/eval/places beside the project) holds lgl-dev.jsonl, gwn.jsonl and their scorer,
score_places.py; the project's own set is in tests/locate/labelled. A source's habits are learned from the other articles of its feed only, in five folds. `--rules` also
tells what each rule is worth, `--svg` draws the errors of more than 161 km on a map.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.locate import Gazetteer, learn, locate
from aggregator.locate.build import build
from aggregator.locate.evidence import WEIGHTS
from aggregator.schema import Article, Habits, Identity, Mention, Source, replace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FOLDS = 5
SOURCE = Source(id="bench", url="https://bench.example/", title="bench")
NEAR = 161.0
"""Kilometres (a hundred miles) within which a place counts as found, by custom of those who measure this."""
SUMMARY = 300
"""Characters of a text that a feed with summaries only gives."""

Document = dict[str, Any]


def main() -> None:
    given = arguments()
    scorer = module(given.folder / "score_places.py")
    path = Path(tempfile.gettempdir()) / f"dateline-bench-places-{Gazetteer.VERSION}.db"
    if not path.exists():
        started = time.perf_counter()
        build(path, lambda done, total: None)
        print(
            f"gazetteer built in {time.perf_counter() - started:.0f} s, {path.stat().st_size / 1e6:.0f} MB\n"
        )
    gazetteer = Gazetteer.open(path)
    sets = {name: scorer.read(given.folder / f"{name}.jsonl") for name in ("lgl-dev", "gwn")}
    found = {name: with_habits(documents, gazetteer) for name, documents in sets.items()}
    for name, documents in sets.items():
        print(name)
        for measure, value in scorer.score(documents, [line(article) for article in found[name]]).items():
            print(f"  {measure:28} {value:.3f}" if isinstance(value, float) else f"  {measure:28} {value}")
        print(
            "  "
            + ", ".join(f"{what} {count}" for what, count in outcomes(documents, found[name], scorer.km))
            + "\n"
        )
    for split in ("tune", "report"):
        labelled(split, gazetteer)
    speed([document for documents in sets.values() for document in documents], gazetteer)
    if given.rules:
        rules(sets, found, gazetteer, scorer)
    if given.svg:
        given.svg.write_text(drawn(sets, found, scorer.km), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folder = Path(__file__).resolve().parents[1].parent / "shared" / "eval" / "places"
    parser.add_argument("folder", nargs="?", type=Path, default=folder)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--svg", type=Path)
    return parser.parse_args()


def module(path: Path) -> Any:
    """The scorer that comes with the gold files, as it is."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


# --- what is found -----------------------------------------------------------------------------


def article(document: Document, text: str | None = None) -> Article:
    return Article(
        uid=document["id"], identity=Identity(key=document["id"]), title=document["title"], published=NOW,
        first_seen=NOW, language="en", text=document["text"] if text is None else text,
    )  # fmt: skip


def with_habits(documents: list[Document], gazetteer: Gazetteer) -> list[Article]:
    """Every article, read with what the other articles of its feed show."""
    alone = [locate(article(document), SOURCE, gazetteer) for document in documents]
    feeds: dict[str, list[int]] = defaultdict(list)
    for n, document in enumerate(documents):
        if document["feed"]:
            feeds[document["feed"]].append(n)
    found = list(alone)
    for numbers in feeds.values():
        for fold in range(min(FOLDS, len(numbers))):
            habits = Habits()
            for turn, n in enumerate(numbers):
                if turn % FOLDS != fold:
                    habits = learn(habits, alone[n], NOW)
            for n in numbers[fold::FOLDS]:
                found[n] = locate(article(documents[n]), SOURCE, gazetteer, habits)
    return found


def in_text(found: Article) -> Iterator[Mention]:
    """The mentions with an offset into the text."""
    apart = not found.text.startswith(found.title)
    return (one for one in found.mentions if one.start is not None and not (apart and one.role == "title"))


def line(found: Article) -> Document:
    """An article as the scorer takes it."""
    places = [
        {
            "start": one.start,
            "end": one.end,
            "lat": one.place.lat,
            "lon": one.place.lon,
            "country": one.place.country,
        }
        for one in in_text(found)
    ]
    return {"id": found.uid, "places": places}


def outcomes(
    documents: list[Document], found: list[Article], km: Callable[..., float]
) -> list[tuple[str, int]]:
    """The confusion table: what became of the names in the gold, and of those that are not in it."""
    counts: Counter[str] = Counter()
    for document, made in zip(documents, found, strict=True):
        gold = {(one["start"], one["end"]): one for one in document["toponyms"]}
        got = {(one.start, one.end): one for one in in_text(made)}
        counts["no such name in the gold"] += len(got.keys() - gold.keys())
        for span, one in gold.items():
            counts[outcome(one, got.get(span), km)] += 1
    return counts.most_common()


def outcome(one: Document, mention: Mention | None, km: Callable[..., float]) -> str:
    if mention is None:
        return "missed"
    place = mention.place
    if one.get("lat") is None or place.lat is None:
        return "found, without a point to compare"
    if km(one["lat"], one["lon"], place.lat, place.lon) <= NEAR:
        return "right place"
    if one.get("country") and one["country"] != place.country:
        return "wrong country"
    return "wrong place"


# --- the project's own set ---------------------------------------------------------------------


def labelled(split: str, gazetteer: Gazetteer) -> None:
    """Precision and recall by language on the short texts of tests/locate/labelled: each name once a text, right if
    its country is."""
    print(f"own set, {split}")
    total = [0, 0, 0]
    for path in sorted(
        (Path(__file__).resolve().parents[1] / "tests" / "locate" / "labelled").glob("*.jsonl")
    ):
        counts = [0, 0, 0]
        for document in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if document["split"] == split:
                gold = {(name, country) for name, country in document["places"]}
                got = short_names(document, gazetteer)
                counts = [old + len(new) for old, new in zip(counts, (gold & got, got, gold), strict=True)]
        total = [old + new for old, new in zip(total, counts, strict=True)]
        print(f"  {path.stem:4} " + measures(*counts))
    print("  all  " + measures(*total) + "\n")


def short_names(document: Document, gazetteer: Gazetteer) -> set[tuple[str, str]]:
    """The names found in title and text, with the country of each; not the words for people, nor streets."""
    source = replace(SOURCE, country=document.get("country"))
    found = locate(replace(article(document), language=document["language"]), source, gazetteer)
    return {
        (one.text, one.place.country)
        for one in found.mentions
        if one.role in ("title", "dateline", "body") and not one.people and one.place.kind != "street"
    }


def measures(right: int, found: int, gold: int) -> str:
    precision, recall = right / max(found, 1), right / max(gold, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}, of {gold} names"


# --- speed, rules, map -------------------------------------------------------------------------


def speed(documents: list[Document], gazetteer: Gazetteer) -> None:
    """Articles per CPU-second, warm, the best of three rounds, and the memory the process took at most."""
    full = [article(document) for document in documents]
    short = [article(document, document["text"][:SUMMARY]) for document in documents]
    for what, articles in (("full articles", full), ("title and summary", short)):
        best = min(seconds(articles, gazetteer) for _ in range(3))
        print(f"{what}: {len(articles) / best:.0f} a second")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB\n")


def seconds(articles: list[Article], gazetteer: Gazetteer) -> float:
    started = time.process_time()
    for one in articles:
        locate(one, SOURCE, gazetteer)
    return time.process_time() - started


def rules(
    sets: dict[str, list[Document]], found: dict[str, list[Article]], gazetteer: Gazetteer, scorer: Any
) -> None:
    """Of each rule: how often it spoke of a mention, how often that is in the gold, and F1 of both sets without it."""
    spoke: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for name, documents in sets.items():
        for document, made in zip(documents, found[name], strict=True):
            gold = {(one["start"], one["end"]) for one in document["toponyms"]}
            for mention in in_text(made):
                for evidence in mention.evidence:
                    spoke[evidence.text] += 1
                    right[evidence.text] += (mention.start, mention.end) in gold
    base = {
        name: scorer.score(documents, list(map(line, found[name])))["f1"] for name, documents in sets.items()
    }
    print(f"{'rule':32} {'weight':>6} {'spoke':>6} {'right':>6}  " + "  ".join(f"{name:>8}" for name in sets))
    for rule, weight in sorted(WEIGHTS.items(), key=lambda pair: -pair[1]):
        WEIGHTS[rule] = 0.0
        without = [
            scorer.score(documents, list(map(line, with_habits(documents, gazetteer))))["f1"] - base[name]
            for name, documents in sets.items()
        ]
        WEIGHTS[rule] = weight
        share = f"{right[rule] / spoke[rule]:6.2f}" if spoke[rule] else f"{'-':>6}"
        print(
            f"{rule:32} {weight:6.1f} {spoke[rule]:6} {share}  "
            + "  ".join(f"{one:+8.4f}" for one in without)
        )


def drawn(sets: dict[str, list[Document]], found: dict[str, list[Article]], km: Callable[..., float]) -> str:
    """A map of the errors: a line from each true place to the one that was taken for it."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-180 -90 360 180" font-size="4" font-family="sans-serif">'
    ]
    parts.append('<rect x="-180" y="-90" width="360" height="180" fill="#f7f7f5"/>')
    parts += [f'<path d="M{lon} -90V90" stroke="#ddd" stroke-width=".2"/>' for lon in range(-150, 180, 30)]
    parts += [f'<path d="M-180 {lat}H180" stroke="#ddd" stroke-width=".2"/>' for lat in range(-60, 90, 30)]
    for name, colour in (("lgl-dev", "#b03a2e"), ("gwn", "#21618c")):
        for document, made in zip(sets[name], found[name], strict=True):
            gold = {(one["start"], one["end"]): one for one in document["toponyms"]}
            for mention in in_text(made):
                one, place = gold.get((mention.start or 0, mention.end or 0)), mention.place
                if one is None or one.get("lat") is None or place.lat is None or place.lon is None:
                    continue
                at = f'cx="{one["lon"]:.1f}" cy="{-one["lat"]:.1f}"'
                if km(one["lat"], one["lon"], place.lat, place.lon) <= NEAR:
                    parts.append(f'<circle {at} r=".5" fill="#888" opacity=".4"/>')
                    continue
                path = f"M{one['lon']:.2f} {-one['lat']:.2f}L{place.lon:.2f} {-place.lat:.2f}"
                parts.append(f'<path d="{path}" stroke="{colour}" stroke-width=".3" opacity=".6"/>')
                parts.append(f'<circle {at} r=".8" fill="{colour}"/>')
    parts.append(
        '<text x="-176" y="84">Grey: right. A dot is the true place, its line leads to the one taken for it: '
    )
    parts.append('<tspan fill="#b03a2e">LGL</tspan>, <tspan fill="#21618c">GWN</tspan>.</text></svg>')
    return "\n".join(dict.fromkeys(parts)) + "\n"


if __name__ == "__main__":
    sys.exit(main())
