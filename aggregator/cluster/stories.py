"""Stories: the articles that tell of one event, found one by one as they arrive.

A window of recent articles is kept, with an index of what is rare in them. A new article is compared with those
it shares something rare with, and joins the story of the one most like it, if that is like enough and the rest of
the story is not unlike it; else it begins a story of its own. Two stories are never made one: a wrong merge is
worse than a missed one. The same articles in the same order always give the same stories.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain
from math import fsum, log, sqrt

from aggregator.cluster.alike import TOO_LATE, Seen, alike, evidence
from aggregator.cluster.traits import spellings, traits
from aggregator.schema import Article, Evidence, Told

_ENOUGH = 0.28
"""How alike an article and its nearest of a story are at least."""
_REST = 0.22
"""How alike it is on average to the others of the story in its language, at least."""
SPAN = timedelta(hours=72)
"""How long after its arrival an article stays in the window."""
LARGEST = 20_000
"""Articles of the window at most: memory stays the same however many arrive."""
_POSTINGS = 40
"""Articles a word may stand in and still be looked up: what is in more is rare no longer."""
_COMPARED = 6
"""Articles a new one is compared with."""
_MEMBERS = 6
"""The latest of a story that are asked, besides the first."""
_KEPT = 40
"""Words of an article that are compared."""
_UNSEEN = 50
"""Articles that stand for all that came before the window: until many have come, rare is hard to tell."""
_LOGS = [log(number + 1) for number in range(LARGEST + _UNSEEN + 2)]


def own_story(article: Article) -> str:
    """The id of the story an article begins; it never depends on the database."""
    return article.uid.removeprefix("urn:uuid:").replace("-", "")[:16]


class Window:
    """Recent articles, and the stories they are in."""

    def __init__(self) -> None:
        self._seen: deque[Seen] = deque()
        self._by_id: dict[int, Seen] = {}
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        self._rarity: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._stories: dict[str, list[Seen]] = {}

    def tell(self, article: Article) -> Told:
        """Finds the story of a new article."""
        one = self._weighed(article, own_story(article))
        score, nearest = self._find(one)
        why: tuple[Evidence, ...] = ()
        if nearest is not None:
            one.story = nearest.story
            why = evidence(one, nearest, spellings(article))
        self._keep(one)
        return Told(
            article_id=one.id,
            story=one.story,
            score=score,
            nearest=nearest.id if nearest else None,
            evidence=why,
        )

    @property
    def latest(self) -> Seen:
        """The article that came in last, as it is kept."""
        return self._seen[-1]

    def recall(self, seen: Seen) -> None:
        """Takes in an article whose story was told before, as it was kept then."""
        self._keep(seen)

    def _weighed(self, article: Article, story: str) -> Seen:
        what = traits(article)
        rarity = self._rarity[what.language]
        top = _LOGS[rarity[""] + _UNSEEN]
        vector = {stem: weight * (top - _LOGS[rarity.get(stem, 0)]) for stem, weight in what.weights.items()}
        ordered = sorted(vector, key=vector.__getitem__, reverse=True)[:_KEPT]
        vector = {stem: vector[stem] for stem in ordered}
        return Seen(
            id=article.id or 0,
            story=story,
            arrived=article.first_seen,
            source=article.sources[0] if article.sources else "",
            traits=what,
            stems=" ".join(what.weights),
            vector=vector,
            length=_length(vector.values()),
            across=_length([vector[name] for name in what.names if name in vector]),
        )

    def _find(self, one: Seen) -> tuple[float, Seen | None]:
        """The article it is most like, of a story it fits in, and how like."""
        best: dict[str, tuple[float, Seen]] = {}
        for other in self._candidates(one):
            score = alike(one, other)
            if score >= _ENOUGH and score > best.get(other.story, (0.0, other))[0]:
                best[other.story] = (score, other)
        for score, other in sorted(best.values(), key=lambda pair: (-pair[0], pair[1].id)):
            if self._fits(one, other):
                return min(1.0, score), other
        return 0.0, None

    def _candidates(self, one: Seen) -> list[Seen]:
        """Those it shares the most of what is rare with, and whose time is near."""
        lists = [ids for key in one.keys if (ids := self._with.get(key)) and len(ids) <= _POSTINGS]
        counted = Counter(chain.from_iterable(lists))
        found = [self._by_id[id] for id, count in counted.most_common(2 * _COMPARED) if count > 1]
        return [other for other in found if abs(other.traits.at - one.traits.at) < TOO_LATE][:_COMPARED]

    def _fits(self, one: Seen, nearest: Seen) -> bool:
        """Whether the rest of the story is like it too, as far as they can be compared in one language."""
        members = self._stories[nearest.story]
        asked = [*members[:1], *members[1:][-_MEMBERS:]]
        language = one.traits.language
        scores = [
            alike(one, other) for other in asked if other is not nearest and other.traits.language == language
        ]
        return not scores or fsum(scores) / len(scores) >= _REST

    def _keep(self, one: Seen) -> None:
        self._seen.append(one)
        self._by_id[one.id] = one
        rarity = self._rarity[one.traits.language]
        rarity[""] += 1
        rarity.update(one.stems.split())
        for key in one.keys:
            self._with[key].append(one.id)
        self._stories.setdefault(one.story, []).append(one)
        one.traits.weights.clear()
        while len(self._seen) > LARGEST or self._seen[0].arrived < one.arrived - SPAN:
            self._forget(self._seen.popleft())

    def _forget(self, one: Seen) -> None:
        del self._by_id[one.id]
        rarity = self._rarity[one.traits.language]
        for stem in ("", *one.stems.split()):
            rarity[stem] -= 1
            if not rarity[stem]:
                del rarity[stem]
        for key in one.keys:
            self._with[key].pop(0)
            if not self._with[key]:
                del self._with[key]
        members = self._stories[one.story]
        members.remove(one)
        if not members:
            del self._stories[one.story]


def _length(weights: Iterable[float]) -> float:
    return sqrt(fsum([weight * weight for weight in weights]))
