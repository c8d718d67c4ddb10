"""What closes a page: whose the rights are, under which tags it is filed, when it was updated."""

from __future__ import annotations

import re
from collections.abc import Callable

_LONGEST = 400
_RIGHTS = (
    r"(?:all rights reserved|tous droits réservés|todos los derechos reservados|alle rechte vorbehalten"
    r"|todos os direitos reservados|(?:جميع|كل|كافة) الحقوق محفوظة|reproduction (?:interdite|prohibited)"
    r"|reproducción prohibida|prohibida su reproducción|nachdruck verboten|reprodução proibida)"
)
_MARK = r"(?:copyright|©|\(c\)|حقوق النشر|حقوق الطبع)"
_COPYRIGHT = re.compile(
    rf"{_MARK}[\s©(c):-]{{0,6}}(?:(?:19|20)\d\d|(?-i:[A-ZÀ-Þ\u0600-\u06ff]|dpa-)).{{0,300}}"
    rf"|(?:(?:[^.!?]{{0,80}}?[\s|–—-])?(?:{_MARK}\s*)?(?:19|20)\d\d[\s.,|–—-]{{0,4}}"
    rf"|[^\W\d_][^.!?]{{0,60}}[.,|–—]\s*)?"
    rf"{_RIGHTS}(?:[.\s]*|[.!]?\s.{{0,200}})"
    r"|this (?:material|article|story|content) (?:may|can|must) not be (?:published|reproduced|copied"
    r"|republished).{0,200}",
    re.I | re.S,
)
_SENTENCES = 4
_TAGS = re.compile(
    r"(?:tags?|tagged(?: (?:with|as|in))?|filed (?:under|in)|posted (?:in|under)|categor(?:y|ies)|topics"
    r"|keywords"
    r"|étiquettes?|mots[- ]clés|catégories?|classé (?:sous|dans)|thèmes"
    r"|etiquetas?|categorías?|palabras clave|archivado en|temas"
    r"|schlagwörter|schlagworte|stichworte|kategorien?|themen|abgelegt unter"
    r"|marcadores|categorias?|palavras-chave|assuntos|arquivado em|الوسوم|وسوم|كلمات مفتاحية"
    r"|الكلمات المفتاحية|التصنيفات|تصنيف)"
    r"\s*[:：]\s*(?P<tags>[^.!?؟]{1,200})",
    re.I,
)
_UPDATED = re.compile(
    r"(?:last (?:updated|modified)|first published|(?:article )?(?:published|updated) (?:on|at)"
    r"|dernière (?:mise à jour|modification)"
    r"|última (?:actualización|modificación|atualização)|zuletzt (?:aktualisiert|geändert)"
    r"|آخر تحديث)\b.{0,60}\d.{0,40}",
    re.I,
)
_DESK = re.compile(
    r"[(\s]*(?:additional )?(?:reporting|writing) by (?-i:[A-ZÀ-Þ])[^.()]{3,160}[;,.] ?"
    r"(?:(?:writing|compiled) by [^.()]{3,80}[;,.] ?)?"
    r"(?:writing|editing|compiled) by (?-i:[A-ZÀ-Þ])[^.()]{3,100}[.)\s]*"
    r"|our standards: the thomson reuters trust principles\W*"
    r"|this (?:article|story|post) (?:was )?(?:originally|first) (?:published|appeared) (?:by|on|in|at) [^.]{2,80}"
    r"(?:(?:,? and is| and was) republished .{3,60})?\.?",
    re.I,
)


_AGENCY = (
    r"(?:AFP|AP|EFE|dpa|APA|Reuters|PTI|ANI|IANS|Lusa|MAP|APS|TAP|Xinhua|Bernama|ANSA|SDA|Keystone-SDA|KNA|epd|SID"
    r"|Europa Press|ANP|Belga|ATS|أ ف ب|رويترز|واس|وكالات)"
)
_CREDIT = re.compile(
    rf"\((?:(?i:with|avec|con|mit|com)(?: (?i:inputs?|agency inputs?|agency|agency reports|agencies|agences?"
    rf"|informations?|material|agencias?|agências?|agenturen))?"
    rf"(?: (?:from|de|da|von))?(?: (?:the )?{_AGENCY}| ?(?=[),]))"
    rf"|{_AGENCY})(?:(?:, ?|/| and | et | y | e | und )(?:{_AGENCY}|red))*(?:, ?\d[\d./-]{{4,9}})?\)[.\s]*"
)
"""Whose words an article also uses, in brackets at its end."""


def is_credit(line: str) -> bool:
    """ "(With inputs from PTI)", "(avec AFP)", "(APA, red, 5.1.2026)"."""
    return len(line) <= _LONGEST and bool(_CREDIT.fullmatch(line.strip()))


def is_desk(line: str) -> bool:
    """ "Reporting by Jane Doe; Editing by John Roe", "This article was originally published by Example News"."""
    return len(line) <= _LONGEST and bool(_DESK.fullmatch(line.strip()))


def is_copyright(line: str) -> bool:
    """ "© 2026 The Daily. All rights reserved.": not a sentence on rights."""
    return (
        len(line) <= _LONGEST and bool(_COPYRIGHT.fullmatch(line.strip())) and line.count(". ") < _SENTENCES
    )


def is_tags(line: str) -> bool:
    """ "Tags: bridge, council"."""
    return bool(_TAGS.fullmatch(line.strip()))


def is_update(line: str) -> bool:
    """ "Last updated: 5 January 2026"."""
    return len(line) < _LONGEST and bool(_UPDATED.fullmatch(line.strip()))


_RULES: tuple[tuple[str, tuple[str, ...], Callable[[str], bool]], ...] = tuple(
    (name, tuple(words.split()), rule)
    for name, words, rule in (
        (
            "copyright",
            "© (c) copyright حقوق rights droits derechos rechte direitos reprodu nachdruck this",
            is_copyright,
        ),
        ("tags", ": ：", is_tags),
        (
            "update",
            "updated modified published mise modifica actualiza atualiza aktualisiert geändert تحديث",
            is_update,
        ),
        ("credit", "(", is_credit),
        ("desk", "reporting writing standards this", is_desk),
    )
)
"""Each with words of its phrases, looked for before them: most lines have none."""


def imprint(line: str) -> str:
    """The rule that takes a line at the end of a page; empty if it belongs to the article."""
    folded = line.casefold()
    for name, words, rule in _RULES:
        if any(map(folded.__contains__, words)) and rule(line):
            return name
    return ""
