"""The filter language: one way to say which articles, for views, search, feeds and the command line.

A filter is written as text (`parse`, grammar in `grammar.py`), with what it may name handed in (`vocabulary.py`). It
lives as a small tree (`tree.py`), and is answered by the store as SQL or here in memory (`matches`); both give the
same articles.
"""

from aggregator.filters import globe
from aggregator.filters.codes import COUNTRIES
from aggregator.filters.fold import LONGEST_WORD, fold
from aggregator.filters.grammar import parse
from aggregator.filters.keys import Key, keys, named_key, place_keys, points
from aggregator.filters.marks import spans, spoken
from aggregator.filters.match import NO_NOTES, Notes, instant, matches, words
from aggregator.filters.operands import FIELDS, operand, shown, slug
from aggregator.filters.ruling import (
    HIDDEN,
    MARKED,
    Ruling,
    asks_for_marks,
    found_by,
    given,
    marked,
    ruled,
    spelled_out,
    unhidden,
)
from aggregator.filters.tree import (
    MAX_LEVELS,
    And,
    Box,
    Everything,
    Field,
    Filter,
    Keys,
    Kind,
    Near,
    Not,
    Noted,
    Or,
    Since,
    Text,
    Until,
    all_of,
    any_of,
    depth,
    leaves,
    moves_with_time,
    terms,
)
from aggregator.filters.vocabulary import UNKNOWN, Names, Vocabulary, configured, exactly, nearest
from aggregator.filters.why import Term, Verdict, verdicts

__all__ = [
    "COUNTRIES",
    "FIELDS",
    "HIDDEN",
    "LONGEST_WORD",
    "MARKED",
    "MAX_LEVELS",
    "NO_NOTES",
    "UNKNOWN",
    "And",
    "Box",
    "Everything",
    "Field",
    "Filter",
    "Key",
    "Keys",
    "Kind",
    "Names",
    "Near",
    "Not",
    "Noted",
    "Notes",
    "Or",
    "Ruling",
    "Since",
    "Term",
    "Text",
    "Until",
    "Verdict",
    "Vocabulary",
    "all_of",
    "any_of",
    "asks_for_marks",
    "configured",
    "depth",
    "exactly",
    "fold",
    "found_by",
    "given",
    "globe",
    "instant",
    "keys",
    "leaves",
    "marked",
    "matches",
    "moves_with_time",
    "named_key",
    "nearest",
    "operand",
    "parse",
    "place_keys",
    "points",
    "ruled",
    "shown",
    "slug",
    "spans",
    "spelled_out",
    "spoken",
    "terms",
    "unhidden",
    "verdicts",
    "words",
]
