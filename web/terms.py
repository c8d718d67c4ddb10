"""What the steps of the pipeline and the address of a list call things, in words of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

TERMS: Mapping[str, str] = {
    # why a category or a place: kinds of evidence (classify, locate, cluster)
    "rule": _("rule"),
    "words": _("words"),
    "source": _("source"),
    "address": _("address"),
    "breadcrumb": _("breadcrumb"),
    "section": _("section"),
    "feed term": _("feed term"),
    "geo tag": _("geo tag"),
    "given by a rule": _("given by a rule"),
    "place": _("place"),
    "name": _("name"),
    "figure": _("figure"),
    "word": _("word"),
    "time": _("time"),
    # where a place was named
    "dateline": _("dateline"),
    "title": _("title"),
    "body": _("text"),
    "feed": _("feed"),
    # other things a list may be about
    "category": _("category"),
    "country": _("country"),
    # how a source does, and how a poll of it ended
    "failing": _("failing"),
    "gone": _("gone"),
    "silent": _("silent"),
    "waiting": _("waiting"),
    "ok": _("ok"),
    "off": _("off"),
    "news": _("news"),
    "unchanged": _("unchanged"),
    "not_modified": _("not modified"),
    "failed": _("failed"),
    "offline": _("offline"),
    # spans of time
    "hour": _("hour"),
    "day": _("day"),
    "month": _("month"),
    "year": _("year"),
}
MEANINGS: Mapping[str, str] = {
    "failing": _("The last polls failed. They go on by themselves, less often."),
    "gone": _("The publisher says the source is gone for good."),
    "silent": _("Answers as it should, but brings far less than usual."),
    "waiting": _("Not asked yet."),
    "ok": _("Works."),
    "off": _("Turned off in the configuration."),
}
"""What each health of a source means."""


def term(word: str) -> str:
    """The word in the reader's language; itself if it has none here."""
    return str(TERMS.get(word, word))


def meaning(health: str) -> str:
    """What the health of a source means."""
    return str(MEANINGS[health])
