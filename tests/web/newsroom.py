"""A small newsroom to look at: sources, views, and articles in six languages, all made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aggregator.cluster import settle
from aggregator.schema import (
    Article,
    Category,
    Enclosure,
    Entry,
    Evidence,
    FetchSettings,
    Finding,
    Identity,
    Memory,
    Mention,
    Outcome,
    Place,
    Polled,
    Removal,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    View,
    WebSettings,
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
    "Rabat": ("city", "MA"), "Casablanca": ("city", "MA"), "Morocco": ("country", "MA"),
    "Tangier": ("city", "MA"), "Hamburg": ("city", "DE"), "Leipzig": ("city", "DE"),
    "Germany": ("country", "DE"), "Marseille": ("city", "FR"), "France": ("country", "FR"),
    "Rosario": ("city", "AR"), "Argentina": ("country", "AR"), "Bristol": ("city", "GB"),
    "United Kingdom": ("country", "GB"), "Kenya": ("country", "KE"), "Nairobi": ("city", "KE"),
    "Atlantic Ocean": ("region", ""),
}  # fmt: skip

STORIES: tuple[dict[str, Any], ...] = (
    {"source": "atlas-wire", "minutes": 12, "language": "en", "picture": "coast",
     "title": "Night trains between Tangier and Casablanca return after eleven years",
     "summary": "Two sleeper services a night will stop in Rabat from March. Tickets cost less than the coach, and "
                "the old dining cars have been rebuilt by apprentices of the railway school.",
     "categories": ("transport", "business"), "places": ("Casablanca", "Tangier", "Morocco"),
     "authors": ("Salma Idrissi",), "also": "harbour-times"},
    {"source": "ufuq", "minutes": 34, "language": "ar",
     "title": "مكتبة الرباط الوطنية تفتح قاعاتها ليلاً طوال فصل الشتاء",
     "summary": "قررت المكتبة تمديد ساعات العمل حتى منتصف الليل بعد أن تضاعف عدد الطلبة الذين يبحثون عن مكان هادئ "
                "للمراجعة، وستوفر حافلة مجانية للعودة إلى الأحياء البعيدة.",
     "categories": ("culture",), "places": ("Rabat", "Morocco"), "authors": ("ليلى بناني",)},
    {"source": "open-science", "minutes": 58, "language": "en", "picture": "night",
     "title": "A telescope the size of a shoebox maps dust between nearby stars",
     "summary": "Students flew the instrument for nine days below a balloon. Its map agrees with that of a satellite "
                "that cost four thousand times as much, and shows two clouds nobody had drawn before.",
     "categories": ("science",), "places": ("Kenya",), "authors": ("Grace Wanjiru", "Tom Ashby")},
    {"source": "stadtpost", "minutes": 95, "language": "de", "picture": "city",
     "title": "Hamburg legt die Hälfte seiner Parkplätze am Hafen trocken – und pflanzt 600 Bäume",
     "summary": "Wo bisher Autos standen, soll Regenwasser versickern. Anwohner dürfen Patenschaften übernehmen; "
                "die ersten Linden kommen noch vor dem Frühjahr.",
     "categories": ("climate", "politics"), "places": ("Hamburg", "Germany"), "authors": ("Jana Petersen",)},
    {"source": "littoral", "minutes": 141, "language": "fr",
     "title": "À Marseille, le marché aux poissons passe à la criée numérique sans perdre sa voix",
     "summary": "Les enchères s’affichent désormais sur un écran, mais les vendeuses continuent d’annoncer les prix à "
                "pleine gorge : « l’écran, c’est pour ceux qui n’entendent pas », dit l’une d’elles.",
     "categories": ("business", "culture"), "places": ("Marseille", "France"), "authors": ("Inès Garcin",)},
    {"source": "harbour-times", "minutes": 190, "language": "en",
     "title": "Council votes to keep Bristol’s last ferry, by a margin of one",
     "summary": "The deciding vote came from a councillor who crosses the harbour on it every morning. The service "
                "gets three more years and an electric boat.",
     "categories": ("politics", "transport"), "places": ("Bristol", "United Kingdom"),
     "authors": ("Owen Pryce",)},
    {"source": "faro-sur", "minutes": 260, "language": "es", "picture": "river",
     "title": "Rosario estrena un hospital flotante para las islas del delta",
     "summary": "El barco recorre catorce parajes por semana con dos médicas, una odontóloga y un laboratorio. "
                "Las consultas son gratuitas y los turnos se piden por radio.",
     "categories": ("health",), "places": ("Rosario", "Argentina"), "authors": ("Lucía Ferreyra",)},
    {"source": "atlas-wire", "minutes": 410, "language": "en",
     "title": "Dam levels in Morocco rise for the fourth week, officials urge patience",
     "summary": "Reservoirs stand at 41 per cent, twice last winter’s level. Farmers may plant, but irrigation rules "
                "stay until April.",
     "categories": ("climate",), "places": ("Morocco", "Rabat"), "authors": ()},
    {"source": "stadtpost", "minutes": 1_130, "language": "de",
     "title": "Leipziger Gewandhaus spielt ein Konzert nur für Säuglinge – und ihre müden Eltern",
     "summary": "Vierzig Minuten, gedämpftes Licht, Wickeltische im Foyer. Die Karten waren in neun Minuten weg.",
     "categories": ("culture",), "places": ("Leipzig", "Germany"), "authors": ("Mirko Saal",)},
    {"source": "open-science", "minutes": 1_300, "language": "en", "picture": "field",
     "title": "Old bean varieties fix nitrogen better in dry soil, ten-year trial finds",
     "summary": "Nairobi’s seed bank compared 212 varieties. The best was last grown commercially in 1931.",
     "categories": ("science", "climate"), "places": ("Nairobi", "Kenya"), "authors": ("Peter Otieno",)},
    {"source": "littoral", "minutes": 1_460, "language": "fr",
     "title": "Le club féminin de voile remporte la traversée de l’Atlantique",
     "summary": "Dix-neuf jours, une avarie de safran et un anniversaire fêté au milieu de l’océan.",
     "categories": ("sport",), "places": ("Atlantic Ocean", "France"), "authors": ("Paul Ménard",)},
    {"source": "ufuq", "minutes": 1_640, "language": "ar",
     "title": "شباب الدار البيضاء يحولون مصنعاً مهجوراً إلى ورشة للدراجات",
     "summary": "تصلح الورشة مئتي دراجة في الشهر وتبيعها بسعر رمزي للتلاميذ، وتعلّم من يشاء كيف يصلح دراجته بنفسه.",
     "categories": ("transport", "culture"), "places": ("Casablanca",), "authors": ()},
)

BODY = """<p>{summary}</p>
<p>The plan was drawn up over two winters, in meetings that anyone could attend and that rarely ended before
midnight. “We asked people what they missed,” says one of the organisers, “and then we asked what they would give
up for it. The second question was the useful one.”</p>
<h2>What changes</h2>
<ul><li>The service runs every day, holidays included.</li><li>Children under twelve pay nothing.</li></ul>
<blockquote><p>It is not a museum piece. It has to be on time.</p></blockquote>
<p>A first review is due in autumn. <a href="https://archive.example/report">The full report</a> is public.</p>"""
BODY_ARABIC = """<p>{summary}</p>
<p>«سألنا الناس عمّا ينقصهم»، تقول إحدى المنظِّمات، «ثم سألناهم عمّا هم مستعدون للتخلي عنه مقابل ذلك. كان السؤال الثاني
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
        url=link, title=story["title"], authors=story.get("authors", ()),
        published=at, first_seen=at, language=story.get("language", ""), summary=summary,
        html=(BODY_ARABIC if story.get("language") == "ar" else BODY).format(summary=summary), text=summary,
        image=f"https://pictures.example/{picture}.svg" if picture else "",
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
    kind, country = _PLACES.get(name, ("city", ""))
    place = Place(name=name, kind=kind, country=country)  # type: ignore[arg-type]
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
    kept = {
        "url": source.url, "title": source.title, "last_poll": now, "last_ok": now, "last_new": now,
        "last_kind": "news", "last_message": f"{len(findings)} new articles.", "polls": 40, "not_modified": 31,
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
