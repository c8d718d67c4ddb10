"""The place a news text opens with: "Rabat – …", "PARIS, Jan. 5 (Reuters) - …", "Madrid, 5 ene (EFE).- …".

Cautious: without an agency or a date a dateline is one to three capitalised words before a dash, and the
sentence after it begins with a capital. Whether the name is a place of the world, `locate` decides.
"""

from __future__ import annotations

import re

_REACH = 160
_DASH = r"(?:\s*(?:\.\s?[-–—]+|[–—]|--+)\s*|\s+-+\s+|(?<=\))\s*-+\s*)"
_NAME_WORD = r"[A-ZÀ-ÖØ-ÞŁŚŠŻŽČĆĐİ](?:[\w’'-]*\w|\.)?\.?"
_SMALL_WORD = r"(?:de|del|da|do|dos|la|le|les|el|al|am|an|der|auf|sur|en|of|upon|and|y|e|et)"
_NAME = rf"{_NAME_WORD}(?:[ /](?:{_SMALL_WORD} ){{0,2}}{_NAME_WORD}){{0,3}}"
_MONTH = (
    r"(?:jan|feb|fév|fev|ene|mar|mär|mrz|apr|avr|abr|may|mai|mayo|jun|juin|jul|juil|aug|août|aout|ago|sep|set|sept"
    r"|oct|okt|out|nov|dec|déc|dez|dic)[a-zéûä]{0,8}\.?"
)
_DATE = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}}(?:er|º|\.)?(?: de)? {_MONTH})(?:,?(?: de)? \d{{4}})?"
_AGENCY = r"(?:\([^()\d]{2,40}\)|/[A-Z][\w -]{2,30}/)"
_FULL = re.compile(
    rf"(?P<place>{_NAME})(?: \([A-ZÀ-Þ][^()\d]{{2,25}}\)(?=,))?(?:, (?:{_NAME}|[A-Z]\.[A-Z]\.))?"
    rf"(?:,? (?P<date>(?i:{_DATE})))?\.?(?:,? ?(?P<agency>{_AGENCY}))?{_DASH}"
    r"(?=[\"“«‘'¿¡(]*[A-ZÀ-Þ\d])"
)
_ARABIC_WORD = r"[\u0621-\u064a\u066e-\u06d3]{2,}"
_ARABIC = re.compile(
    rf"(?P<place>{_ARABIC_WORD}(?: {_ARABIC_WORD}){{0,2}})"
    r"(?: ?(?P<agency>\([^()\d]{2,40}\)|/[^/\d]{2,30}/))?(?:\s*[–—]\s*|\s+-+\s+|(?<=[)/])\s*-+\s*)"
    r"(?=[\"“«]*[\u0621-\u064a\d])"
)
# What opens a text before a dash and is no place: labels of the desk, days, months, articles.
_LABELS = """
    update updated exclusive breaking watch video photo photos opinion analysis editorial review interview
    live explainer factbox correction corrected related advertisement sponsored note summary abstract
    background news sport sports politics business world the a an this that it he she they we i but and or
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow so yes no ok
    january february march april may june july august september october november december
    actualité vidéo exclusif tribune entretien reportage direct le la les un une
    vídeo opinión análisis entrevista exclusiva última hora el los las una
    kommentar eilmeldung der die das ein eine
    opinião análise exclusivo o os as um uma
    عاجل فيديو صور شاهد خاص رأي تحليل حوار بالفيديو بالصور
"""
_NO_PLACE = frozenset(_LABELS.split())


def dateline(text: str) -> str:
    """The place name at the start of a plain text as it stands there; empty if it opens with none."""
    start = text[:_REACH].lstrip()
    found = _FULL.match(start)
    if found:
        place = found["place"]
        marked = bool(found["date"] or found["agency"])
        if not marked and len(place.split()) > 3:
            return ""
    else:
        found = _ARABIC.match(start)
        if not found:
            return ""
        place = found["place"]
        # Arabic has no capitals, so more than two words may well be a sentence.
        if not found["agency"] and len(place.split()) > 2:
            return ""
    return "" if _is_label(place) else place.rstrip(".")


def _is_label(place: str) -> bool:
    words = place.casefold().split()
    return words[0] in _NO_PLACE and (len(words) == 1 or words[1] in _NO_PLACE)
