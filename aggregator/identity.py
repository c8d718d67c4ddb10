"""Which stored entry an entry is: the ladder of keys, and the aliases asked before an insert.

Publishers move guids from http to https, put a new token into every link, give all entries one guid,
or none. The rules here keep one article once and lose none: a key names an entry only if it is unique
in its document, and an alias counts only with corroboration (the same words or the same instant) and
only if the stored entry is not itself still being served.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b

from aggregator.schema import Entry, Identity, Known, replace
from aggregator.urls import canonical_url

_MARKUP = re.compile(r"<[^<>]*>|&#?\w{1,40};")
_PUNCTUATION = re.compile("[\xa0-\xbf\u2000-\u206f\u3000-\u3003\u3008-\u3011]+")
_BARE = bytes(code if code > 127 or chr(code).isalnum() or code == 95 else 32 for code in range(256))
"""Makes blanks of ASCII punctuation in UTF-8."""
_HOST = re.compile(r"\w+://[^/]*")
_QUERY_VALUE = re.compile(r"=[^&]*")


def digest(*parts: str) -> str:
    """A short hash (80 bits) of texts; empty if all of them are."""
    if not any(parts):
        return ""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def identities(entries: Sequence[Entry], beside: Sequence[Known] = ()) -> tuple[Identity, ...]:
    """The identity of each entry of one document, in the same order.

    `beside` are the stored entries that the document serves as well, and that were not read again.
    What names an entry must be unique in the document. Entries that agree in guid, link, title, date
    and words get the same key: the document holds one of them twice.
    """
    traits = [_traits(entry) for entry in entries]
    everyone: list[Identity | Known] = [*traits, *beside]
    guids = Counter(trait.guid for trait in everyone)
    links = Counter(trait.link for trait in everyone)
    days = Counter(_title_day(trait) for trait in everyone)
    return tuple(
        _ladder(entry, trait, guids[trait.guid] == 1, links[trait.link] == 1, days[_title_day(trait)] == 1)
        for entry, trait in zip(entries, traits, strict=True)
    )


def match(
    served: Sequence[Identity], known: Mapping[str, Known], *, keys: Collection[str], taken: Collection[int]
) -> tuple[tuple[Identity, Known | None], ...]:
    """For each identity the stored entry it is, or None if it is new.

    `known` maps keys and aliases to stored entries; `keys` are the keys of the whole document, and `taken`
    the numbers of stored entries that other entries of the document already are. A stored entry is matched
    at most once. The identity comes back changed where the publisher used a guid again for another entry.
    """
    gone = set(taken)
    result = []
    for identity in served:
        found: Known | None = known.get(identity.key)
        if found is not None and found.key == identity.key and _is_reuse(identity, found):
            identity = replace(identity, key=identity.reuse_key)
            found = known.get(identity.key)
        if found is None or found.key != identity.key:
            found = next(
                (
                    candidate
                    for name in (identity.key, *identity.aliases)
                    if (candidate := known.get(name)) is not None
                    and candidate.entry_n not in gone
                    and candidate.key not in keys
                    and _corroborated(name, identity, candidate)
                ),
                None,
            )
        if found is not None:
            gone.add(found.entry_n)
        result.append((identity, found))
    return tuple(result)


def only_link_moved(identity: Identity, known: Known) -> bool:
    """True if the entry says what it said, at an address that differs only in a token of its query."""
    return (
        identity.key.startswith("l:")
        and identity.link != known.link
        and (identity.path, identity.title, identity.content, identity.published)
        == (known.path, known.title, known.content, known.published)
    )


def _traits(entry: Entry) -> Identity:
    link = canonical_url(entry.link).partition("://")[2]
    place, _, query = link.partition("#")[0].partition("?")
    own = bool(place.partition("/")[2] or query)
    published = entry.published
    return Identity(
        key="",
        link_is_own=own,
        guid=digest(entry.guid.partition("://")[2] or entry.guid),
        link=digest(link),
        path=digest(place, _QUERY_VALUE.sub("", query)) if link else "",
        title=digest(_words(entry.title)),
        content=digest(_words(entry.content or entry.summary)),
        published=None if published is None else int(published.timestamp() * 1000),
    )


def _words(markup: str) -> str:
    """The bare words, so that neither markup nor spacing nor case makes two of one."""
    text = _MARKUP.sub(" ", markup)
    if not text.isascii():
        text = _PUNCTUATION.sub(" ", text)
    words = text.casefold().encode("utf-8", "surrogatepass").translate(_BARE).split()
    return b" ".join(words).decode("utf-8", "surrogatepass")


def _title_day(identity: Identity | Known) -> tuple[str, int | None]:
    day = None if identity.published is None else identity.published // 86_400_000
    return identity.title, day


def _ladder(entry: Entry, trait: Identity, own_guid: bool, own_link: bool, own_day: bool) -> Identity:
    link_is_own = trait.link_is_own and own_link
    title_date = digest(trait.title, str(trait.published or ""))
    candidates = []
    if entry.guid and own_guid:
        candidates.append("g:" + digest(entry.guid))
        host = _HOST.match(entry.guid)
        if host and len(hostless := entry.guid[host.end() :]) > 1:
            candidates.append("u:" + digest(hostless))
    if link_is_own:
        candidates.append("l:" + trait.link)
    if trait.title and own_day:
        candidates.append("t:" + digest(trait.title, str(_title_day(trait)[1] or "")))
    if not entry.guid and trait.content and trait.path:
        # The last hope where both link and date are new at every fetch.
        candidates.append("c:" + digest(trait.title, trait.content, trait.path))
    key = candidates[0] if candidates and candidates[0][0] in "gl" else None
    if key is None:
        # Neither guid nor link names it alone; the words join in where title and date do not suffice.
        unique = trait.title and own_day
        key = candidates[0] if unique else "t:" + digest(title_date, trait.content, trait.guid, trait.link)
    return replace(
        trait,
        key=key,
        aliases=tuple(name for name in candidates if name != key),
        reuse_key="g:" + digest(key, title_date) if key[0] == "g" else key,
        link_is_own=link_is_own,
    )


def _is_reuse(identity: Identity, known: Known) -> bool:
    """True if only the guid is left in common: the publisher gave it to another entry."""
    return (
        identity.key.startswith("g:")
        and identity.title != known.title
        and identity.link != known.link
        and (identity.content != known.content or _another_day(identity, known))
        and (identity.published is None or identity.published != known.published)
    )


def _another_day(identity: Identity, known: Known) -> bool:
    """Whether entries without words are of two days: nothing else could tell them apart."""
    days = (_title_day(identity)[1], _title_day(known)[1])
    return not identity.content and None not in days and days[0] != days[1]


def _corroborated(name: str, identity: Identity, known: Known) -> bool:
    """Whether an equal alias really means the same entry; where both have guids, these say no until more says yes."""
    same_title = bool(identity.title) and identity.title == known.title
    same_content = bool(identity.content) and identity.content == known.content
    same_instant = identity.published is not None and identity.published == known.published
    same_path = bool(identity.path) and identity.path == known.path
    other_guid = bool(identity.guid and known.guid) and identity.guid != known.guid
    if name.startswith("u:"):
        return identity.guid == known.guid or same_title or same_content or same_instant
    if name.startswith("l:"):
        return same_content or same_instant or (same_title and not other_guid)
    if name.startswith("c:"):
        return same_path and same_content
    instant = identity.published == known.published
    if other_guid:
        return instant and identity.path == known.path and (same_content or same_instant)
    if identity.guid or known.guid:
        return instant and (same_content or same_path)
    wordless = not identity.content or not known.content
    return same_content or (instant and (same_path or wordless))
