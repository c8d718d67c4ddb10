"""Who may see and do what: every address of the desk, asked by a stranger, a reader and an admin.

A route that is in neither table fails here, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, product
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest

from aggregator.filters import Kind
from aggregator.schema import Errand, Settings
from web.language import LANGUAGES

ANYONE, VISITOR, READER, ADMIN = range(4)
"""Who may: also those who were not let in; those who are let in; those who are known; those who run the desk."""
WHO = ("stranger", "ann", "bo")
PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Change:
    """A form that may be sent."""

    path: str
    """With `{session}` and the like for what belongs to the reader who is shown its button."""
    may: int
    answer: int
    form: dict[str, str] = field(default_factory=dict)


CHANGES = (
    Change("/sign-in", ANYONE, 303, {"name": "ann", "password": PASSWORD}),
    Change("/push/secret", ANYONE, 404),
    Change("/look", VISITOR, 303, {"theme": "dark"}),
    Change("/sign-out", VISITOR, 303),
    Change("/notes", READER, 303, {"note": "star.1"}),
    Change("/notes/undo", READER, 303, {"undo": "star.1"}),
    Change("/notes/list/", READER, 303, {"upto": "99"}),
    Change("/notes/list/view/maghreb", READER, 303, {"upto": "99"}),
    Change("/preferences", READER, 303, {"keys": "on"}),
    Change("/save", READER, 303, {"name": "Mine"}),
    Change("/view/maghreb/save", READER, 303, {"name": "Mine"}),
    Change("/me/sessions/{session}/end", READER, 303),
    Change("/me/sessions/end", READER, 303),
    Change("/me/tokens", READER, 200, {"label": "phone"}),
    Change("/me/tokens/{token}/end", READER, 303),
    Change("/me/views/{view}/rename", READER, 303, {"name": "Ours"}),
    Change("/me/views/{view}/remove", READER, 303),
    Change("/me/password", READER, 303, {"password": PASSWORD, "new": "another long password"}),
    Change("/me/delete", READER, 303, {"password": PASSWORD}),
    Change("/admin/source/atlas-wire/poll", ADMIN, 303),
    Change("/admin/try", ADMIN, 200, {"url": "https://a.example/feed"}),
    Change("/admin/plan", ADMIN, 200, {"draft": "[web]"}),
    Change("/article/1/correct", ADMIN, 200, {"fault": "category", "what": "science"}),
)
FROM_ELSEWHERE = {"/push/secret": 404}
"""A hub knows the secret address instead."""
WITHOUT_TOKEN = FROM_ELSEWHERE | {"/look": 303}
"""How pages look is nobody's secret, and strangers who choose it need no cookie before."""
PAGES = {
    ANYONE: ("/healthz", "/readyz", "/static/dateline.css", "/sw.js", "/offline", "/manifest.webmanifest", "/sign-in",
             "/sign-in/oidc", "/sign-in/oidc/back", "/push/secret"),
    VISITOR: ("/", "/view/maghreb", "/source/atlas-wire", "/category/science", "/place/MA", "/browse",
              "/view/maghreb/browse", "/save", "/view/maghreb/save", "/article/1", "/article/1.json", "/story/ab12",
              "/sources", "/map", "/map/articles", "/map/clusters?zoom=2&within=-85,-180,85,180", "/view/maghreb/map",
              "/view/maghreb/map/articles", "/view/maghreb/map/clusters?zoom=2&within=-85,-180,85,180", "/arrivals/0/",
              "/arrivals/0/view/maghreb", "/suggest?q=a", "/about", "/look", "/picture/secret", "/feeds/latest.atom"),
    READER: ("/me", "/me/export", "/preferences"),
    ADMIN: ("/status", "/metrics", "/sources.opml", "/feeds/latest.opml", "/feeds/needs.atom",
            "/admin/source/atlas-wire", "/admin/figures", "/admin/try", "/admin/plan", "/article/1/correct"),
}  # fmt: skip
NOT_200 = {"/metrics": (404,), "/sign-in": (200, 303), "/sign-in/oidc": (404,), "/sign-in/oidc/back": (404,),
           "/push/secret": (404,), "/story/ab12": (404,), "/picture/secret": (404,)}  # fmt: skip
"""What those answer who may; a reader who has signed in need not do so again."""
FOR_PROGRAMS = ("/feeds/latest.atom", "/feeds/latest.opml", "/feeds/needs.atom", "/metrics")
"""They are asked for a password instead of being led to a page."""


def above(kind: Kind, key: str) -> tuple[str, ...]:
    """What lies in what, so that trees have branches."""
    return ("science",) if key == "climate" else ()


@pytest.fixture(params=["readers", "public"])
def house(
    request: pytest.FixtureRequest,
    newsroom: ModuleType,
    desk_of: Callable[..., Any],
    settings: Callable[..., Settings],
    bench: Any,
) -> Any:
    """A desk with articles and readers of whom each has something of everything."""
    desk = desk_of(settings(access=request.param), tools=bench, above=above)
    bench.errand = Errand(since=desk.now)
    newsroom.fill(desk.store, desk.now)
    desk.add_readers()
    for name in WHO[1:]:
        reader = desk.store.reader(name)
        desk.signed_in(name)
        desk.store.add_token(reader, view="", label="program", now=desk.now)
        desk.store.save_view(reader.n, "home", title="Home", filter="country:MA", now=desk.now)
    return desk


def allowed(may: int, who: str, desk: Any) -> bool:
    stranger = VISITOR if desk.settings.web.access == "public" else ANYONE
    return {"stranger": stranger, "ann": READER, "bo": ADMIN}[who] >= may


def browser_of(desk: Any, who: str) -> Any:
    return desk.client() if who == "stranger" else desk.signed_in(who)


def address(desk: Any, path: str, who: str) -> str:
    """Where a reader would send the form; a stranger tries what is ann's."""
    reader = desk.store.reader("ann" if who == "stranger" else who)
    return path.format(
        session=desk.store.sessions(reader, "", desk.now)[0].id,
        token=desk.store.tokens(reader)[0].id,
        view=desk.store.own_views(reader.n)[0].id,
    )


@pytest.fixture
def belongings(house: Any, bench: Any) -> Callable[[], list[Any]]:
    """All that a change may touch: what is the readers', and what the service was asked to do."""
    return lambda: [house.store.belongings(house.store.reader(name)) for name in WHO[1:]] + list(bench.asked)


def test_every_route_is_in_these_tables(client: Any) -> None:
    routes = client.application.url_map
    find = routes.bind("localhost").match
    here = [("POST", change.path) for change in CHANGES]
    here += [("GET", path.partition("?")[0]) for paths in PAGES.values() for path in paths]
    known = {(method, find(path, method, return_rule=True)[0].rule) for method, path in here}
    assert known == {
        (method, rule.rule) for rule in routes.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    }


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.path)
def test_a_change_is_made_by_those_alone_who_may(
    house: Any, belongings: Callable[[], list[Any]], change: Change
) -> None:
    for who in WHO:
        browser, to = browser_of(house, who), address(house, change.path, who)
        if allowed(change.may, who, house):
            answer = browser.change(to, **change.form)
            assert (who, answer.status_code) == (who, change.answer)
        else:
            before = belongings()
            answer = browser.change(to, **change.form)
            assert (who, answer.status_code) == (who, 401 if who == "stranger" else 403)
            assert belongings() == before


def test_no_change_is_made_for_a_page_of_another_site(
    house: Any, belongings: Callable[[], list[Any]]
) -> None:
    admin = browser_of(house, "bo")
    before = belongings()
    for change in CHANGES:
        to = address(house, change.path, "bo")
        bare = admin.post(to, data=change.form)
        assert (to, bare.status_code) == (to, WITHOUT_TOKEN.get(change.path, 403))
        from_elsewhere = admin.change(to, {"Sec-Fetch-Site": "cross-site"}, **change.form)
        assert (to, from_elsewhere.status_code) == (to, FROM_ELSEWHERE.get(change.path, 403))
    assert belongings() == before


@pytest.mark.parametrize("who", WHO)
def test_a_page_is_seen_by_those_alone_who_may(house: Any, who: str) -> None:
    browser = browser_of(house, who)
    for may, paths in PAGES.items():
        for path in paths:
            answer = browser.get(path, buffered=True)
            if allowed(may, who, house):
                assert answer.status_code in NOT_200.get(path, (200,)), path
            elif who != "stranger":
                assert answer.status_code == 403, path
            elif answer.status_code == 303:
                assert answer.location in ("/sign-in", f"/sign-in?next={quote(path, safe='/')}"), path
            else:
                assert (path in FOR_PROGRAMS, answer.status_code) == (True, 401), path


@pytest.mark.parametrize("house", ["readers"], indirect=True)
def test_every_page_speaks_every_language(house: Any, newsroom: ModuleType) -> None:
    newsroom.trouble(house.store, house.now)
    admin = browser_of(house, "bo")
    for path, language in product(chain(*PAGES.values()), LANGUAGES):
        answer = admin.get(path, headers={"Accept-Language": language}, buffered=True)
        assert answer.status_code in NOT_200.get(path, (200,)), (path, language)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert f'<html lang="{language}"' in answer.text, path
