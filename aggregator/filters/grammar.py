"""Text → tree, by recursive descent.

    filter  = [ either ]                    empty text is Everything: a view without conditions
    either  = all { "OR" all }
    all     = unary { [ "AND" ] unary }     terms side by side must all hold
    unary   = ( "NOT" | "-" ) unary | "(" either ")" | term
    term    = [ field ":" ] ( word | '"' words '"' ) [ "*" ]

`AND`, `OR` and `NOT` are upper case, so that a reader may search for "and"; a minus stands right before
what it excludes. Fields and their operands are in `operands.py`; `in:` is read here, for what it names is a
filter again.

The parser is written by hand: the grammar is five lines, and only so can each mistake get its own sentence
and position, which a generated parser does not give. It is strict: what it does not understand is an error,
never a wider search.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from aggregator.errors import FilterError
from aggregator.filters.operands import FIELDS, operand, shown
from aggregator.filters.tree import MAX_LEVELS, Everything, Filter, Not, all_of, any_of, depth, terms
from aggregator.filters.vocabulary import UNKNOWN, Vocabulary, nearest

MAX_CHARS = 10_000
MAX_TERMS = 200
MAX_ALL = 1_000
"""Terms of a filter with those of the views it names."""
MAX_DEPTH = 64

_FIELD = re.compile(r'([^\s()":]+):')
_WORD = re.compile(r'[^\s()"]+')
_QUOTES = str.maketrans("“”„", '"""')

Kind = Literal["(", ")", "-", "AND", "OR", "NOT", "term", "end"]
_WORDS: dict[str, Kind] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}
_MARKS: dict[str, Kind] = {"(": "(", ")": ")", "-": "-"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Kind
    start: int
    end: int
    leaf: Filter = field(default_factory=Everything)


def parse(text: str, known: Vocabulary = UNKNOWN, *, inside: tuple[str, ...] = ()) -> Filter:
    """The tree of a filter text; the empty text (or only spaces) is Everything.

    `known` is what may be named; `inside` are the views whose filter this is, outermost first. Raises FilterError
    with the position, in code points, where the text goes wrong.
    """
    if len(text) > MAX_CHARS:
        raise FilterError(f"A filter has at most {MAX_CHARS} characters.", position=MAX_CHARS)
    tokens = _tokens(text, known, inside)
    if tokens[0].kind == "end":
        return Everything()
    tree = _either(tokens, 0)
    if tokens[0].kind == ")":
        raise FilterError("This ) closes nothing; leave it out.", position=tokens[0].start)
    if terms(tree) > MAX_ALL:
        raise FilterError(f"With the views it names, a filter has at most {MAX_ALL} terms.", position=0)
    if depth(tree) > MAX_LEVELS:
        raise FilterError(f"A filter nests AND, OR and NOT at most {MAX_LEVELS} deep.", position=0)
    return tree


def written(text: str, known: Vocabulary = UNKNOWN, *, inside: tuple[str, ...] = ()) -> dict[Filter, str]:
    """The terms of a filter text that `parse` takes, as they stand in it, with those of the views it names."""
    found: dict[Filter, str] = {}
    for token in _tokens(text, known, inside):
        if token.kind == "term":
            term = text[token.start : token.end]
            name, _, id = term.partition(":")
            found |= written(known.views[id], known, inside=(*inside, id)) if name.lower() == "in" else {}
            found.setdefault(token.leaf, term)
    return found


# --- words and marks ---------------------------------------------------------------------------


def _tokens(text: str, known: Vocabulary, inside: tuple[str, ...]) -> deque[_Token]:
    plain = text.translate(_QUOTES)
    if plain.count('"') % 2:
        raise FilterError("This quotation mark has no partner; add one.", position=plain.rindex('"'))
    end = len(plain.rstrip())
    tokens: deque[_Token] = deque()
    at = terms = 0
    while at < end:
        if plain[at].isspace():
            at += 1
            continue
        tokens.append(token := _token(plain, at, known, inside))
        at = token.end
        terms += token.kind == "term"
        if terms > MAX_TERMS:
            raise FilterError(f"A filter has at most {MAX_TERMS} terms.", position=token.start)
    tokens.append(_Token("end", end, end))
    return tokens


def _token(text: str, start: int, known: Vocabulary, inside: tuple[str, ...]) -> _Token:
    if kind := _MARKS.get(text[start]):
        return _Token(kind, start, start + 1)
    name, at = "any", start
    if found := _FIELD.match(text, start):
        name, at = _field(found[1], start), found.end()
    if text[at : at + 1] == '"':
        end = text.index('"', at + 1)
        written = text[at + 1 : end]
        if not written.strip():
            raise FilterError("There is nothing between these quotation marks.", position=at)
        end += 1
        if text[end : end + 1] == "*":
            written, end = f"{written}*", end + 1
        return _Token("term", start, end, operand(name, written, known, quoted=True, position=at))
    found = _WORD.match(text, at)
    if found is None:
        raise FilterError(f"Write what to look for right after {name}: and without a space.", position=at)
    if name == "any" and (kind := _WORDS.get(found[0])):
        return _Token(kind, start, found.end())
    if name == "in":
        return _Token("term", start, found.end(), _view(found[0], known, inside, at))
    _refuse_marks(name, found[0], at)
    return _Token("term", start, found.end(), operand(name, found[0], known, position=at))


def _view(id: str, known: Vocabulary, inside: tuple[str, ...], position: int) -> Filter:
    """The filter of a view that is named within another."""
    if id in inside:
        chain = " → ".join([*inside[inside.index(id) :], id])
        raise FilterError(f"The view {shown(id)} would be in itself: {chain}.", position=position)
    if id not in known.views:
        close = nearest(id, known.views)
        advice = f"did you mean {close}?" if close else "write the id of a view."
        raise FilterError(f"There is no view {shown(id)}; {advice}", position=position)
    try:
        return parse(known.views[id], known, inside=(*inside, id))
    except FilterError as error:
        what = "" if "would be in itself" in str(error) else f"In the view {shown(id)}: "
        raise FilterError(f"{what}{error}", position=position) from None


def _field(written: str, position: int) -> str:
    name = written.lower()
    if name in FIELDS:
        return name
    close = nearest(name, FIELDS)
    advice = f"did you mean {close}:?" if close else f"fields are {', '.join(FIELDS)}."
    raise FilterError(
        f"There is no field {shown(written)}; {advice} Put words that hold a colon in quotation marks.",
        position=position,
    )


def _refuse_marks(field: str, word: str, position: int) -> None:
    """What other search languages mean something by must not silently mean less here."""
    if "*" in word[:-1]:
        raise FilterError("A * stands for the end of a word only, as in elect*.", position=position)
    if "|" in word:
        raise FilterError("Write OR with spaces round it instead of |.", position=position)
    if word[0] == "!":
        raise FilterError("Write NOT or a minus instead of !.", position=position)
    if field != "url" and len(word) > 2 and word[0] == word[-1] == "/":
        raise FilterError(
            'There are no regular expressions here; write words, a "phrase" or the beginning of a word, elect*.',
            position=position,
        )


# --- the grammar -------------------------------------------------------------------------------


def _either(tokens: deque[_Token], depth: int) -> Filter:
    parts = [_all(tokens, depth)]
    while tokens[0].kind == "OR":
        tokens.popleft()
        parts.append(_all(tokens, depth))
    return any_of(parts)


def _all(tokens: deque[_Token], depth: int) -> Filter:
    parts = [_unary(tokens, depth)]
    while tokens[0].kind not in ("OR", ")", "end"):
        if tokens[0].kind == "AND":
            tokens.popleft()
        parts.append(_unary(tokens, depth))
    return all_of(parts)


def _unary(tokens: deque[_Token], depth: int) -> Filter:
    token = tokens.popleft()
    if depth > MAX_DEPTH:
        raise FilterError(f"A filter nests at most {MAX_DEPTH} deep.", position=token.start)
    match token.kind:
        case "term":
            return token.leaf
        case "NOT":
            return Not(_unary(tokens, depth + 1))
        case "-":
            if tokens[0].start != token.end:
                raise FilterError("A minus stands right before what it excludes.", position=token.start)
            return Not(_unary(tokens, depth + 1))
        case "(":
            return _group(tokens, token.start, depth)
    raise FilterError(f'{_missing(token.kind)} a word, "a phrase" or field:value.', position=token.start)


def _group(tokens: deque[_Token], start: int, depth: int) -> Filter:
    if tokens[0].kind == ")":
        raise FilterError("There is nothing between these parentheses.", position=start)
    tree = _either(tokens, depth + 1)
    if tokens.popleft().kind != ")":
        raise FilterError("This ( is never closed; add a ).", position=start)
    return tree


def _missing(kind: Kind) -> str:
    return "The filter ends where it should go on with" if kind == "end" else f"Before {kind} there must be"
