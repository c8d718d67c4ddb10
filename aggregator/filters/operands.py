"""The fields of the filter language: each turns a written operand into a leaf, or refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import category, normalize

from aggregator.errors import FilterError
from aggregator.filters import times
from aggregator.filters.codes import COUNTRIES, LANGUAGES, MISTAKEN
from aggregator.filters.fold import LONGEST_WORD, fold
from aggregator.filters.keys import NOTED, PARTS, STATES, named_key
from aggregator.filters.tree import Box, Field, Filter, Keys, Kind, Near, Not, Noted, Text, any_of
from aggregator.filters.vocabulary import UNKNOWN, Names, Vocabulary, look_up, nearest
from aggregator.schema import label_id

MAX_METRES = 20_000_000
"""Half way round the earth."""
SHORTEST_PREFIX = 2
"""Letters before a *; the database would have to join the lists of too many words."""

_TOPIC = re.compile("medtop:[0-9]{8}", re.I)
"""Id of a Media Topic of the IPTC."""
_STORY = re.compile("[0-9a-f]{1,32}")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}")
_NUMBER = r"\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*"
_NEAR = re.compile(rf"{_NUMBER},{_NUMBER},\s*([0-9]{{1,8}}(?:\.[0-9]{{1,6}})?)\s*(km|m|mi)\s*")
_BOX = re.compile(",".join([_NUMBER] * 4))
_METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344}
_LONGEST_SLUG = 200
_MEANT = {
    other: part
    for part, others in {
        "enclosure": ("attachment", "audio", "file", "media", "podcast", "video"),
        "image": ("photo", "picture", "thumbnail"),
        "link": ("address", "url"),
        "place": ("country", "location", "point"),
        "text": ("body", "content", "full_text", "full-text", "fulltext"),
        "category": ("term", "topic"),
    }.items()
    for other in others
}
"""What other programs call the parts of an article."""
_ELSEWHERE = {
    "date": "every article has one; is:undated finds those whose publisher gave none.",
    "language": "write lang: with a code such as en.",
    "story": "every article is in one; story: with the id in the address of its page finds its articles.",
    "tag": "write tag: with the name of a tag.",
}

Leaf = Callable[[str, bool, Vocabulary], Filter]


def operand(
    field: str, written: str, known: Vocabulary = UNKNOWN, *, quoted: bool = False, position: int = 0
) -> Filter:
    """The leaf that `field:written` means; `field` is one of FIELDS. Raises FilterError at `position`."""
    try:
        return _LEAVES[field](written.strip(), quoted, known)
    except FilterError as error:
        raise FilterError(str(error), position=position) from None


def shown(written: str) -> str:
    """What was written, fit to stand in a sentence: quoted, short and printable."""
    short = written if len(written) <= 60 else written[:59] + "…"
    return f"“{''.join(letter if letter.isprintable() else '�' for letter in short)}”"


def _text(field: Field) -> Leaf:
    def leaf(written: str, quoted: bool, known: Vocabulary) -> Filter:
        prefix = written.endswith("*")
        words = tuple(fold(written.removesuffix("*")).split())
        if not words:
            raise FilterError(f"{shown(written)} holds no word to search for; write a letter or digit.")
        if max(map(len, words)) > LONGEST_WORD:
            raise FilterError(f"A word has at most {LONGEST_WORD} letters; write a shorter one.")
        if prefix and (len(words[-1]) < SHORTEST_PREFIX or not written[-2].isalnum()):
            raise FilterError(f"A * stands right after {SHORTEST_PREFIX} letters or more, as in elect*.")
        return Text(words, field, prefix)

    return leaf


def _one_of(kind: Kind, written: str, choices: tuple[str, ...]) -> str:
    value = written.lower()
    if value not in choices:
        close = nearest(value, choices)
        advice = f"did you mean {close}?" if close else f"write one of {', '.join(choices)}."
        raise FilterError(f"{kind}: does not know {shown(written)}; {advice}")
    return value


def _has(written: str, quoted: bool, known: Vocabulary) -> Filter:
    value = written.lower()
    if value in _ELSEWHERE:
        raise FilterError(f"has: does not know {shown(written)}; {_ELSEWHERE[value]}")
    if value in _MEANT:
        raise FilterError(f"has: does not know {shown(written)}; did you mean {_MEANT[value]}?")
    return Keys("has", (_one_of("has", written, PARTS),))


def _is(written: str, quoted: bool, known: Vocabulary) -> Filter:
    value = _one_of("is", written, STATES)
    if value in NOTED and known.reader is None:
        raise FilterError(
            f"is:{value} is known of a signed-in reader only; "
            "a view or feed is the same for everyone and cannot ask for it."
        )
    match value:
        case "unread":
            return Not(Noted(known.reader, "read"))
        case "read" | "saved":
            return Noted(known.reader, value)
        case "starred" if known.reader is not None:
            return any_of([Keys("is", (value,)), Noted(known.reader, value)])
    return Keys("is", (value,))


def _source(written: str, quoted: bool, known: Vocabulary) -> Filter:
    return Keys("source", _named(known.sources, "source", slug("source", written), written))


def _category(written: str, quoted: bool, known: Vocabulary) -> Filter:
    if _TOPIC.fullmatch(written):
        id = written.lower()
    elif quoted and ":" not in written:
        id = _label("category", written)
    else:
        # Names of topics have blanks and commas where ids of categories have hyphens.
        id = slug("category", "-".join(re.split(r"[\s,]+", written)))
    return Keys("category", _named(known.categories, "category", id, written))


def _story(written: str, quoted: bool, known: Vocabulary) -> Filter:
    if not _STORY.fullmatch(written):
        raise FilterError(f"{shown(written)} is no story; its id is what follows /story/ in its address.")
    return Keys("story", _named(known.stories, "story", written, written))


def _tag(written: str, quoted: bool, known: Vocabulary) -> Filter:
    name = slug("tag", written)
    if known.reader is None or name not in known.own_tags:
        return Keys("tag", _named(known.tags, "tag", name, written))
    return any_of([Keys("tag", (name,)), Noted(known.reader, "tagged", name)])


def _term(written: str, quoted: bool, known: Vocabulary) -> Filter:
    return Keys("category", (_label("term", written),))


def _named(names: Names | None, what: str, id: str, written: str) -> tuple[str, ...]:
    return (id,) if names is None else look_up(names, what, id, shown(written))


def _label(field: str, written: str) -> str:
    """The id of a category, or that of a name such as a publisher writes it: "Food & Drink" is food-drink."""
    if _is_slug(written):
        return slug(field, written)
    id = label_id(written[:_LONGEST_SLUG])
    if not id:
        raise FilterError(f"{shown(written)} is no {field}; write a name of letters or digits.")
    return id


def slug(field: str, written: str) -> str:
    """An id as it is kept: letters, digits and ". / - _"; combining marks, which are parts of words in many scripts.

    Raises FilterError if what is written is none.
    """
    if not _is_slug(written):
        raise FilterError(f"{shown(written)} is no {field} id; ids are like world-news, without spaces.")
    return "".join(map(_plain, normalize("NFKC", written).casefold()))


def _is_slug(written: str) -> bool:
    return (
        0 < len(written) <= _LONGEST_SLUG
        and written[0].isalnum()
        and all(one.isalnum() or one in "_./-" or category(one)[0] == "M" for one in written)
    )


def _plain(letter: str) -> str:
    """Latin letters lose their accents, as in the ids of categories; other scripts keep their marks."""
    base = normalize("NFKD", letter)[0]
    return base if base.isascii() else letter


def _place(kind: Kind) -> Leaf:
    def leaf(written: str, quoted: bool, known: Vocabulary) -> Filter:
        if not quoted and len(written) == 2 and written.isascii() and written.isalpha() and written.isupper():
            return Keys(kind, (_country_code(written),))
        if not fold(written):
            raise FilterError(f"{shown(written)} is no name of a place.")
        name = " ".join(written.split())
        if known.places is None:
            return Keys(kind, (named_key(name),))
        return Keys(kind, look_up(known.places, "place", name, shown(written)))

    return leaf


def _country(written: str, quoted: bool, known: Vocabulary) -> Filter:
    return Keys("place", (_country_code(written.upper()),))


def _country_code(code: str) -> str:
    if code in COUNTRIES:
        return code
    right = MISTAKEN.get(code)
    advice = f"did you mean {right}?" if right else "write two letters such as PT, or place:Portugal."
    raise FilterError(f"{shown(code)} is no ISO 3166-1 country code; {advice}")


def _language(written: str, quoted: bool, known: Vocabulary) -> Filter:
    if not _TAG.fullmatch(written):
        raise FilterError(f"{shown(written)} is no language tag; write a code such as en or pt-BR (BCP 47).")
    first, *rest = written.lower().split("-")
    if len(first) == 2 and first not in LANGUAGES:
        raise FilterError(f"{shown(first)} is no language of ISO 639-1; write a code such as en or pt.")
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in rest]
    return Keys("lang", ("-".join([first, *cased]),))


def _near(written: str, quoted: bool, known: Vocabulary) -> Filter:
    found = _NEAR.fullmatch(written)
    if not found:
        raise FilterError(
            f"{shown(written)} is no circle; write latitude,longitude,distance as in 34.02,-6.84,50km."
        )
    metres = float(found[3]) * _METRES[found[4]]
    if not 0 < metres <= MAX_METRES:
        raise FilterError(f"The distance in {shown(written)} must be more than 0 and at most 20000km.")
    return Near(_degrees(found[1], 90, written), _degrees(found[2], 180, written), metres)


def _box(written: str, quoted: bool, known: Vocabulary) -> Filter:
    found = _BOX.fullmatch(written)
    if not found:
        raise FilterError(f"{shown(written)} is no box; write south,west,north,east as in 27.6,-13.2,36,-1.")
    south, west, north, east = (
        _degrees(number, most, written) for number, most in zip(found.groups(), (90, 180) * 2, strict=True)
    )
    if south > north:
        raise FilterError(
            f"The south of {shown(written)} is north of its north; write south,west,north,east."
        )
    return Box(south, west, north, east)


def _degrees(number: str, most: int, written: str) -> float:
    degrees = float(number)
    if abs(degrees) > most:
        name = "latitude" if most == 90 else "longitude"
        raise FilterError(f"In {shown(written)}, {number} is no {name}; it lies between -{most} and {most}.")
    return degrees


def _time(read: Callable[[str, str], Filter]) -> Leaf:
    return lambda written, quoted, known: read(written, shown(written))


_LEAVES: dict[str, Leaf] = {
    "any": _text("any"),
    "title": _text("title"),
    "text": _text("text"),
    "author": _text("author"),
    "url": _text("url"),
    "source": _source,
    "category": _category,
    "term": _term,
    "tag": _tag,
    "place": _place("place"),
    "about": _place("about"),
    "dateline": _place("dateline"),
    "country": _country,
    "near": _near,
    "box": _box,
    "lang": _language,
    "date": _time(times.date),
    "since": _time(times.since),
    "until": _time(times.until),
    "story": _story,
    "has": _has,
    "is": _is,
}
FIELDS = (*(name for name in _LEAVES if name != "any"), "in")
"""The field names a reader may write before a colon."""
