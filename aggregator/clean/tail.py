"""Page furniture after the article. Each rule says at which offset of the last line it begins, or None."""

from __future__ import annotations

import re
from collections.abc import Callable

from aggregator.clean.head import bare
from aggregator.clean.imprint import imprint
from aggregator.clean.notices import notice

Rule = Callable[[str, str, bool], "int | None"]

_MAX_TAIL = 400
_OPENING = r"[A-ZÀ-ÖØ-ÞА-Я\u0600-\u06ff\"“«‘¿¡]"
_NEIGHBOUR = (
    r"(?:(?:[Pp]revious|[Nn]ext|PREVIOUS|NEXT) (?:[Aa]rticle|[Pp]ost|[Ss]tory|ARTICLE|POST|STORY)"
    r"|[Aa]rticle (?:précédent|suivant)|[Aa]rtículo (?:anterior|siguiente)"
    r"|(?:[Vv]orheriger|[Nn]ächster) (?:Artikel|Beitrag)"
    r"|[Aa]rtigo anterior|[Pp]róximo artigo|المقال(?:ة)? (?:السابق|التالي)ة?)"
)
_NEIGHBOUR_LINE = re.compile(rf"\s*{_NEIGHBOUR}(?P<glue>\s*[:»›→|]?\s*)(?:$|(?={_OPENING}|\d))")
# In the middle of a line only where no writer would put it: glued to the end of a sentence or to the title.
_NEIGHBOUR_GLUED = re.compile(
    rf"(?<=[.!?؟…”\"»)])(?:{_NEIGHBOUR}(?=\s*{_OPENING})|\s*{_NEIGHBOUR}(?={_OPENING}))"
)
_APPEARED = re.compile(
    r"(?:^|(?<=[.!?؟…\]”\"»)>])|(?<=\n))\s*(?:"
    r"(?:The )?(?:post|article) (?P<en>.{1,300}?) (?:appeared first|first appeared|was originally published)"
    r" (?:on|in|at) "
    r"|(?:L[’']article|Cet article) (?P<fr>.{1,300}?) est apparu en premier sur "
    r"|(?:La entrada|El artículo) (?P<es>.{1,300}?) (?:se publicó|aparece|apareció) primero en "
    r"|Der (?:Beitrag|Artikel) (?P<de>.{1,300}?) erschien zuerst auf "
    r"|O (?:post|artigo|conteúdo) (?P<pt>.{1,300}?) aparece(?:u)? primeiro em "
    r"|(?:ظهرت المقالة|المقالة) (?P<ar>.{1,300}?) (?:ظهرت )?أول[اًا]+ على "
    r").{1,150}$",
    re.S,
)
_MORE = (
    r"(?:read more|read the (?:full|whole|rest of the) (?:article|story|post)|read full (?:article|story)"
    r"|continue reading|keep reading|read on|lire la suite|lire plus|leer más|seguir leyendo|sigue leyendo"
    r"|continuar leyendo|weiterlesen|mehr lesen|leia mais|continue lendo|continue a ler"
    r"|اقرأ المزيد|قراءة المزيد)"
)
_MORE_END = r"[\s.…»›→>)\]]*$"
_MORE_LINE = re.compile(rf"[\s(\[…]*{_MORE}(?P<what>\s*[:“\"‘']?.{{0,200}}?){_MORE_END}", re.I | re.S)
_MORE_GLUED = re.compile(rf"(?<=[.!?؟…\]”\"])\s*[(\[]?{_MORE}(?:\s*(?:\.\.\.|[…»›→>)\]])+\s*|\s*)$", re.I)
# A word of each phrase, looked for before the phrase: most articles end with none of them.
_NEIGHBOUR_WORDS = ("article", "post", "story", "artículo", "artikel", "beitrag", "artigo", "المقال")
_APPEARED_WORDS = ("appeared", "originally", "apparu", "primero", "erschien", "primeiro", "أول")
_MORE_WORDS = ("read", "lire", "leer", "leyendo", "leia", "lendo", "ler", "lesen", "اقرأ", "قراءة")


def neighbours(text: str, title: str, linked: bool) -> int | None:
    """ "Previous article…Next article…", alone or glued to the last word."""
    folded = text.casefold()
    if not any(map(folded.__contains__, _NEIGHBOUR_WORDS)):
        return None
    if len(text) > _MAX_TAIL:
        glued = _NEIGHBOUR_GLUED.search(text, len(text) - _MAX_TAIL)
        return glued.start() if glued else None
    line = _NEIGHBOUR_LINE.match(text)
    if line and (linked or not line["glue"].isspace() or not text.rstrip().endswith((".", "!", "…"))):
        return 0
    glued = _NEIGHBOUR_GLUED.search(text)
    return glued.start() if glued else None


def appeared_first(text: str, title: str, linked: bool) -> int | None:
    """ "The post TITLE appeared first on SITE": only if what appeared is the title, or a link."""
    if not any(map(text.__contains__, _APPEARED_WORDS)):
        return None
    found = _APPEARED.search(text, max(0, len(text) - 2 * _MAX_TAIL))
    if not found:
        return None
    named = next((name for name in found.groups() if name), "")
    return found.start() if linked or bare(named) == bare(title) else None


def read_more(text: str, title: str, linked: bool) -> int | None:
    """ "Read more", "Continue reading TITLE →": a line of its own, or after the last sentence."""
    end = text[-_MAX_TAIL:].casefold()
    if not any(map(end.__contains__, _MORE_WORDS)):
        return None
    if len(text) <= _MAX_TAIL and (line := _MORE_LINE.fullmatch(text)):
        what = bare(line["what"])
        if not what or what == bare(title) or (linked and len(what) < _MAX_TAIL):
            return 0
    glued = _MORE_GLUED.search(text, max(0, len(text) - _MAX_TAIL))
    return glued.start() if glued else None


_SENTENCE_START = re.compile(r"[.!?؟…\]”\"»)](?:\s+|(?=[A-ZÀ-Þ©\u0600-\u06ff]))")


def last_words(text: str) -> tuple[str, int] | None:
    """The rule that takes the last sentences of a line, or all of it, and where they begin."""
    starts = [0] if len(text) <= _MAX_TAIL else []
    starts += [found.end() for found in _SENTENCE_START.finditer(text, max(0, len(text) - _MAX_TAIL))]
    for start in starts:
        rest = text[start:]
        if rest and (rule := notice(rest) or imprint(rest)):
            return rule, start
    return None


RULES: tuple[tuple[str, Rule], ...] = (
    ("neighbour articles", neighbours),
    ("appeared first", appeared_first),
    ("read more", read_more),
)
