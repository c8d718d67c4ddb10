"""What each element inside an entry means: a table of small functions that fill a draft.

They follow feedparser to the letter, including its order of precedence: a value nearer to the entry wins
over one deeper inside, a later one over an earlier one, the first title over later ones, and a second
description is the content.
"""

from __future__ import annotations

import re

from lxml import etree

from aggregator.parse import texts
from aggregator.parse.draft import repaired
from aggregator.parse.markup import all_text, media_type
from aggregator.parse.reading import Attributes, Element, Reading, joined, plain

_AMPERSAND = re.compile("&([A-Za-z0-9_]+);")


def _text(name: str) -> Element:
    def text(reading: Reading, element: etree._Element, _: Attributes, depth: int) -> bool:
        reading.save(name, repaired(plain(reading, element)), depth)
        return False

    return text


def _guid(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    value = repaired(plain(reading, element))
    reading.save("id", value, depth)
    if attributes.get("ispermalink", "true") == "true":
        reading.draft.props.setdefault("link", value)
    return False


def _link(reading: Reading, element: etree._Element, attributes: Attributes, _: int) -> bool:
    draft = reading.draft
    attributes.setdefault("rel", "alternate")
    attributes.setdefault("type", "application/atom+xml" if attributes["rel"] == "self" else "text/html")
    enforce_href(attributes)
    draft.links.append(attributes)
    if "href" in attributes:
        attributes["href"] = joined(reading, attributes["href"])
        html = media_type(attributes["type"]) in ("text/html", "application/xhtml+xml")
        if attributes["rel"] == "alternate" and html:
            draft.props["link"] = attributes["href"]
        return True
    value = plain(reading, element)
    if value:
        value = _AMPERSAND.sub(r"&\g<1>", repaired(joined(reading, value)).replace("&amp;", "&"))
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


def _keywords(scheme: str) -> Element:
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
    reading.draft.thumbnails.append(
        attributes.get("url") or (repaired(joined(reading, text)) if text else "")
    )
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
        name = reading.names.of(child)
        if name not in _IN_SOURCE:
            reading.doubt()
        if name == "title" and all_text(child).strip():
            reading.title_depth = depth + 1
    return False


_IN_SOURCE = frozenset(
    {"title", "id", "link", "updated", "published", "author", "category", "subtitle", "rights", "generator"}
    | {"icon", "logo"}
)


def _image(reading: Reading, element: etree._Element, _: Attributes, depth: int) -> bool:
    """A picture in the manner of a channel's: its title is the entry's, if that has none."""
    reading.title_depth = -1
    for child in element:
        name = reading.names.of(child)
        if name == "title":
            texts.title(reading, child, reading.names.attributes(child), depth + 1)
        elif name not in ("url", "link", "width", "height") or len(child) or child.keys():
            reading.doubt()
    return False


def _skip(reading: Reading, element: etree._Element, _: Attributes, __: int) -> bool:
    return False


def _strange(reading: Reading, element: etree._Element, _: Attributes, __: int) -> bool:
    reading.doubt()
    return True


def _table(*rows: tuple[Element, str]) -> dict[str, Element]:
    return {name: function for function, names in rows for name in names.split()}


ELEMENTS: dict[str, Element] = _table(
    (texts.title, "title dc_title"),
    (texts.media_title, "media_title"),
    (texts.describe("text/html"), "description dc_description media_description"),
    (texts.describe("text/plain"), "summary itunes_summary"),
    (texts.full("text/plain"), "content"),
    (texts.full("text/html"), "content_encoded fullitem"),
    (_guid, "guid id"),
    (_link, "link"),
    (_enclosure, "enclosure"),
    (_text("published"), "published issued pubdate dcterms_issued"),
    (_text("updated"), "updated modified lastbuilddate dc_date dcterms_modified"),
    (_text("created"), "created dcterms_created"),
    (_text("language"), "language dc_language"),
    (texts.author, "author managingeditor dc_author dc_creator itunes_author"),
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
    (_image, "image"),
    (_skip, "contributor dc_contributor subtitle tagline itunes_subtitle rights copyright dc_rights info"),
    (_skip, "feedburner_browserfriendly cc_license creativecommons_license generator cloud psc_chapters"),
    (_skip, "webmaster dc_publisher gml_linestring gml_polygon"),
    (_strange, "abstract body xhtml_body textinput tags itunes_owner item entry channel feed rss"),
    (_strange, "links authors contributors enclosures title_detail summary_detail"),
)
