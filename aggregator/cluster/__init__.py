"""Which articles are one, and which tell of one event.

The same article from several sources, and one its publisher edited, are settled when a poll is saved
(`settling.py`, `copies.py`, `joining.py`); articles on one event are found afterwards, as they arrived
(`stories.py`, `alike.py`, `traits.py`).
"""

from aggregator.cluster.alike import Seen
from aggregator.cluster.copies import NEAR, Copies, Copy, compare, keys
from aggregator.cluster.joining import assemble, is_fuller, join, remake, revise
from aggregator.cluster.settling import settle
from aggregator.cluster.stories import LARGEST, SPAN, Window, own_story

__all__ = [
    "LARGEST",
    "NEAR",
    "SPAN",
    "Copies",
    "Copy",
    "Seen",
    "Window",
    "assemble",
    "compare",
    "is_fuller",
    "join",
    "keys",
    "own_story",
    "remake",
    "revise",
    "settle",
]
