"""Labels as publishers write them: cleaned, told from noise, and made into ids."""

from __future__ import annotations

import re
import unicodedata

from aggregator.schema import label_id

LONGEST = 60
"""Code points; what is longer is a sentence, not a label."""

_SEPARATORS = re.compile(r"[;|>»›，、؛\n\t]")
_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|www\.|(?:urn|tag|mailto):", re.I)
_MACHINE = re.compile(r"[\w.-]+:[\w.-]+=|\{|<|[0-9a-f]{16,}\Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-", re.I)
# What content management systems call articles that nobody gave a category.
_CALLED_NONE = """
    uncategorized uncategorised uncategorized-en unclassified no-category category none default
    non-classe sans-categorie sin-categoria sin-categorizar sem-categoria senza-categoria
    unkategorisiert nicht-kategorisiert ohne-kategorie geen-categorie niet-gecategoriseerd
    bez-kategorii nezarazene okategoriserad ukategorisert ikke-kategoriseret kategorisiz genel-kategori
    без-рубрики без-категории без-категорії غير-مصنف دسته-بندی-نشده 未分类 未分類 미분류
"""
_CALLED_HOME = """
    home homepage home-page front-page start startseite accueil inicio portada home-news pagina-inicial
    glowna strona-glowna hjem hem etusivu главная الرئيسية صفحه-اصلی 首页 首頁 ホーム トップ
"""
_NONE, _HOME = frozenset(_CALLED_NONE.split()), frozenset(_CALLED_HOME.split())


def parts(text: str) -> list[str]:
    """The labels in a feed's term or a breadcrumb: lists are taken apart, noise is left out."""
    pieces = _SEPARATORS.split(text[:1000])
    if len(pieces) == 1 and len(text) > LONGEST:
        pieces = text[:1000].split(",")
    labels = (cleaned(piece) for piece in pieces)
    return [label for label in labels if not _is_noise(label)]


def cleaned(text: str) -> str:
    """The text without control characters, a leading # and superfluous blanks; at most 200 code points."""
    return " ".join(_UNWANTED.sub(" ", unicodedata.normalize("NFC", text)).split()).strip("#,/\\ ")[:200]


def is_home(label: str) -> bool:
    """True for the names of a site's first page, which breadcrumbs begin with."""
    return label_id(label) in _HOME


def _is_noise(label: str) -> bool:
    if not 1 < len(label) <= LONGEST and not _is_ideograph(label):
        return True
    if not any(letter.isalpha() for letter in label):
        return True
    return bool(_ADDRESS.match(label) or _MACHINE.match(label)) or label_id(label) in _NONE


def _is_ideograph(label: str) -> bool:
    return len(label) == 1 and "\u3400" <= label <= "\uffff"
