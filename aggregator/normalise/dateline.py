"""The place a news text opens with: "Rabat – …", "PARIS, Jan. 5 (Reuters) - …", "Madrid, 5 ene (EFE).- …".

Cautious: without an agency or a date a dateline is one to three capitalised words before a dash, the sentence
after it begins with a capital, and the name is that of a place, which the caller knows. Before a colon, a stop or
a bar ("Islamabad: The …") it is one in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

IsPlace = Callable[[str], bool]
"""Whether a name, with what it lies in ("SPRINGFIELD, Ill."), may be where a report comes from."""
_REACH = 160
_DASH = r"(?:\s*(?:\.\s?[-–—]+|[–—]|--+)\s*|\s+-+\s+|(?<=\))\s*-+\s*)"
_NAME_WORD = r"[A-ZÀ-ÖØ-ÞŁŚŠŻŽČĆĐİ](?:[\w’'-]*\w|\.)?\.?"
_SMALL_WORD = r"(?:de|del|da|do|dos|la|le|les|el|al|am|an|der|auf|sur|en|of|upon|and|y|e|et)"
_NAME = rf"{_NAME_WORD}(?:[ /](?:{_SMALL_WORD} ){{0,2}}{_NAME_WORD}){{0,3}}"
_MONTH = (
    r"(?:jan|feb|fév|fev|ene|mar|mär|mrz|apr|avr|abr|may|mai|mayo|jun|juin|jul|juil|aug|août|aout|ago|sep|set|sept"
    r"|oct|okt|out|nov|dec|déc|dez|dic)[a-zéûä]{0,8}\.?"
)
DATE = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}}(?:er|º|\.)?(?: de)? {_MONTH})(?:,?(?: de)? \d{{4}})?"
_AGENCY = r"(?:\([^()\d]{2,40}\)|/[A-Z][\w -]{2,30}/)"
_DAY = rf"(?:(?:le )?{DATE}|\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?)"
_FULL = re.compile(
    rf"(?P<place>{_NAME})(?P<within> \([A-ZÀ-Þ][^()\d]{{2,25}}\)(?=,))?"
    rf"(?P<container>, (?:{_NAME}|[A-Z]\.(?: ?[A-Z]\.)+))?"
    rf"(?:,? (?P<date>(?i:{_DAY})))?\.?(?:,? ?(?P<agency>{_AGENCY})|, (?P<wire>[A-Z]{{2,6}}))?{_DASH}"
    r"(?=[\"“«‘'¿¡(]*[A-ZÀ-Þ\d])"
)
_LISTED = re.compile(rf"{_NAME}[ \t]*(?:[:(\d]|$|\n)")
"""What follows a name before a dash in a list, a result or a fixture: a name alone, or with a number or more."""
_PLAIN_WORD = r"[A-ZÀ-ÖØ-ÞŁŚŠŻŽČĆĐİ][\w’'-]*\w"
_PLAIN = rf"(?:(?:St|Ste|Mt|Ft)\. )?{_PLAIN_WORD}(?:[ /](?:{_SMALL_WORD} ){{0,2}}{_PLAIN_WORD}){{0,2}}"
# Not before another such name, which makes it a list, or the words of a person ("Jordan: I …").
_KNOWN = re.compile(
    rf"(?P<place>{_PLAIN})(?P<container>, {_PLAIN})?(?:,? (?i:{_DAY}))?"
    rf"(?::\s+(?!(?:I|We|My|Our|Yes|No)\b)|\.\s+(?!{_PLAIN}\.)|(?: [\w.-]{{2,12}})?\s*\|\s*"
    rf"(?:{_PLAIN_WORD}(?: {_PLAIN_WORD}){{0,2}}\s*\|\s*)?)(?=[\"“«¿¡]*[A-ZÀ-Þ])"
)
_LABELLED = re.compile(rf"(?:[.!?]\s+|\n\s*){_PLAIN}:\s")
"""Another name before a colon: what follows are teams, speakers, districts."""
_ASIDE = re.compile(r"(?:An?|Une?|Una|Eine?|Uma?) [^.!?\n–—]{2,60} [–—-] (?=[a-zß-ÿ])")
"""What makes of the first dash the beginning of an aside: "Spain – A country of 47 million – votes"."""
_AGENCY_ALONE = re.compile(
    rf"(?:{_AGENCY}|AFP|EFE|AP|dpa|Reuters|Lusa|MAP)(?:\s*\.?\s?[-–—]+\s*|\s*:\s+)(?=[\"“«¿¡]*[A-ZÀ-Þ\u0621-\u064a])"
)
_ARABIC_WORD = r"[\u0621-\u064a\u066e-\u06d3]{2,}"
_ARABIC_LETTER = re.compile(r"[\u0600-\u06ff]")
_ARABIC = re.compile(
    rf"(?P<place>{_ARABIC_WORD}(?: {_ARABIC_WORD}){{0,2}})(?P<container>[،,] {_ARABIC_WORD}(?: {_ARABIC_WORD}){{0,2}})?"
    rf"(?:[،,]? (?P<date>\d{{1,2}} {_ARABIC_WORD}(?: \d{{4}})?))?"
    r"(?: ?(?:[–—-] ?)?(?P<agency>\([^()\d]{2,40}\)|/[^/\d]{2,30}/))?(?:\s*[–—]\s*|\s+-+\s+|(?<=[)/])\s*(?:-+|:)\s*)"
    r"(?=[\"“«]*[\u0621-\u064a\d])"
)
_ARABIC_WIRE = re.compile(
    rf"(?P<place>{_ARABIC_WORD}(?: {_ARABIC_WORD}){{0,2}})\s?[-–—/]\s?"
    r"(?P<agency>سانا|واس|وام|بترا|قنا|كونا|وفا|وات|وكالات)(?:\s*[-–—:]\s*|\s+)(?=[\"“«]*[\u0621-\u064a])"
)
_ARABIC_KNOWN = re.compile(
    rf"(?P<place>{_ARABIC_WORD}(?: {_ARABIC_WORD})?)\s?:\s+(?!(?:لن|لا|لم|ما|نحن|إن)\b)(?=[\u0621-\u064a])"
)
# What opens a text before a dash and is no place: labels of the desk, days, months, articles.
_LABELS = """
    by par por von nato otan opec opep fifa uefa nasa unesco unicef asean ecowas cedeao brics covid
    factcheck podcast quiz poll survey profile obituary editorial column letter letters blog transcript
    update updated exclusive breaking watch video photo photos opinion analysis editorial review interview
    live explainer factbox correction corrected related advertisement sponsored note summary abstract
    background news sport sports politics business world the a an this that it he she they we i but and or
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow so yes no ok
    january february march april may june july august september october november december
    actualité vidéo exclusif tribune entretien reportage direct le la les un une
    vídeo opinión análisis entrevista exclusiva última hora el los las una
    kommentar eilmeldung der die das ein eine
    opinião análise exclusivo o os as um uma
    warning notice weather preview recipe report study alert football tennis cricket health science technology tech
    economy culture society education environment travel lifestyle markets money elections obituaries crime courts
    alerte politique économie société santé culture monde éducation sciences environnement économique portrait
    alerta deportes fútbol política economía salud cultura sociedad educación ciencia mundo sucesos
    politik wirtschaft sport fußball gesellschaft kultur wissen panorama gesundheit bildung umwelt reise meinung
    esporte esportes desporto futebol economia saúde sociedade educação ciência
    رياضة اقتصاد سياسة ثقافة مجتمع صحة تعليم علوم منوعات كرة تنبيه
    عاجل فيديو صور شاهد خاص رأي تحليل حوار بالفيديو بالصور
"""
_FORMS = (_FULL, _ARABIC, _ARABIC_WIRE, _KNOWN, _ARABIC_KNOWN)
_NO_PLACE = frozenset(_LABELS.split())
_TITLES = frozenset(["mr", "mrs", "ms", "dr", "prof", "dear"])
"""What opens the name of a person, or a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """What a text opens with before its first sentence."""

    place: str = ""
    """With what it lies in, where that is said ("SPRINGFIELD, Ill."); empty if only an agency is named."""
    length: int
    """Characters up to the first sentence."""


def dateline(text: str, is_place: IsPlace) -> Dateline | None:
    """The dateline a plain text opens with; None if there is none.

    `is_place` is asked of a name that neither an agency nor a date shows to be a dateline.
    """
    start = text[:_REACH]
    if agency := _AGENCY_ALONE.match(start):
        return Dateline(length=agency.end())
    found = next((found for form in _FORMS if (found := form.match(start))), None)
    if found is None or _is_label(found["place"]):
        return None
    parts = found.groupdict()
    place = found["place"].rstrip(".") + (parts.get("container") or parts.get("within") or "")
    if not (parts.get("date") or parts.get("agency")):
        after = _ASIDE.match(text, found.end()) or _LISTED.match(start, found.end())
        labels = found.re is _KNOWN and _LABELLED.search(text, found.end(), 2 * _REACH)
        if after or labels or _may_be_words(parts, is_place) or not is_place(place):
            return None
    return Dateline(place=place, length=found.end())


def _may_be_words(parts: dict[str, str | None], is_place: IsPlace) -> bool:
    """Whether what stands before the dash may as well be a sentence, or two things with a comma between."""
    place, container = parts["place"] or "", parts.get("container") or ""
    most = 2 if _ARABIC_LETTER.match(place) else 3  # Arabic has no capitals to tell names by
    if len(place.split()) > most:
        return True
    return bool(container) and not (place.isupper() or container.endswith(".") or is_place(place))


def _is_label(place: str) -> bool:
    words = place.casefold().replace(".", "").split()
    if any(sign.isdigit() for sign in place) or words[0] in _TITLES:
        return True
    return words[0] in _NO_PLACE and (len(words) == 1 or words[1] in _NO_PLACE)
