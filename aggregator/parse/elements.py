"""What each element inside an entry means: a table of small functions that fill a draft.

They follow feedparser to the letter, including its order of precedence: a value nearer to the entry wins
over one deeper inside, a later one over an earlier one, the first title over later ones, and a second
description is the content.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from feedparser.urls import _urljoin, make_safe_absolute_uri
from lxml import etree

from aggregator.parse.draft import Draft, Text, repaired
from aggregator.parse.markup import Doubt, all_text, inner_xhtml, media_type
from aggregator.parse.names import Names

Attributes = dict[str, str]
_MAX_AUTHOR = 1_000
_AMPERSAND = re.compile("&([A-Za-z0-9_]+);")
_EMAIL = re.compile(
    r"""(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"""
    r"""([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"""
)
"""feedparser's, so that both readers find the same names."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """One entry while it is read from the tree."""

    names: Names
    strict: bool
    """Raise Doubt where agreement with feedparser is not certain, instead of making the best of it."""
    atom10: bool
    base: str
    language: str | None
    draft: Draft = field(default_factory=Draft)
    depths: dict[str, int] = field(default_factory=dict)
    title_depth: int = -1
    has_content: bool = False
    tags: set[tuple[str, str, str]] = field(default_factory=set)

    def doubt(self) -> None:
        if self.strict:
            raise Doubt

    def save(self, name: str, value: str, depth: int) -> None:
        if depth <= self.depths.get(name, depth):
            self.depths[name] = depth
            self.draft.props[name] = value


def enter(reading: Reading, attributes: Attributes) -> None:
    """xml:base and xml:lang come into scope."""
    base = attributes.get("xml:base", attributes.get("base"))
    if base:
        if reading.base:
            reading.base = make_safe_absolute_uri(reading.base, base) or reading.base
        else:
            reading.base = _urljoin("", base)
    language = attributes.get("xml:lang", attributes.get("lang"))
    if language is not None:
        reading.language = language or None


def plain(reading: Reading, element: etree._Element) -> str:
    """The text of an element that should have no children, stripped."""
    if len(element):
        reading.doubt()
        return all_text(element).strip()
    return (element.text or "").strip()


def content(reading: Reading, element: etree._Element, attributes: Attributes, default: str) -> Text:
    """A text construct."""
    kind = media_type(attributes.get("type", default))
    if "mode" in attributes and attributes["mode"] not in ("escaped", "xml"):
        reading.doubt()
    if kind not in ("text/plain", "text/html", "application/xhtml+xml"):
        reading.doubt()
        kind = "application/xhtml+xml" if kind.endswith("xml") or len(element) else "text/html"
    if kind == "application/xhtml+xml":
        value = inner_xhtml(element, reading.names, atom=reading.atom10, strict=reading.strict)
    elif len(element):
        reading.doubt()
        kind = "application/xhtml+xml"
        value = inner_xhtml(element, reading.names, atom=False, strict=False)
    else:
        value = element.text or ""
    return Text(repaired(value.strip()), kind, (reading.language or "").replace("_", "-"), reading.base)


def _title(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    text = content(reading, element, attributes, "text/plain")
    if not -1 < reading.title_depth <= depth:
        reading.save("title", text.value, depth)
        reading.draft.details["title"] = text
    if text.value:
        reading.title_depth = depth
    return False


def _media_title(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    before = reading.title_depth
    _title(reading, element, attributes, depth)
    reading.title_depth = before
    return False


def _describe(default: str) -> Callable[[Reading, etree._Element, Attributes, int], bool]:
    def described(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
        if "summary" in reading.draft.props and not reading.has_content:
            return _content(reading, element, attributes, depth)
        text = content(reading, element, attributes, default)
        reading.save("summary", text.value, depth)
        reading.draft.details["summary"] = text
        return False

    return described


def _full(default: str) -> Callable[[Reading, etree._Element, Attributes, int], bool]:
    def full(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
        reading.has_content = True
        text = content(reading, element, attributes, default)
        reading.draft.contents.append(text)
        reading.draft.props.setdefault("summary", text.value)
        return False

    return full


_content = _full("text/plain")


def _text(name: str) -> Callable[[Reading, etree._Element, Attributes, int], bool]:
    def text(reading: Reading, element: etree._Element, _: Attributes, depth: int) -> bool:
        reading.save(name, repaired(plain(reading, element)), depth)
        return False

    return text


def _guid(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    is_link = attributes.get("ispermalink", "true") == "true"
    value = plain(reading, element)
    if is_link and value:
        value = _urljoin(reading.base, value)
    value = repaired(value)
    reading.save("id", value, depth)
    if is_link:
        reading.draft.props.setdefault("link", value)
    return False


def _link(reading: Reading, element: etree._Element, attributes: Attributes, _: int) -> bool:
    draft = reading.draft
    attributes.setdefault("rel", "alternate")
    attributes.setdefault("type", "application/atom+xml" if attributes["rel"] == "self" else "text/html")
    enforce_href(attributes)
    draft.links.append(attributes)
    if "href" in attributes:
        attributes["href"] = _urljoin(reading.base, attributes["href"])
        html = media_type(attributes["type"]) in ("text/html", "application/xhtml+xml")
        if attributes["rel"] == "alternate" and html:
            draft.props["link"] = attributes["href"]
        return True
    value = plain(reading, element)
    if value:
        value = _AMPERSAND.sub(r"&\g<1>", repaired(_urljoin(reading.base, value)).replace("&amp;", "&"))
        attributes["href"] = value
    draft.props["link"] = value
    return False


def enforce_href(attributes: Attributes) -> None:
    """Whatever it is called, the address is `href`."""
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if href:
        attributes.pop("url", None)
        attributes.pop("uri", None)
        attributes["href"] = href


def _enclosure(reading: Reading, _: etree._Element, attributes: Attributes, __: int) -> bool:
    enforce_href(attributes)
    attributes["rel"] = "enclosure"
    reading.draft.links.append(attributes)
    return True


def _author(reading: Reading, element: etree._Element, _: Attributes, depth: int) -> bool:
    author: dict[str, str] = {}
    text = element.text or ""
    for child in element:
        name = _AUTHOR_PARTS.get(reading.names.of(child))
        if name is not None:
            author[name] = plain(reading, child)
        elif reading.names.of(child) in ELEMENTS:
            reading.doubt()
        text += child.tail or ""
    reading.save("author", repaired(text.strip()), depth)
    reading.draft.authors.append(author)
    if not author:
        author.update(_name_and_email(reading, reading.draft.props.get("author", "")))
    else:
        name, email = author.get("name"), author.get("email")
        shown = f"{name} ({email})" if name and email else name or email
        if shown:
            reading.draft.props["author"] = shown
    return False


_AUTHOR_PARTS = {
    "name": "name",
    "itunes_name": "name",
    "email": "email",
    "itunes_email": "email",
    "url": "href",
    "uri": "href",
    "homepage": "href",
}


def _name_and_email(reading: Reading, author: str) -> dict[str, str]:
    """`Jane Doe (jane@example.org)` in any order and bracket."""
    found = {}
    if len(author) > _MAX_AUTHOR:
        reading.doubt()
        return {"name": author[:_MAX_AUTHOR]}
    match = _EMAIL.search(author) if "@" in author else None
    if match:
        found["email"] = match[0]
        author = author.replace(match[0], "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
        author = author.removeprefix("(").removesuffix(")").strip()
    if author:
        found["name"] = author
    return found


def _add_tag(reading: Reading, term: str, scheme: str, label: str) -> None:
    tag = term, scheme, label
    if any(tag) and tag not in reading.tags:
        reading.tags.add(tag)
        reading.draft.tags.append(tag)


def _category(reading: Reading, element: etree._Element, attributes: Attributes, _: int) -> bool:
    scheme = attributes.get("scheme", attributes.get("domain", ""))
    _add_tag(reading, attributes.get("term", ""), scheme, attributes.get("label", ""))
    value = repaired(plain(reading, element))
    if not value:
        return False
    tags = reading.draft.tags
    if tags and not tags[-1][0]:
        reading.tags.discard(tags[-1])
        tags[-1] = (value, *tags[-1][1:])
        reading.tags.add(tags[-1])
    else:
        _add_tag(reading, value, "", "")
    return False


def _media_category(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    attributes.setdefault("scheme", "http://search.yahoo.com/mrss/category_schema")
    return _category(reading, element, attributes, depth)


def _itunes_category(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    if len(element):
        reading.doubt()
    given = {"term": attributes.get("text", ""), "scheme": "http://www.itunes.com/"}
    return _category(reading, element, given, depth)


def _keywords(scheme: str) -> Callable[[Reading, etree._Element, Attributes, int], bool]:
    def keywords(reading: Reading, element: etree._Element, attributes: Attributes, _: int) -> bool:
        if attributes:
            reading.doubt()
        for term in repaired(plain(reading, element)).split(","):
            if term.strip():
                _add_tag(reading, term.strip(), scheme, "")
        return False

    return keywords


def _media_content(reading: Reading, _: etree._Element, attributes: Attributes, __: int) -> bool:
    reading.draft.media.append(attributes)
    return True


def _thumbnail(reading: Reading, element: etree._Element, attributes: Attributes, _: int) -> bool:
    text = plain(reading, element)
    reading.draft.thumbnails.append(attributes.get("url") or (_urljoin(reading.base, text) if text else ""))
    return False


def _itunes_image(reading: Reading, element: etree._Element, attributes: Attributes, _: int) -> bool:
    reading.draft.image = attributes.get("href") or attributes.get("url") or reading.draft.image
    return True


def _point(reading: Reading, element: etree._Element, _: Attributes, __: int) -> bool:
    try:
        numbers = [float(number) for number in plain(reading, element).replace(",", " ").split()]
        reading.draft.point = numbers[0], numbers[1]
    except (ValueError, IndexError):
        reading.draft.point = None
    return False


def _where(reading: Reading, _: etree._Element, attributes: Attributes, __: int) -> bool:
    if "srsname" in attributes or "srsdimension" in attributes:
        reading.doubt()
    return True


def _new_where(reading: Reading, _: etree._Element, attributes: Attributes, __: int) -> bool:
    reading.draft.point = None
    return True


def _source(reading: Reading, element: etree._Element, _: Attributes, depth: int) -> bool:
    """The feed an entry was taken from; only its effect on titles that follow counts."""
    reading.title_depth = -1
    for child in element:
        if reading.names.of(child) in ("title", "dc_title") and all_text(child).strip():
            reading.title_depth = depth + 1
    return False


def _skip(reading: Reading, element: etree._Element, _: Attributes, __: int) -> bool:
    return False


def _strange(reading: Reading, element: etree._Element, _: Attributes, __: int) -> bool:
    reading.doubt()
    return True


_described = _describe("text/html")
_summarised = _describe("text/plain")
_Element = Callable[[Reading, etree._Element, Attributes, int], bool]
"""Fills the draft; gives whether the element's children are to be looked at as well."""


def _table(*rows: tuple[_Element, str]) -> dict[str, _Element]:
    return {name: function for function, names in rows for name in names.split()}


ELEMENTS: dict[str, _Element] = _table(
    (_title, "title dc_title"),
    (_media_title, "media_title"),
    (_described, "description dc_description media_description"),
    (_summarised, "summary itunes_summary"),
    (_content, "content"),
    (_full("text/html"), "content_encoded fullitem"),
    (_guid, "guid id"),
    (_link, "link"),
    (_enclosure, "enclosure"),
    (_text("published"), "published issued pubdate dcterms_issued"),
    (_text("updated"), "updated modified lastbuilddate dc_date dcterms_modified"),
    (_text("created"), "created dcterms_created"),
    (_text("language"), "language dc_language"),
    (_author, "author managingeditor dc_author dc_creator itunes_author"),
    (_category, "category keywords dc_subject"),
    (_media_category, "media_category"),
    (_itunes_category, "itunes_category"),
    (_keywords("http://www.itunes.com/"), "itunes_keywords"),
    (_keywords(""), "media_keywords"),
    (_media_content, "media_content"),
    (_thumbnail, "media_thumbnail"),
    (_itunes_image, "itunes_image itunes_link"),
    (_new_where, "where georss_where georss_line georss_polygon georss_box"),
    (_where, "gml_point"),
    (_point, "georss_point gml_pos"),
    (_source, "source"),
    (_skip, "contributor dc_contributor subtitle tagline itunes_subtitle rights copyright dc_rights info"),
    (_skip, "feedburner_browserfriendly cc_license creativecommons_license generator cloud psc_chapters"),
    (_skip, "webmaster dc_publisher gml_linestring gml_polygon"),
    (_strange, "abstract body xhtml_body image textinput tags itunes_owner item entry channel feed rss"),
    (_strange, "links authors contributors media_group_ media_credit_ title_detail summary_detail where_"),
)
