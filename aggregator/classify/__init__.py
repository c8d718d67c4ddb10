"""Evidence to categories: what the publisher, the address, the admin and the text itself say an article is about.

An article gets three kinds of categories, each with every piece of evidence for it:

- Media Topics of the IPTC, told by the publisher's terms, the section, the address, the breadcrumb, the source, and
  last by the words of the text. A topic of the second level brings its top with it.
- The admin's own categories, by the words of their rules.
- The publisher's terms as they are, whether a Media Topic answers to them or not.

Pure, but for reading its own data once.
"""

from __future__ import annotations

from aggregator.classify.hints import hints, topics_told
from aggregator.classify.merging import MOST, Found, ranked
from aggregator.classify.rules import Rules, matches, prepared
from aggregator.classify.terms import topics_of
from aggregator.classify.text import findings
from aggregator.classify.topics import top_of, topics
from aggregator.schema import Article, Category, Evidence, Source, replace
from aggregator.schema import label_id as slug

__all__ = ["MOST", "NO_RULES", "Rules", "classify", "prepared", "slug", "topics", "topics_of"]

NO_RULES = prepared(())
RULE = 0.9
"""Score of a category whose rule of the configuration holds."""
SURE_OF_MORE = 0.6
"""Score from which the text may name a top of which the publisher says nothing although he names another."""


def classify(article: Article, source: Source, rules: Rules = NO_RULES) -> Article:
    """The article with its categories: best first, equal ones by id, at most MOST of them."""
    found = Found()
    said = list(hints(article, source))
    told = topics_told(said, article.language)
    for hint in said:
        if hint.is_category:
            found.add_label(slug(hint.label), hint)
    for hint, topic in told:
        found.add_topic(topic, hint.score, hint.evidence)
    _add_words(found, article, {top_of(topic) for hint, topic in told if hint.of_article})
    for rule, words in matches(article, rules):
        found.add_rule(rule, rules, RULE, Evidence(kind="rule", text=", ".join(words)))
    return replace(article, categories=_without(ranked(found), source.not_categories))


def _without(categories: tuple[Category, ...], unwanted: tuple[str, ...]) -> tuple[Category, ...]:
    """The categories without those of these ids or names, and without what is part of them."""
    if not unwanted:
        return categories
    names = {slug(name) for name in unwanted}
    gone = {one.id for one in categories if one.id in unwanted or slug(one.name) in names}
    return tuple(one for one in categories if one.id not in gone and not gone.intersection(one.broader))


def _add_words(found: Found, article: Article, tops: set[str]) -> None:
    """Adds what the text speaks of; where the publisher names tops, others only if the text is sure."""
    for finding in findings(article.title, article.text or article.summary, article.language):
        if not tops or top_of(finding.topic) in tops or finding.score >= SURE_OF_MORE:
            evidence = Evidence(kind="words", text=", ".join(finding.words))
            found.add_alone(finding.topic, finding.score, evidence)
