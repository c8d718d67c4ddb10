"""The fields of the filter language: each turns a written operand into a leaf, or refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from unicodedata import category

from aggregator.errors import FilterError
from aggregator.filters.fold import fold
from aggregator.filters.tree import (
    CategoryIs,
    CountryIs,
    Filter,
    LanguageIs,
    PlaceIs,
    Since,
    SourceIs,
    Text,
    Until,
)

LONGEST_WORD = 200
"""Letters; PostgreSQL refuses a word over 2,046 bytes."""
LONGEST = timedelta(days=36_500)
"""The longest duration a filter may go back."""

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
"""ISO 3166-1 alpha-2, and XK as gazetteers write Kosovo."""
_MISTAKEN = {"UK": "GB", "EL": "GR"}

_TOPIC = re.compile("medtop:[0-9]{8}", re.I)
"""Id of a Media Topic of the IPTC."""
_LONGEST_SLUG = 200
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?")
_SHORT = re.compile(r"(\d{1,7})([wdhm])")
_ISO = re.compile(r"P(?:(\d{1,5})W|(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?)?)")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def operand(field: str, written: str, *, quoted: bool = False, position: int = 0) -> Filter:
    """The leaf that `field:written` means; `field` is one of FIELDS. Raises FilterError at `position`."""
    try:
        return _LEAVES[field](written.strip(), quoted)
    except FilterError as error:
        raise FilterError(str(error), position=position) from None


def shown(written: str) -> str:
    """What was written, fit to stand in a sentence: quoted, short and printable."""
    short = written if len(written) <= 60 else written[:59] + "…"
    return f"“{''.join(letter if letter.isprintable() else '�' for letter in short)}”"


def _text(field: Literal["any", "title"]) -> Callable[[str, bool], Filter]:
    def leaf(written: str, quoted: bool) -> Filter:
        folded = fold(written).split()
        if not folded:
            raise FilterError(f"{shown(written)} holds no word to search for; write a letter or digit.")
        if max(map(len, folded)) > LONGEST_WORD:
            raise FilterError(f"A word has at most {LONGEST_WORD} letters; write a shorter one.")
        # One written word such as jean-luc or 東京 may be several to the index: they stand in a row.
        return Text(written, quoted or len(folded) > 1, field)

    return leaf


def _source(written: str, quoted: bool) -> Filter:
    return SourceIs(_slug("source", written))


def _category(written: str, quoted: bool) -> Filter:
    if _TOPIC.fullmatch(written):
        return CategoryIs(written.lower())
    return CategoryIs(_slug("category", written))


def _is_slug(written: str) -> bool:
    """Letters, digits and ". / - _"; combining marks, which are parts of words in many scripts."""
    return (
        0 < len(written) <= _LONGEST_SLUG
        and written[0].isalnum()
        and all(one.isalnum() or one in "_./-" or category(one)[0] == "M" for one in written)
    )


def _slug(field: str, written: str) -> str:
    if not _is_slug(written):
        raise FilterError(f"{shown(written)} is no {field} id; ids are like world-news, without spaces.")
    return written.lower()


def _place(written: str, quoted: bool) -> Filter:
    if not quoted and len(written) == 2 and written.isascii() and written.isalpha() and written.isupper():
        return _country(written, quoted)
    if not fold(written):
        raise FilterError(f"{shown(written)} is no name of a place.")
    return PlaceIs(" ".join(written.split()))


def _country(written: str, quoted: bool) -> Filter:
    code = written.upper()
    if code in COUNTRIES:
        return CountryIs(code)
    right = _MISTAKEN.get(code)
    advice = f"did you mean {right}?" if right else "write two letters such as PT, or place:Portugal."
    raise FilterError(f"{shown(written)} is no ISO 3166-1 country code; {advice}")


def _language(written: str, quoted: bool) -> Filter:
    if not _TAG.fullmatch(written):
        raise FilterError(f"{shown(written)} is no language tag; write a code such as en or pt-BR (BCP 47).")
    first, *rest = written.lower().split("-")
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in rest]
    return LanguageIs("-".join([first, *cased]))


def _since(written: str, quoted: bool) -> Filter:
    if _DATE.fullmatch(written):
        return Since(_midnight(written), None)
    ago = _duration(written)
    return Since(_instant(written) if ago is None else None, ago)


def _until(written: str, quoted: bool) -> Filter:
    if _DATE.fullmatch(written):
        # The reader who writes a day means the whole of it.
        try:
            return Until(_midnight(written) + timedelta(days=1), None)
        except OverflowError as error:
            raise FilterError(f"{shown(written)} is too far in the future.") from error
    ago = _duration(written)
    return Until(_instant(written) if ago is None else None, ago)


def _midnight(written: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(written), time(), tzinfo=UTC)
    except ValueError as error:
        raise FilterError(f"{shown(written)} is no day of the calendar.") from error


def _instant(written: str) -> datetime:
    if not _DATETIME.fullmatch(written):
        raise FilterError(
            f"{shown(written)} is no time; write a day such as 2026-01-15, a time such as 2026-01-15T12:00Z,"
            " or a duration such as 7d or 12h."
        )
    try:
        at = datetime.fromisoformat(written)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FilterError(f"{shown(written)} is no possible time.") from error


def _duration(written: str) -> timedelta | None:
    """The length of `7d`, `12h`, `P7D` or `PT12H` (ISO 8601 without months and years); None if not one."""
    if found := _SHORT.fullmatch(written):
        length = int(found[1]) * _UNITS[found[2]]
    elif (found := _ISO.fullmatch(written)) and any(found.groups()):
        weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    else:
        return None
    if not timedelta() < length <= LONGEST:
        raise FilterError(f"{shown(written)} must be longer than nothing and at most {LONGEST.days} days.")
    return length


_LEAVES: dict[str, Callable[[str, bool], Filter]] = {
    "any": _text("any"),
    "text": _text("any"),
    "title": _text("title"),
    "source": _source,
    "category": _category,
    "place": _place,
    "country": _country,
    "lang": _language,
    "since": _since,
    "until": _until,
}
FIELDS = tuple(name for name in _LEAVES if name != "any")
"""The field names a reader may write before a colon."""
