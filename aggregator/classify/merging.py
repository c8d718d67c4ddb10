"""Evidence gathered into categories: independent evidence adds up (1 minus the product of the doubts)."""

from __future__ import annotations

from dataclasses import dataclass, field

from aggregator.classify.hints import Hint
from aggregator.classify.rules import Rules
from aggregator.classify.topics import topics
from aggregator.schema import MEDIA_TOPICS, Category, CategoryRule, Evidence, replace

MOST = 20
"""Categories an article has at most; the publisher's own terms give way first."""


@dataclass(slots=True)
class Found:
    """The categories of one article while they are gathered, by id."""

    understood: dict[str, Category] = field(default_factory=dict)
    """Media Topics and the admin's categories."""
    labels: dict[str, Category] = field(default_factory=dict)
    """The publisher's own terms."""

    def add_label(self, id: str, hint: Hint) -> None:
        """Adds a term of the publisher or the source as it is; one without an id is left out."""
        if id:
            found = Category(
                id=id,
                name=hint.label,
                scheme=hint.scheme,
                score=round(hint.score, 3),
                evidence=(hint.evidence,),
            )
            _add(self.labels, found)

    def add_topic(self, id: str, score: float, evidence: Evidence) -> None:
        """Adds a Media Topic, and with it what it is part of."""
        for one in (id, *topics()[id].broader):
            self.add_alone(one, score, evidence)

    def add_alone(self, id: str, score: float, evidence: Evidence) -> None:
        """Adds a Media Topic whose top is told apart."""
        topic = topics()[id]
        found = Category(
            id=id,
            name=topic.name,
            scheme=MEDIA_TOPICS,
            score=round(score, 3),
            evidence=(evidence,),
            broader=topic.broader,
        )
        _add(self.understood, found)

    def add_rule(self, rule: CategoryRule, rules: Rules, score: float, evidence: Evidence) -> None:
        """Adds a category of the admin, and with it what it is part of."""
        parents = rules.broader[rule.id]
        for number, one in enumerate((rule.id, *parents)):
            if one in topics():
                self.add_topic(one, score, evidence)
                return
            found = Category(
                id=one,
                name=one.replace("-", " "),
                score=score,
                evidence=(evidence,),
                broader=parents[number:],
            )
            _add(self.understood, found)


def ranked(found: Found) -> tuple[Category, ...]:
    """All categories, best first and equal ones by id; at most MOST."""
    labels = sorted(found.labels.values(), key=_rank)
    understood = sorted(found.understood.values(), key=_rank)[:MOST]
    ids = {category.id for category in understood}
    kept = [category for category in labels if category.id not in ids][: MOST - len(understood)]
    return tuple(sorted([*understood, *kept], key=_rank))


def _rank(category: Category) -> tuple[float, str]:
    return -category.score, category.id


def _add(known: dict[str, Category], new: Category) -> None:
    old = known.get(new.id)
    if old is None:
        known[new.id] = new
        return
    (evidence,) = new.evidence
    if any(one.kind == evidence.kind for one in old.evidence):
        # The same witness twice is no more certain.
        score = max(old.score, new.score)
    else:
        score = round(1 - (1 - old.score) * (1 - new.score), 3)
    known[new.id] = replace(
        old,
        # A name is better than a bare id.
        name=new.name if old.name == old.id else old.name,
        scheme=old.scheme or new.scheme,
        score=score,
        evidence=old.evidence if evidence in old.evidence else (*old.evidence, evidence),
    )
