"""Which entry is which, when publishers serve it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.identity import identities, match, only_link_moved
from aggregator.schema import Entry, Identity, Known, replace

DAY = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
ENTRY = Entry(
    guid="https://a.example/?p=1",
    link="https://a.example/one",
    title="One",
    content="<p>Words of one.</p>",
    published=DAY,
)


class Memory:
    """What a store would know after documents were served."""

    def __init__(self) -> None:
        self.names: dict[str, Known] = {}
        self.count = 0

    def serve(self, *entries: Entry) -> list[int]:
        """Serves a document; gives the number of the stored entry that each of its entries is."""
        served = list({one.key: one for one in identities(entries)}.values())
        numbers = []
        keys = {one.key for one in served}
        for identity, known in match(served, dict(self.names), keys=keys, taken=()):
            if known is None:
                self.count += 1
            numbers.append(known.entry_n if known else self.count)
            self.learn(identity, numbers[-1])
        return numbers

    def learn(self, identity: Identity, number: int) -> None:
        traits = ("key", "guid", "link", "path", "title", "content", "published")
        known = Known(
            entry_n=number,
            article_id=number,
            raw_hash="",
            first_seen=DAY,
            **{name: getattr(identity, name) for name in traits},
        )
        self.names = {name: known if one.entry_n == number else one for name, one in self.names.items()}
        self.names[identity.key] = known
        for alias in identity.aliases:
            self.names.setdefault(alias, known)


def stored(*documents: Sequence[Entry]) -> int:
    """How many entries a store holds after these documents."""
    memory = Memory()
    for document in documents:
        memory.serve(*document)
    return memory.count


def many(n: int, **more: object) -> list[Entry]:
    return [
        replace(
            ENTRY,
            guid=f"https://a.example/?p={i}",
            link=f"https://a.example/{i}",
            title=f"Title {i}",
            content=f"Words of {i}",
            **more,  # type: ignore[arg-type]
        )
        for i in range(n)
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"link": "https://a.example/{}", "content": "An earthquake was measured."},
        {"link": "https://a.example/{}", "content": "An earthquake was measured.", "published": DAY},
        {"link": "https://a.example/alert?id={}", "content": ""},
        {"link": "https://a.example/weather", "content": "Forecast {}"},
        {"link": "https://a.example/weather", "content": "", "guid": "{}"},
    ],
)
def test_rule_21_entries_with_guids_of_their_own_are_not_one_for_a_title_they_share(
    more: dict[str, Any],
) -> None:
    documents = []
    for n in range(6):
        said = {name: value.format(n) if isinstance(value, str) else value for name, value in more.items()}
        documents.append([Entry(**{"guid": f"alert-{n}", "title": "Alert"} | said)])
    assert stored(*documents) == 6


def test_rule_22_one_guid_for_every_entry_keeps_them_all_though_each_document_has_only_one() -> None:
    news = [
        Entry(guid="X", title=f"T{n}", link=f"https://a.example/{n}", content=f"Words {n}") for n in range(6)
    ]
    assert stored(*([one] for one in news)) == 6
    dated = [replace(one, published=DAY + timedelta(days=n)) for n, one in enumerate(news)]
    assert stored(*([one] for one in dated)) == 6
    wordless = [replace(one, content="") for one in dated]
    assert stored(*([one] for one in wordless)) == 6


def test_rule_22_an_entry_rewritten_from_end_to_end_on_its_day_is_the_same() -> None:
    edits = [
        Entry(guid="X", title=f"T{n}", link=f"https://a.example/{n}", content=f"Words {n}", published=DAY)
        for n in range(3)
    ]
    assert stored(*([one] for one in edits)) == 1
    assert stored(*([replace(one, content="")] for one in edits)) == 1


@pytest.mark.parametrize("dated", [False, True])
def test_rule_22_new_tokens_in_links_are_one_article_though_all_titles_are_the_same(dated: bool) -> None:
    def document(k: int) -> list[Entry]:
        at = DAY + timedelta(days=k) if dated else None
        return [
            Entry(title="News", link=f"https://a.example/{n}?sid={k}", content=f"Words {n}", published=at)
            for n in range(5)
        ]

    assert stored(*map(document, range(6))) == 5


def test_rule_21_a_guid_unique_in_its_document_is_the_key() -> None:
    (identity,) = identities([ENTRY])
    assert identity.key.startswith("g:")


def test_rule_21_without_a_guid_the_link_is_the_key() -> None:
    (identity,) = identities([replace(ENTRY, guid="")])
    assert identity.key.startswith("l:")


def test_rule_21_without_guid_and_link_title_and_date_are_the_key() -> None:
    (identity,) = identities([replace(ENTRY, guid="", link="")])
    assert identity.key.startswith("t:")


@pytest.mark.parametrize(
    "change",
    [
        {"title": "One, corrected"},
        {"content": "<p>Other words.</p>"},
        {"published": DAY + timedelta(hours=3)},
        {"link": "https://a.example/one-corrected"},
        {"title": "Wholly other", "content": "And other words", "published": None},
        {"guid": "http://a.example/?p=1"},
        {"guid": "https://www.a.example/?p=1"},
        {"guid": "http://a.example/?p=1", "title": "One, corrected"},
        {"guid": "tag:a.example,2026:1"},
        {"guid": ""},
    ],
)
def test_rule_22_an_edited_entry_is_the_same_entry(change: dict[str, object]) -> None:
    assert stored([ENTRY], [replace(ENTRY, **change)]) == 1  # type: ignore[arg-type]


def test_rule_22_an_edit_after_the_guid_moved_to_https_is_the_same_entry() -> None:
    first = replace(ENTRY, guid="http://a.example/?p=1")
    later = replace(ENTRY, title="New title", content="New words", published=DAY + timedelta(days=1))
    assert stored([first], [ENTRY], [later]) == 1


def test_rule_22_no_guid_and_a_link_with_a_new_token_each_time_is_one_entry() -> None:
    tokens = [[replace(ENTRY, guid="", link=f"https://a.example/one?sid={n}")] for n in range(60)]
    assert stored(*tokens) == 1


def test_rule_22_only_a_token_moved_is_seen_as_such() -> None:
    first = replace(ENTRY, guid="", link="https://a.example/one?sid=1")
    again = replace(first, link="https://a.example/one?sid=2")
    memory = Memory()
    memory.serve(first)
    (identity,) = identities([again])
    assert only_link_moved(identity, next(iter(memory.names.values())))
    (edited,) = identities([replace(again, title="Edited")])
    assert not only_link_moved(edited, next(iter(memory.names.values())))


def test_rule_22_entries_that_share_one_guid_are_all_kept() -> None:
    document = [replace(entry, guid="same") for entry in many(4)]
    assert stored(document, document) == 4


def test_rule_22_entries_that_share_guid_and_link_are_all_kept() -> None:
    document = [replace(entry, guid="same", link="https://a.example/") for entry in many(4)]
    assert stored(document, list(reversed(document))) == 4


def test_rule_22_no_guid_and_no_link_is_kept_once() -> None:
    document = [replace(entry, guid="", link="") for entry in many(3)]
    assert stored(document, document[::-1], document[1:]) == 3


def test_rule_22_words_alone_are_kept_once() -> None:
    document = [Entry(content=f"A note without a title, number {n}") for n in range(3)]
    assert stored(document, document) == 3


def test_rule_23_what_leaves_and_returns_in_any_order_is_the_same() -> None:
    every = many(20)
    assert stored(every[10:], every[5:15], [], every[:10], every[::-1]) == 20


@pytest.mark.parametrize(
    "guids",
    [
        ("abc", "ABC"),
        ("https://a.example/x", "https://a.example/x/"),
        ("é", "e"),
        ("1", "1 "),
        ("a\nb", "a b"),
    ],
)
def test_rule_23_guids_that_differ_a_little_are_different(guids: tuple[str, str]) -> None:
    document = [replace(entry, guid=guid) for entry, guid in zip(many(2), guids, strict=True)]
    assert stored(document, document) == 2


def test_rule_23_a_guid_of_3_kb_with_emoji_and_newlines_is_one() -> None:
    entry = replace(ENTRY, guid="🗞️\n" * 1000)
    assert stored([entry], [replace(entry, title="Edited")]) == 1


def test_a_guid_used_again_for_another_entry_loses_neither() -> None:
    other = Entry(
        guid=ENTRY.guid,
        link="https://a.example/two",
        title="Two",
        content="Quite other words",
        published=DAY + timedelta(days=1),
    )
    memory = Memory()
    assert memory.serve(ENTRY) == [1]
    assert memory.serve(other) == [2]
    assert memory.serve(other) == [2]


def test_two_entries_with_the_same_title_on_one_day_are_two() -> None:
    document = [
        replace(ENTRY, guid="", link="https://a.example/1", title="Briefs", content="Morning"),
        replace(ENTRY, guid="", link="https://a.example/2", title="Briefs", content="Evening"),
    ]
    assert stored(document[:1], document, document[1:]) == 2


def test_a_daily_title_on_another_day_is_another_entry() -> None:
    monday = replace(ENTRY, guid="", link="", title="Weather", content="Rain")
    tuesday = replace(monday, published=DAY + timedelta(days=1), content="Sun")
    assert stored([monday], [tuesday, monday], [tuesday]) == 2


def test_a_known_entry_is_given_to_one_entry_of_a_document_only() -> None:
    memory = Memory()
    memory.serve(replace(ENTRY, guid="old"))
    first = replace(ENTRY, guid="new-1")
    second = replace(ENTRY, guid="new-2")
    assert len(set(memory.serve(first, second))) == 2


def test_an_entry_twice_in_one_document_is_one() -> None:
    assert stored([ENTRY, ENTRY]) == 1


def test_entries_that_share_a_section_link_do_not_own_it() -> None:
    document = [replace(entry, link="https://a.example/live") for entry in many(2)]
    assert [identity.link_is_own for identity in identities(document)] == [False, False]


def test_the_front_page_is_nobodys_own_link() -> None:
    assert not identities([replace(ENTRY, link="https://a.example/")])[0].link_is_own


@pytest.mark.parametrize("unit", ["<", "<!--", "<a ", "</", "&", "&a", "&#", "=", "?", "://"])
def test_a_megabyte_of_hostile_signs_is_read_in_one_go(unit: str) -> None:
    """What takes time by the square of the length would not come to an end here."""
    endless = unit * (2**20 // len(unit))
    hostile = Entry(guid=endless, link=f"https://a.example/{endless}", title=endless, content=endless)
    (found,) = identities((hostile,))
    assert found.key
