"""A small newsroom to look at: sources, views, and articles in six languages, all made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aggregator.cluster import settle
from aggregator.schema import (
    Article,
    Category,
    Corrected,
    Enclosure,
    Entry,
    Errand,
    Evidence,
    Fault,
    FetchSettings,
    Finding,
    Identity,
    Memory,
    Mention,
    Outcome,
    Place,
    Planned,
    Polled,
    Preview,
    Removal,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    View,
    WebSettings,
    replace,
)
from aggregator.store import Store

SOURCES = (
    Source(id="harbour-times", url="https://harbourtimes.example/feed", title="Harbour Times", language="en",
           country="GB", origin="config.toml:31"),
    Source(id="atlas-wire", url="https://atlaswire.example/rss", title="Atlas Wire", language="en",
           country="MA", origin="config.toml:37"),
    Source(id="stadtpost", url="https://stadtpost.example/rss.xml", title="Die Stadtpost", language="de",
           country="DE", origin="config.toml:43"),
    Source(id="littoral", url="https://littoral.example/flux", title="Le Courrier du Littoral", language="fr",
           country="FR", origin="config.toml:49"),
    Source(id="faro-sur", url="https://farosur.example/rss", title="El Faro del Sur", language="es",
           country="AR", origin="config.toml:55"),
    Source(id="ufuq", url="https://ufuq.example/rss", title="الأفق اليومي", language="ar",
           country="MA", origin="config.toml:61"),
    Source(id="open-science", url="https://openscience.example/atom", title="Open Science Letter",
           language="en", origin="config.toml:67"),
)  # fmt: skip

VIEWS = (
    View(id="maghreb", title="Maghreb", filter="country:MA"),
    View(id="science", title="Science", filter="category:science"),
    View(id="kultur", title="Kultur & Alltag", filter="category:culture"),
    View(id="nothing", title="Quiet corner", filter="category:unheard-of"),
)

_CATEGORIES = {
    "business": "Business", "climate": "Climate", "culture": "Culture", "health": "Health",
    "politics": "Politics", "science": "Science", "sport": "Sport", "transport": "Transport",
}  # fmt: skip
_PLACES = {
    "Rabat": ("city", "MA", 34.0133, -6.8326), "Casablanca": ("city", "MA", 33.5883, -7.6114),
    "Morocco": ("country", "MA", 31.88, -6.24), "Tangier": ("city", "MA", 35.7673, -5.7998),
    "Hamburg": ("city", "DE", 53.5507, 9.993), "Leipzig": ("city", "DE", 51.3396, 12.3713),
    "Germany": ("country", "DE", 51.11, 10.36), "Marseille": ("city", "FR", 43.297, 5.3811),
    "France": ("country", "FR", 46.57, 2.54), "Rosario": ("city", "AR", -32.9468, -60.6393),
    "Argentina": ("country", "AR", -35.5, -65.14), "Bristol": ("city", "GB", 51.4552, -2.5966),
    "United Kingdom": ("country", "GB", 54.12, -2.9), "Kenya": ("country", "KE", 0.55, 37.82),
    "Nairobi": ("city", "KE", -1.2833, 36.8167), "Atlantic Ocean": ("region", "", None, None),
}  # fmt: skip

STORIES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("stories.json").read_text(encoding="utf-8")
)

BODY = """<p>{summary}</p>
<p>The plan was drawn up over two winters, in meetings that anyone could attend and that rarely ended
before midnight. “We asked people what they missed,” says one of the organisers, “and then we asked what
they would give up for it. The second question was the useful one.”</p>
<h2>What changes</h2>
<ul><li>The service runs every day, holidays included.</li><li>Children under twelve pay nothing.</li></ul>
<blockquote><p>It is not a museum piece. It has to be on time.</p></blockquote>
<p>A first review is due in autumn.
<a href="https://archive.example/report">The full report</a> is public.</p>"""
BODY_ARABIC = """<p>{summary}</p>
<p>«سألنا الناس عمّا ينقصهم»، تقول إحدى المنظِّمات،
«ثم سألناهم عمّا هم مستعدون للتخلي عنه مقابل ذلك. كان السؤال الثاني
هو السؤال المفيد.»</p>
<blockquote><p>المكتبة بيت لمن لا بيت له يقرأ فيه.</p></blockquote>"""


def settings(path: Path, **web: Any) -> Settings:
    return Settings(
        path=path / "config.toml", service=ServiceSettings(),
        store=StoreSettings(url=Secret("sqlite://")), fetch=FetchSettings(),
        web=WebSettings(**web), sources=SOURCES, views=VIEWS, files=(path / "config.toml",),
    )  # fmt: skip


def article(now: datetime, story: dict[str, Any]) -> Article:
    """The article of a story; keys it lacks are left empty."""
    at = now - timedelta(minutes=story["minutes"])
    link = f"https://{story['source']}.example/{sha256(story['title'].encode()).hexdigest()[:10]}"
    summary = story.get("summary", "")
    picture = story.get("picture", "")
    made = Article(
        uid=uuid5(NAMESPACE_URL, link).urn,
        identity=Identity(key=f"g:{link}", link_is_own=True, link=link, title=story["title"]),
        url=link, title=story["title"], authors=tuple(story.get("authors", ())),
        published=at, first_seen=at, language=story.get("language", ""), summary=summary,
        html=(BODY_ARABIC if story.get("language") == "ar" else BODY).format(summary=summary), text=summary,
        image=f"https://pictures.example/{picture}.jpg" if picture else "",
        categories=tuple(_category(id) for id in story.get("categories", ())),
        mentions=tuple(_mention(name, n) for n, name in enumerate(story.get("places", ()))),
        removed=(Removal(rule="read-more", text="Read more on our site"),) if picture else (),
        enclosures=(Enclosure(url=f"{link}.mp3", type="audio/mpeg", length=4_200_000),)
        if story["source"] == "open-science" else (),
    )  # fmt: skip
    return replace(made, **story.get("given", {}))


def _category(id: str) -> Category:
    evidence = (Evidence(kind="feed term", text=_CATEGORIES.get(id, id)), Evidence(kind="title", text=id))
    return Category(id=id, name=_CATEGORIES.get(id, id), score=0.92, evidence=evidence)


def _mention(name: str, n: int) -> Mention:
    kind, country, lat, lon = _PLACES.get(name, ("city", "", None, None))
    place = Place(name=name, kind=kind, country=country, lat=lat, lon=lon)  # type: ignore[arg-type]
    evidence = (Evidence(kind="gazetteer", text=name),)
    return Mention(place=place, role="title", text=name, score=0.9 - n / 10, evidence=evidence)


def polled(now: datetime, source: Source, stories: Sequence[dict[str, Any]], **memory: Any) -> Polled:
    """One poll of a source that found these stories."""
    findings = []
    for story in stories:
        made = article(now, story)
        entry = Entry(guid=made.identity.key, link=made.url, title=made.title)
        raw = sha256(made.title.encode()).hexdigest()
        other = uuid5(NAMESPACE_URL, f"{source.url} {made.identity.key}").urn
        findings.append(
            Finding(
                entry=entry, raw_hash=raw, identity=made.identity, known=None, article=made, other_uid=other
            )
        )
    kept: dict[str, Any] = {
        "url": source.url, "title": source.title, "last_poll": now, "last_ok": now, "last_new": now,
        "last_kind": "news", "last_message": f"{len(findings)} new articles.",
        "polls": 40, "not_modified": 31,
        "next_poll": now + timedelta(minutes=44), "reason": "It brings about 3 articles a day.",
        "news": 42.0, "span": 14.0,
    } | memory  # fmt: skip
    return Polled(
        source=source,
        outcome=Outcome(kind="news", at=now, message="", status=200, new=len(findings)),
        memory=Memory(source_id=source.id, **kept),
        findings=tuple(findings),
    )


def fill(store: Store, now: datetime, stories: Sequence[dict[str, Any]] = STORIES) -> None:
    """Configures the sources and stores the stories as if each source had been polled just now."""
    store.configure(SOURCES, lambda n: [now] * n)
    batch = []
    for source in SOURCES:
        own = [story for story in stories if source.id in (story["source"], story.get("also"))]
        if own:
            batch.append(polled(now, source, own))
    store.save(batch, settle, now=now)


@dataclass
class Bench:
    """Tools that answer what a test wants, and remember what was asked."""

    errand: Errand = field(default_factory=Errand)
    found: Preview = field(default_factory=lambda: Preview(asked=""))
    planned: Planned = field(default_factory=Planned)
    edits: Corrected = field(default_factory=Corrected)
    asked: list[Any] = field(default_factory=list)

    def in_flight(self) -> int:
        return 7

    def poll_now(self, source_id: str) -> Errand:
        self.asked.append(source_id)
        return self.errand

    def preview(self, url: str) -> Preview:
        self.asked.append(url)
        return replace(self.found, asked=url)

    def plan(self, draft: str | None) -> Planned:
        self.asked.append(draft)
        return self.planned

    def corrections(self, number: int, fault: Fault, what: str) -> Corrected:
        self.asked.append((number, fault, what))
        return self.edits


PROBLEM = (
    'config.toml:12: interval = "5 parsecs": this is no duration; write a number and a unit such as "30m".'
)


def trouble(store: Store, now: datetime) -> None:
    """A failing, a gone, a moved and a silent source."""
    by_id = {source.id: source for source in SOURCES}
    batch = [
        polled(
            now, by_id["faro-sur"], [], last_kind="failed", failures=4,
            last_message="The origin answered 503 (Service Unavailable).", last_ok=now - timedelta(hours=19),
            next_poll=now + timedelta(hours=4), reason="It failed 4 times in a row.",
        ),
        polled(now, by_id["littoral"], [], last_kind="gone", gone_count=2,
               last_message="The origin answered 410 (Gone)."),
        polled(now, by_id["stadtpost"], [], moved_to="https://stadtpost.example/neu/feed.xml", moved_count=2),
        polled(now, by_id["harbour-times"], [], last_kind="not_modified", last_new=now - timedelta(days=5),
               last_message="Not modified (304)."),
    ]  # fmt: skip
    store.save(batch, settle, now=now)
