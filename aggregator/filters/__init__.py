"""The filter language: one way to say which articles, for views, search, feeds and the command line.

A filter is written as text (`parse`, grammar in `grammar.py`), lives as a small tree (`tree.py`), and is
answered by the store as SQL or here in memory (`matches`); both give the same articles.
"""

from aggregator.filters.fold import fold
from aggregator.filters.grammar import parse
from aggregator.filters.match import matches, searched_text
from aggregator.filters.operands import FIELDS, operand, shown
from aggregator.filters.tree import (
    MAX_LEVELS,
    And,
    CategoryIs,
    CountryIs,
    Everything,
    Filter,
    LanguageIs,
    Not,
    Or,
    PlaceIs,
    Since,
    SourceIs,
    Text,
    Until,
    all_of,
    any_of,
    depth,
    moves_with_time,
    source_ids,
)

__all__ = [
    "FIELDS",
    "MAX_LEVELS",
    "And",
    "CategoryIs",
    "CountryIs",
    "Everything",
    "Filter",
    "LanguageIs",
    "Not",
    "Or",
    "PlaceIs",
    "Since",
    "SourceIs",
    "Text",
    "Until",
    "all_of",
    "any_of",
    "depth",
    "fold",
    "matches",
    "moves_with_time",
    "operand",
    "parse",
    "searched_text",
    "shown",
    "source_ids",
]
