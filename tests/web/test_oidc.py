"""Readers sign in with an OpenID provider: a real one on loopback, which may lie, and the desk as it is served."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from aggregator.errors import GuardError
from aggregator.oidc import Provider
from aggregator.schema import FetchSettings, OidcSettings, Secret
from aggregator.store import Store

BASE = "https://news.example"
BACK = f"{BASE}/sign-in/oidc/back"
SECRET = "secret of: the desk?"
KEYS = {kid: RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("one", "two")}


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class SmallProvider:
    """A provider with one person, who is signed in there already. What it says can be made wrong."""

    def __init__(self, now: datetime) -> None:
        self.url = ""
        self.now = int(now.timestamp())
        self.key = KEYS["one"]
        self.published = [KEYS["one"]]
        self.person: dict[str, Any] = {"sub": "7", "preferred_username": "Ann", "email": "ann@example.org"}
        self.told: dict[str, Any] = {}
        """What it tells besides, where it is asked for the person."""
        self.claims: dict[str, Any] = {}
        """What stands otherwise in its ID tokens; None leaves a claim out."""
        self.description: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        ask = {
            "/.well-known/openid-configuration": self.describe,
            "/keys": lambda _: ("200 OK", {"keys": [key.as_dict(private=False) for key in self.published]}),
            "/authorize": self.authorize,
            "/token": self.token,
            "/person": self.tell,
        }
        status, said = ask[environ["PATH_INFO"]](environ)
        start(status, [("Location", said)] if isinstance(said, str) else [])
        return [json.dumps(said).encode()]

    def describe(self, _: Any) -> tuple[str, Any]:
        paths = {"authorization": "authorize", "token": "token", "userinfo": "person"}
        addresses = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in paths.items()}
        return "200 OK", {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **addresses} | self.description

    def authorize(self, environ: dict[str, Any]) -> tuple[str, Any]:
        asked = dict(parse_qsl(environ["QUERY_STRING"]))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == "dateline"
        assert asked["scope"].split() == ["openid", "profile", "email"]
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        query = {"code": code, "state": asked["state"], "iss": self.url}
        return "302 Found", f"{asked['redirect_uri']}?{urlencode(query)}"

    def token(self, environ: dict[str, Any]) -> tuple[str, Any]:
        form = dict(parse_qsl(environ["wsgi.input"].read().decode()))
        known = base64.b64encode(f"dateline:{quote(SECRET, safe='')}".encode()).decode()
        if environ.get("HTTP_AUTHORIZATION") != f"Basic {known}" and form.get("client_secret") != SECRET:
            return "401 Unauthorized", {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        challenge = encoded(sha256(form["code_verifier"].encode()).digest())
        if not asked or asked["redirect_uri"] != form["redirect_uri"] or asked["code_challenge"] != challenge:
            return "400 Bad Request", {"error": "invalid_grant"}
        times = {"iat": self.now, "exp": self.now + 300}
        claims = {"iss": self.url, "aud": "dateline", "nonce": asked["nonce"], **times, **self.person}
        self.tokens.append(self.sign({k: v for k, v in (claims | self.claims).items() if v is not None}))
        return "200 OK", {"access_token": "access-7", "token_type": "Bearer", "id_token": self.tokens[-1]}

    def tell(self, environ: dict[str, Any]) -> tuple[str, Any]:
        assert environ["HTTP_AUTHORIZATION"] == "Bearer access-7"
        return "200 OK", {"sub": self.person["sub"]} | self.told

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        return f"{encoded({'alg': 'none'})}.{encoded(claims)}."

    def signed_with_the_public_key(self, claims: dict[str, Any]) -> str:
        text = f"{encoded({'alg': 'HS256', 'kid': 'one'})}.{encoded(claims)}"
        return f"{text}.{encoded(hmac.digest(self.key.as_pem(private=False), text.encode(), 'sha256'))}"

    def signed_by_somebody_else(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEYS["two"])


class Visitor:
    """A browser that goes to the provider and comes back."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def leave(self, onward: str = "/me") -> str:
        """Where the desk sends the browser."""
        answer, _ = self.browser.ask(f"/sign-in/oidc?next={quote(onward)}", Host="container")
        assert answer.status == 303
        return str(answer.headers["Location"])

    def vouched(self, onward: str = "/me") -> str:
        """The path the provider sends the browser back to."""
        opener = urllib.request.build_opener(Stay)
        with pytest.raises(urllib.error.HTTPError) as stayed:
            opener.open(self.leave(onward))
        there = stayed.value.headers["Location"]
        stayed.value.close()
        assert there.startswith(f"{BACK}?")
        return str(there).removeprefix(BASE)

    def sign_in(self, onward: str = "/me") -> tuple[Any, str]:
        answer: tuple[Any, str] = self.browser.ask(self.vouched(onward))
        return answer

    def is_signed_in(self) -> bool:
        return bool(self.browser.ask("/me")[0].status == 200)


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture
def provider(loopback: Callable[..., Any], now: datetime) -> SmallProvider:
    made = SmallProvider(now)
    made.server = loopback(made)  # type: ignore[attr-defined]
    made.url = made.server.url  # type: ignore[attr-defined]
    return made


@pytest.fixture
def visit(serve: Callable[..., Any], provider: SmallProvider) -> Callable[..., Visitor]:
    """Somebody in a browser of their own, before a desk that knows the provider."""

    def visit(*, inside: bool = True, access: str = "readers", **oidc: Any) -> Visitor:
        where = (provider.url.removeprefix("http://"),) if inside else ()
        wanted = OidcSettings(
            **{"issuer": provider.url, "client_id": "dateline", "client_secret": Secret(SECRET)} | oidc
        )
        asked = Provider(lambda: FetchSettings(allow_inside=where))
        return Visitor(serve(asked, access=access, base_url=BASE, oidc=wanted))

    return visit


def asked(provider: SmallProvider, path: str) -> int:
    return sum(request.path == path for request in provider.server.requests)  # type: ignore[attr-defined]


# --- those who may -----------------------------------------------------------------------------


def test_somebody_new_signs_in_and_gets_where_they_wanted(
    visit: Callable[..., Visitor], store: Store
) -> None:
    visitor = visit(title="Example & Co")
    assert "Sign in with Example &amp; Co" in visitor.browser.ask("/sign-in?next=/me")[1]
    before = visitor.browser.cookie = "__Host-dateline=" + "x" * 43
    back = visitor.vouched("/view/maghreb?q=rabat")
    cookies = visitor.browser.cookie
    assert before in cookies
    assert "__Host-dateline-oidc=" in cookies
    answer, _ = visitor.browser.ask(back)
    assert (answer.status, answer.headers["Location"]) == (303, "/view/maghreb?q=rabat")
    assert before not in visitor.browser.cookie
    assert "oidc" not in visitor.browser.cookie
    assert "ann" in visitor.browser.ask("/me")[1]
    assert [(one.name, one.role) for one in store.readers()] == [("ann", "reader")]


def test_the_cookie_of_the_way_there_is_for_the_desk_alone(visit: Callable[..., Visitor]) -> None:
    answer, _ = visit().browser.ask("/sign-in/oidc")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"):
        assert attribute in answer.headers["Set-Cookie"]


def test_on_a_public_desk_readers_sign_in_too(visit: Callable[..., Visitor]) -> None:
    visitor = visit(access="public")
    visitor.sign_in()
    assert visitor.is_signed_in()


def test_people_are_known_by_their_subject_whatever_they_are_called(
    visit: Callable[..., Visitor], provider: SmallProvider, store: Store
) -> None:
    visitor = visit()
    visitor.sign_in()
    visitor.browser.cookie = ""
    provider.person |= {"preferred_username": "Anna", "email": "anna@example.org"}
    visitor.sign_in()
    assert [one.name for one in store.readers()] == ["ann"]
    visitor.browser.cookie = ""
    provider.person |= {"sub": "8", "preferred_username": "Ann"}
    visitor.sign_in()
    assert [one.name for one in store.readers()] == ["ann", "ann-2"]


def test_an_account_of_the_same_name_is_never_given_away(
    visit: Callable[..., Visitor], store: Store, now: datetime
) -> None:
    store.add_reader("ann", role="admin", password="-", now=now)
    visitor = visit()
    visitor.sign_in()
    assert [(one.name, one.role) for one in store.readers()] == [("ann", "admin"), ("ann-2", "reader")]


def test_new_keys_of_the_provider_are_asked_for(
    visit: Callable[..., Visitor], provider: SmallProvider
) -> None:
    visitor = visit()
    visitor.sign_in()
    visitor.browser.cookie = ""
    provider.key, provider.published = KEYS["two"], [KEYS["two"]]
    visitor.sign_in()
    assert visitor.is_signed_in()
    assert asked(provider, "/.well-known/openid-configuration") == 1


def test_an_edit_of_the_configuration_holds_for_providers_at_once(
    provider: SmallProvider, now: datetime
) -> None:
    wanted = OidcSettings(issuer=provider.url, client_id="dateline", client_secret=Secret(SECRET))
    fetch = FetchSettings()
    asked = Provider(lambda: fetch)
    said = {"back": BACK, "state": "s", "nonce": "n", "verifier": "v" * 43, "now": now}
    with pytest.raises(GuardError):
        asked.way(wanted, **said)
    fetch = FetchSettings(allow_inside=(provider.url.removeprefix("http://"),))
    assert asked.way(wanted, **said).startswith(provider.url)


def test_a_provider_may_want_the_secret_in_the_form(
    visit: Callable[..., Visitor], provider: SmallProvider
) -> None:
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    visitor = visit()
    visitor.sign_in()
    assert visitor.is_signed_in()


def role_of(store: Store) -> str:
    (one,) = store.readers()
    return one.role


def test_admins_are_told_from_the_provider_at_every_sign_in(
    visit: Callable[..., Visitor], provider: SmallProvider, store: Store
) -> None:
    visitor = visit(admins=("group:editors",))
    for groups, role in ((["staff", "editors"], "admin"), (["staff"], "reader"), (["editors"], "admin")):
        provider.told = {"groups": groups}
        visitor.browser.cookie = ""
        visitor.sign_in()
        assert role_of(store) == role


def test_roles_given_here_stay_where_the_provider_tells_none(
    visit: Callable[..., Visitor], store: Store
) -> None:
    visitor = visit()
    visitor.sign_in()
    store.set_role(store.readers()[0], "admin")
    visitor.browser.cookie = ""
    visitor.sign_in()
    assert role_of(store) == "admin"


# --- those who may not -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "person", "may"),
    [
        ("@example.org", {"email_verified": True}, True),
        ("ann@example.org", {"email_verified": True, "email": "Ann@Example.org"}, True),
        ("sub:7", {}, True),
        ("group:news", {"groups": ["news"]}, True),
        ("@example.org", {}, False),
        ("@example.org", {"email_verified": False}, False),
        ("@example.org", {"email_verified": True, "email": "ann@example.org.evil.example"}, False),
        ("ann@example.org", {"sub": "ann@example.org"}, False),
        ("sub:7", {"sub": "8", "groups": ["sub:7"]}, False),
        ("group:None", {}, False),
    ],
)
def test_only_whom_the_configuration_names_may_read(
    visit: Callable[..., Visitor], provider: SmallProvider, store: Store,
    allowed: str, person: dict[str, Any], may: bool,
) -> None:  # fmt: skip
    provider.person |= person
    visitor = visit(allowed=(allowed,))
    answer, text = visitor.sign_in()
    assert answer.status == (303 if may else 403)
    assert ("not open to you" in text) is not may
    assert visitor.is_signed_in() is may
    assert len(store.readers()) == may


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "n"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another"},
    "no audience": {"aud": None},
    "for several, given to another": {"aud": ["dateline", "another"], "azp": "another"},
    "for several, given to nobody": {"aud": ["dateline", "another"]},
    "another issuer": {"iss": "https://evil.example"},
    "expired": {"iat": 1768478000, "exp": 1768478100},
    "no end": {"exp": None},
    "not made yet": {"iat": 1768485600, "exp": 1768489200},
    "of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "about nobody": {"sub": ""},
    "about a number": {"sub": 7},
    "about a novel": {"sub": "x" * 256},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG.keys())
def test_an_id_token_that_does_not_prove_who_it_is_signs_nobody_in(
    visit: Callable[..., Visitor], provider: SmallProvider, store: Store, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    refused(visit(), store)


@pytest.mark.parametrize("how", ["unsigned", "signed_with_the_public_key", "signed_by_somebody_else"])
def test_an_id_token_that_the_provider_did_not_sign_signs_nobody_in(
    visit: Callable[..., Visitor], provider: SmallProvider, store: Store, how: str
) -> None:
    provider.sign = getattr(provider, how)
    refused(visit(), store)


def test_what_is_told_about_somebody_else_signs_nobody_in(
    visit: Callable[..., Visitor], provider: SmallProvider, store: Store
) -> None:
    provider.told = {"sub": "8", "groups": ["news"]}
    refused(visit(), store)


def refused(visitor: Visitor, store: Store) -> None:
    answer, text = visitor.sign_in()
    assert answer.status == 403
    assert "was not accepted" in text
    assert not visitor.is_signed_in()
    assert store.readers() == []


def test_who_did_not_leave_from_here_does_not_come_back(
    visit: Callable[..., Visitor], provider: SmallProvider
) -> None:
    visitor = visit()
    back = visitor.vouched()
    cookies = visitor.browser.cookie
    state = parse_qs(urlsplit(back).query)["state"][0]
    for path, kept in (
        (back, ""),
        (back, "__Host-dateline-oidc=..."),
        (back, "__Host-dateline-oidc=a.b.c.%2F"),
        (back.replace(state, "x" * 43), cookies),
        (back.replace(state, ""), cookies),
        (back.replace(state, "%ff"), cookies),
        (back.replace("iss=http", "iss=https"), cookies),
    ):
        visitor.browser.cookie = kept
        answer, text = visitor.browser.ask(path)
        assert answer.status == 400
        assert "Begin again" in text
    assert asked(provider, "/token") == 0


def test_a_code_serves_once(visit: Callable[..., Visitor], provider: SmallProvider) -> None:
    visitor = visit()
    back = visitor.vouched()
    cookies = visitor.browser.cookie
    assert visitor.browser.ask(back)[0].status == 303
    assert visitor.browser.ask(back)[0].status == 400
    assert asked(provider, "/token") == 1
    visitor.browser.cookie = cookies
    assert visitor.browser.ask(back)[0].status == 403
    assert not visitor.is_signed_in()


def test_what_the_provider_complains_of_is_not_shown(visit: Callable[..., Visitor]) -> None:
    visitor = visit(title="Example")
    state = parse_qs(urlsplit(visitor.leave()).query)["state"][0]
    query = urlencode({"state": state, "error": "access_denied", "error_description": "<b>planted</b>"})
    answer, text = visitor.browser.ask(f"/sign-in/oidc/back?{query}")
    assert answer.status == 403
    assert "Example did not sign you in" in text
    assert "planted" not in text


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil.example", "/" + "é" * 900]
)
def test_nobody_is_led_elsewhere_on_coming_back(visit: Callable[..., Visitor], onward: str) -> None:
    answer, _ = visit().sign_in(onward)
    assert (answer.status, answer.headers["Location"]) == (303, "/")


def test_codes_cannot_be_tried_without_end(visit: Callable[..., Visitor], provider: SmallProvider) -> None:
    provider.claims = {"nonce": "n"}
    visitor = visit()
    assert [visitor.sign_in()[0].status for _ in range(11)] == [403] * 10 + [429]


# --- a provider in trouble ---------------------------------------------------------------------


def test_a_provider_that_is_down_is_a_sentence(
    visit: Callable[..., Visitor], provider: SmallProvider
) -> None:
    visitor = visit(title="Example")
    back = visitor.vouched()
    provider.server.stop()  # type: ignore[attr-defined]
    answer, text = visitor.browser.ask(back)
    assert answer.status == 502
    assert "Example is out of reach" in text


def test_inside_the_network_only_what_is_allowed_is_asked(
    visit: Callable[..., Visitor], provider: SmallProvider, caplog: pytest.LogCaptureFixture
) -> None:
    answer, _ = visit(inside=False).browser.ask("/sign-in/oidc")
    assert answer.status == 502
    assert "allow_inside" in caplog.text
    assert asked(provider, "/.well-known/openid-configuration") == 0


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://evil.example/\r\nX-Planted: 1"},
        {"authorization_endpoint": None},
    ],
)
def test_a_description_that_leads_astray_is_not_followed(
    visit: Callable[..., Visitor], provider: SmallProvider, description: dict[str, Any]
) -> None:
    provider.description = description
    answer, text = visit().browser.ask("/sign-in/oidc")
    assert answer.status == 403
    assert "evil" not in text + str(answer.headers)


@pytest.mark.parametrize("keys", ["/etc/passwd", "http://127.0.0.1:1/keys", "file:///etc/passwd"])
def test_keys_come_from_where_the_provider_is(
    visit: Callable[..., Visitor], provider: SmallProvider, store: Store, keys: str
) -> None:
    provider.description = {"jwks_uri": keys}
    refused(visit(), store)


def test_neither_codes_nor_tokens_nor_secrets_are_logged(
    visit: Callable[..., Visitor], provider: SmallProvider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        visitor = visit()
        visitor.sign_in()
        kept = visitor.browser.cookie
        visitor.browser.cookie = ""
        provider.claims = {"aud": "another"}
        visitor.sign_in()
    assert "InvalidClaimError aud" in caplog.text
    for word in (
        "code-0",
        "code-1",
        "access-7",
        SECRET,
        quote(SECRET),
        *provider.tokens,
        kept.partition("=")[2],
    ):
        assert word not in caplog.text


def test_without_a_provider_there_is_no_such_way(serve: Callable[..., Any]) -> None:
    browser = serve(access="readers")
    assert browser.ask("/sign-in/oidc")[0].status == 404
    assert browser.ask("/sign-in/oidc/back?code=a&state=b")[0].status == 404
    assert "oidc" not in browser.ask("/sign-in")[1]
