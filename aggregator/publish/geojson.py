"""GeoJSON (RFC 7946): articles as points of a map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.publish.head import Head
from aggregator.publish.json_feed import encoded, given, understood
from aggregator.publish.markup import html_of, main_place, rfc3339
from aggregator.schema import Article


def geojson(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given; one that is about no known place has no geometry (3.2)."""
    features = [_feature(article, head) for article in articles]
    members = given({"id": head.id, "title": head.title, "language": head.language, "links": _links(head)})
    return encoded({"type": "FeatureCollection"} | members | {"features": features})


def _links(head: Head) -> list[dict[str, str]]:
    links = (*head.links, ("alternate", head.page_url))
    return [{"rel": relation, "href": url} for relation, url in links]


def _feature(article: Article, head: Head) -> dict[str, Any]:
    place = main_place(article)
    geometry = None
    if place is not None and place.lat is not None and place.lon is not None:
        # Longitude first (3.1.1); five digits are a metre.
        geometry = {"type": "Point", "coordinates": [round(place.lon, 5), round(place.lat, 5)]}
    properties = {
        "title": article.title,
        "url": article.url,
        "published": rfc3339(article.published),
        "language": article.language,
        "authors": list(article.authors),
        "summary": article.summary,
        "html": html_of(article) if head.content == "full" else "",
        "text": article.text if head.content == "text" else "",
        "image": article.image,
        "place_name": place.name if place else "",
    }
    return {
        "type": "Feature",
        "id": article.uid,
        "geometry": geometry,
        "properties": given(properties | understood(article, head)),
    }
