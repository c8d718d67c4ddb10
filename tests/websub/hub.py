"""A hub as w3.org/TR/websub describes it, as a WSGI app: it verifies intent, signs what it pushes, drops leases."""

from __future__ import annotations

import hmac
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode


@dataclass
class Hub:
    granted: int | None = 3_600
    """Seconds of a lease; None leaves out how long."""
    method: str = "sha256"
    answer: str = "202 Accepted"
    asked: list[dict[str, str]] = field(default_factory=list)
    """Every request to subscribe, in order."""
    told: list[str] = field(default_factory=list)
    """Topics whose publisher said that they changed."""
    leases: dict[tuple[str, str], str] = field(default_factory=dict)
    """The secret of each verified (topic, callback)."""
    echoes: list[tuple[int, str]] = field(default_factory=list)
    """What callbacks answered to a verification of intent."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        form = environ["wsgi.input"].read().decode()
        said = {name: values[0] for name, values in parse_qs(form).items()}
        start_response(self.answer, [])
        if said.get("hub.mode") == "publish":
            self.told.append(said["hub.url"])
        elif said.get("hub.mode") == "subscribe" and self.answer.startswith("202"):
            self.asked.append(said)
        return []

    def verify(self, **changes: str) -> None:
        """Verifies the intent of the last request (5.3)."""
        said = self.asked[-1]
        query = {"hub.mode": "subscribe", "hub.topic": said["hub.topic"], "hub.challenge": "a challenge"}
        if self.granted is not None:
            query["hub.lease_seconds"] = str(self.granted)
        status, text = self.get(said["hub.callback"], query | changes)
        self.echoes.append((status, text))
        if status == 200 and text == "a challenge":
            self.leases[said["hub.topic"], said["hub.callback"]] = said["hub.secret"]

    def deny(self) -> None:
        said = self.asked[-1]
        query = {"hub.mode": "denied", "hub.topic": said["hub.topic"], "hub.reason": "no"}
        self.echoes.append(self.get(said["hub.callback"], query))

    def push(self, body: bytes, *, secret: str = "", signature: str | None = None) -> list[int]:
        """Pushes a document to everyone with a lease; the answers."""
        statuses = []
        for (_, callback), own in self.leases.items():
            signed = hmac.new((secret or own).encode(), body, self.method).hexdigest()
            headers = {"Content-Type": "application/rss+xml"}
            headers["X-Hub-Signature"] = f"{self.method}={signed}" if signature is None else signature
            statuses.append(self.send(urllib.request.Request(callback, body, headers))[0])
        return statuses

    def get(self, callback: str, query: dict[str, str]) -> tuple[int, str]:
        return self.send(urllib.request.Request(f"{callback}?{urlencode(query)}"))

    @staticmethod
    def send(request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
