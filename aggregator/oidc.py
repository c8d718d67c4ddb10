"""Signing in with an OpenID provider: the code flow with PKCE, and what an ID token proves.

OpenID Connect Core 1.0 and Discovery 1.0, RFC 7636 (PKCE). The rules are Authlib's; the provider is asked through
`fetch`, so within limits of size and time, and inside the network only where `allow_inside` says so.
"""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import KeySet

from aggregator.errors import DatelineError, FetchError, SignInError, StatusError
from aggregator.fetch import Current, Fetcher
from aggregator.schema import (
    FetchSettings,
    Guest,
    Memory,
    OidcSettings,
    Secret,
    Source,
    Standing,
    reader_name,
)
from aggregator.urls import host_of

LARGEST = 1_000_000
"""Bytes of an answer."""
AT_ONCE = 8
"""People who sign in with one provider at the same time."""
KEPT = 600.0
"""Seconds for which the provider's description and keys are not asked for again."""
RESTS = 10.0
"""The same where they could not be had."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that only the provider can make: neither none, nor one with a key that others know."""
_LONGEST_SUBJECT = 255
_LONGEST_NAME = 60
_ADDRESS = re.compile(r"[\x21-\x7e]+")

_JSON = "application/json"
_BASIC = "client_secret_basic"

Answer = Mapping[str, Any]


class Provider:
    """Asks OpenID providers; thread-safe. Raises SignInError, or FetchError where one cannot be reached."""

    def __init__(self, fetch: Callable[[], FetchSettings]) -> None:
        self._fetcher = Current(lambda: fetch().hurried(LARGEST).side_by_side(AT_ONCE))
        self._kept: dict[str, tuple[float, Fetcher | None, Answer | DatelineError]] = {}
        self._asking = Lock()

    def way(
        self, oidc: OidcSettings, *, back: str, state: str, nonce: str, verifier: str, now: datetime
    ) -> str:
        """The address where somebody signs in, to be sent `back` from there."""
        way: str = prepare_grant_uri(
            _endpoint(self._description(oidc, now), "authorization_endpoint", oidc),
            oidc.client_id,
            "code",
            redirect_uri=back,
            scope=" ".join(oidc.scopes),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return way

    def guest(
        self, oidc: OidcSettings, *, code: str, back: str, nonce: str, verifier: str, now: datetime
    ) -> Guest | None:
        """Who came back with this code; None if they may not read here."""
        described = self._description(oidc, now)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        given = self._tokens(oidc, described, form | {"code_verifier": verifier})
        claims = self._claims(oidc, described, given, nonce, now)
        profile = self._profile(oidc, described, given, now)
        if profile and profile.get("sub") != claims["sub"]:
            raise SignInError(f"{host_of(oidc.issuer)} tells of somebody else than its ID token does.")
        return _guest(oidc, {**profile, **claims})

    def _description(self, oidc: OidcSettings, now: datetime) -> Answer:
        """What the provider says of itself (Discovery, 4)."""
        found = self._get(get_well_known_url(oidc.issuer, external=True), now)
        if found.get("issuer") != oidc.issuer:
            said = str(found.get("issuer"))[:200]
            raise SignInError(f"The provider calls itself {said!r}; write that as issuer in [web.oidc].")
        return found

    def _tokens(self, oidc: OidcSettings, described: Answer, form: Mapping[str, str]) -> Answer:
        """What the provider gives for a code."""
        url = _endpoint(described, "token_endpoint", oidc)
        id, secret = oidc.client_id, oidc.client_secret.reveal()
        headers = [(b"Accept", b"application/json")]
        if _BASIC in (described.get("token_endpoint_auth_methods_supported") or _BASIC):
            pair = f"{quote(id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, 2.3.1
            headers.append((b"Authorization", b"Basic " + b64encode(pair.encode())))
        else:
            form = {**form, "client_id": id, "client_secret": secret}
        try:
            return _object(self._fetcher().post(url, form, headers), url)
        except StatusError as error:
            if error.status not in (400, 401, 403):
                raise
            raise SignInError(
                f"{host_of(url)} answered {error.status} to a code: it was used before or is too old, "
                "or client_id and client_secret in [web.oidc] are not those it knows."
            ) from None

    def _claims(
        self, oidc: OidcSettings, described: Answer, given: Answer, nonce: str, now: datetime
    ) -> dict[str, Any]:
        """What the ID token says, once it is proved that the provider says it, to us, about this sign-in."""
        keys = _endpoint(described, "jwks_uri", oidc)
        wanted: Any = {"iss": oidc.issuer, "aud": oidc.client_id}
        options = {name: {"essential": True, "value": value} for name, value in wanted.items()}
        said = {"nonce": nonce, "client_id": oidc.client_id, "access_token": given.get("access_token")}
        try:
            token = self._token(given.get("id_token", ""), keys, now)
            claims = CodeIDToken(token.claims, token.header, options=options, params=said)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
            if not claims["sub"] or len(claims["sub"]) > _LONGEST_SUBJECT:
                raise InvalidClaimError("sub")
        except (JoseError, ValueError, TypeError, LookupError) as error:
            why = f"{type(error).__name__} {getattr(error, 'claim', '')}".strip()
            raise SignInError(f"The ID token of {host_of(oidc.issuer)} proves nothing: {why}.") from None
        return dict(claims)

    def _token(self, text: str, keys: str, now: datetime) -> jwt.Token:
        """The token, its signature checked; if no key that we know made it, there may be new ones."""
        try:
            return jwt.decode(text, _key_set(self._get(keys, now)), ALGORITHMS)
        except JoseError:
            self._kept.pop(keys, None)
        return jwt.decode(text, _key_set(self._get(keys, now)), ALGORITHMS)

    def _profile(self, oidc: OidcSettings, described: Answer, given: Answer, now: datetime) -> Answer:
        """What the provider tells besides; many put names and groups there alone (Core, 5.3)."""
        if not described.get("userinfo_endpoint") or not given.get("access_token"):
            return {}
        bearer = Secret(f"Bearer {given['access_token']}")
        return self._ask(_endpoint(described, "userinfo_endpoint", oidc), now, ("Authorization", bearer))

    def _get(self, url: str, now: datetime) -> Answer:
        """What is at an address, now or lately. One asks at a time: anybody may begin to sign in, and all waited."""
        with self._asking:
            asked, by, found = self._kept.get(url, (-KEPT, None, {}))
            good = RESTS if isinstance(found, DatelineError) else KEPT
            if by is not self._fetcher() or time.monotonic() - asked >= good:
                try:
                    found = self._ask(url, now)
                except (FetchError, SignInError) as error:
                    found = error
                self._kept[url] = (time.monotonic(), self._fetcher(), found)
        if isinstance(found, DatelineError):
            raise found.with_traceback(None)
        return found

    def _ask(self, url: str, now: datetime, *headers: tuple[str, Secret]) -> Answer:
        source = Source(id="oidc", url=url, title="", headers=(("Accept", Secret(_JSON)), *headers))
        memory = Memory(source_id=source.id, url=url)
        found = self._fetcher().fetch(source, memory, now=now, conditional=False)
        if found.final_url != url:
            raise SignInError(f"{host_of(url)} sends us on to another address, where no provider is asked.")
        return _object(found.body, url)


def _object(body: bytes, url: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SignInError(f"{host_of(url)} answered with something else than a JSON object.")
    return found


def _endpoint(described: Answer, name: str, oidc: OidcSettings) -> str:
    """An address of the provider's: https, or where the issuer itself is."""
    url, issuer = described.get(name), urlsplit(oidc.issuer)
    near = ("https://", f"{issuer.scheme}://{issuer.netloc}/")
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url) or not url.startswith(near):
        raise SignInError(f"{host_of(oidc.issuer)} names no https address as its {name}.")
    return url


def _key_set(found: Answer) -> KeySet:
    keys = found.get("keys")
    return KeySet.import_key_set({"keys": [key for key in keys if isinstance(key, dict)] if keys else []})


def _guest(oidc: OidcSettings, claims: Answer) -> Guest | None:
    """Who the claims are about; None if the configuration lets only others in."""
    email = str(claims.get("email") or "").casefold()
    groups = claims.get("groups") or []
    known = {f"sub:{claims['sub']}"}
    known |= {f"group:{group}" for group in (groups if isinstance(groups, list) else [groups])}
    if "@" in email and claims.get("email_verified") in (True, "true"):
        known |= {email, f"@{email.rpartition('@')[2]}"}
    if oidc.allowed and known.isdisjoint((*oidc.allowed, *oidc.admins)):
        return None
    names = (
        reader_name(str(said or "")[:_LONGEST_NAME]) for said in (claims.get("preferred_username"), email)
    )
    role: Standing = "reader" if known.isdisjoint(oidc.admins) else "admin"
    return Guest(
        subject=f"{oidc.issuer} {claims['sub']}",
        name=next(filter(None, names), "reader"),
        role=role if oidc.admins else None,
    )
