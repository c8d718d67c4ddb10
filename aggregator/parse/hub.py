"""Which hub tells of changes of a feed, as its publisher says (WebSub, w3.org/TR/websub, section 4)."""

from __future__ import annotations

import json
import re
from html import unescape

from aggregator.schema import Download, Hub
from aggregator.urls import resolve

_HEAD = 65_536
"""Bytes of a document in which its own links stand."""
_LONGEST = 4_000
"""Characters of hub and topic together; longer ones are a prank."""
_FIRST_ENTRY = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?link\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_HEADER = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))*)")
_RELATION = re.compile(r"\brel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)


def hub_of(download: Download) -> Hub | None:
    """The first hub of a feed, and what the feed calls itself; headers go before the document."""
    links = _in_header(download.links) or {}
    if "hub" not in links:
        links = _in_json(download.body) or _in_xml(download.body)
    address = resolve(download.final_url, links.get("hub", ""))
    topic = resolve(download.final_url, links.get("self", "")) or download.final_url
    return Hub(address=address, topic=topic) if address and len(address + topic) <= _LONGEST else None


def _in_header(said: str) -> dict[str, str]:
    """The first target of each relation in `Link` (RFC 8288)."""
    links: dict[str, str] = {}
    for target, parameters in _HEADER.findall(said):
        if found := _RELATION.search(parameters):
            for relation in (found[1] or found[2]).lower().split():
                links.setdefault(relation, target)
    return links


def _in_xml(body: bytes) -> dict[str, str]:
    head = body[:_HEAD]
    entry = _FIRST_ENTRY.search(head)
    links: dict[str, str] = {}
    for element in _ELEMENT.findall(head[: entry.start()] if entry else head):
        pairs = _ATTRIBUTE.findall(element.decode("utf-8", "replace"))
        values = {name: unescape(double or single) for name, double, single in pairs}
        for relation in values.get("rel", "").split():
            links.setdefault(relation, values.get("href", ""))
    return links


def _in_json(body: bytes) -> dict[str, str]:
    """The hub of a JSON Feed."""
    if b'"hubs"' not in body or body.lstrip()[:1] != b"{":
        return {}
    try:
        feed = json.loads(body)
        urls = [hub["url"] for hub in feed["hubs"] if str(hub.get("type", "")).lower() == "websub"]
        links = {"hub": urls[0], "self": feed.get("feed_url", "")}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: value for name, value in links.items() if isinstance(value, str)}
