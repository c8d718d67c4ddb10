"""Lines above the article that say who wrote it and when, and how long it takes to read."""

from __future__ import annotations

import re

from aggregator.clean.notices import table, tokens

_LONGEST = 160
_PARTS = re.compile(
    r"\s*[|•·]\s*|\s+[–—-]\s+|\s*[–—]\s*"
    r"|,?\s+(?=(?:Updated|Published|Posted|Publié|Publicado|Actualizado|Veröffentlicht|Atualizado)\b)"
    r"|(?<=\d)\s+(?=by [A-ZÀ-Þ])"
    r"|(?<=[a-zß-ÿ])(?<!\bon)(?<!ed)(?<!day),?\s+(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?"
    r"|Oct|Nov|Dec)[a-z]{0,6}\.? \d)"
)
_BY = (
    r"(?:(?:(?:written|posted|reported|published|edited|story|text|report) )?by|authors?\s?:"
    r"|(?:(?:écrit|publié|rédigé|proposé) )?par|auteure?s?\s?:|(?:escrito |redactado |publicado )?por"
    r"|autor(?:es|as?)?\s?:"
    r"|(?:(?:geschrieben|verfasst|ein beitrag) )?von|text\s?:|autor(?:en|in)?\s?:|(?:escrito "
    r"|publicado )?por|autor(?:es)?\s?:"
    r"|بقلم|(?:كتب|كتبت|إعداد|تحرير|الكاتب)\s?(?=[:/-]))"
)
_NAME_WORD = r"(?:[^\W\d_a-zß-öø-ÿ][\w’'.-]*)"
_PARTICLE = r"(?:de la|de|del|da|dos|do|van|von|der|den|ben|bin|bint|el|al|le|la|y|e|di|zu)"
_NAME = rf"{_NAME_WORD}(?: (?:{_PARTICLE} )?{_NAME_WORD}){{1,4}}"
_AND = r"(?:,? (?:and|et|y|und|e) | & |، | و)"
_OFFICE = (
    r"(?:,? (?:in|à|en|aus|em|for|pour|para|für) [^\W\d_a-zß-öø-ÿ][\w .’'-]{1,40}|, [\w .’'&-]{2,50}"
    r"| (?:with|avec|con|com|mit) [^\W\d_a-zß-öø-ÿ][\w .’'-]{1,40}|\s?\([\w /.-]{2,30}\))"
)
_BYLINE = re.compile(
    rf"(?i:{_BY})[\s:/-]*(?P<names>{_NAME}(?:(?:, {_NAME}){{0,4}}{_AND}{_NAME})?)(?:{_OFFICE})?[\s,:]*"
)
_DESK = re.compile(
    r"(?:(?i:by|par|por|von) )?(?P<names>Redacción|REDACCIÓN|Redação|La [Rr]édaction|Redaktion|Agencias?|Agências?|Lusa"
    r"|AFP|AP|EFE|dpa|Reuters|Europa Press|MAP|APS)(?:\s?[/|]\s?[A-ZÀ-Þ][\w .-]{2,30})?"
)
"""Who wrote it where nobody is named, and where: "Redacción / Guadalajara"."""
_SPLIT = re.compile(rf"{_AND}|, ")
_MONTHS = re.compile(
    r"(?:jan|feb|fév|fev|ene|mar|mär|mrz|märz|apr|avr|abr|may|mai|mayo|maio|jun|juin|jul|juil|aug|août"
    r"|aout|ago|sep|set|sept|oct|okt"
    r"|out|nov|dec|déc|dez|dic)(?:uary|ro|embro|sto|let|i|ruary|ch|il|e|y|ust|tember|ober|ember|vier|rier|rs|embre|obre"
    r"|ubro|eiro|ereiro|ço|ril|ho"
    r"|o|us|osto|ero|rero|zo|io|iembre|iem|uar|z|l|li|ni|eptember|ezember|.)?\.?|يناير|فبراير|مارس|أبريل"
    r"|ابريل|مايو|يونيو|يوليو|يوليوز"
    r"|أغسطس|غشت|سبتمبر|شتنبر|أكتوبر|اكتوبر|نوفمبر|نونبر|ديسمبر|دجنبر|ماي|كانون|شباط|آذار|نيسان|أيار"
    r"|حزيران|تموز|آب|أيلول|تشرين"
)
_AROUND_DATE = table("""
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag segunda-feira terça-feira quarta-feira
    quinta-feira sexta-feira segunda terça quarta quinta sexta الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة
    السبت الأحد
    published posted updated last modified created on at date issued first time am pm a.m p.m gmt utc est edt pst cet
    cest bst ist et pt p a.m. p.m. th st nd rd of the
    publié publiée mis mise à jour le modifié dernière a h heures créé er
    publicado publicada actualizado actualizada el las los de del a hora horas h última actualización fecha hrs
    veröffentlicht aktualisiert am um uhr stand vom zuletzt erstellt den geändert
    atualizado atualizada em às as no dia última atualização data postado
    نشر نُشر في تاريخ النشر آخر تحديث يوم بتاريخ الساعة م ص تم التحديث صباحا مساء الأول الثاني أضيف
""")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d{1,4}(?:st|nd|rd|th|er|º|ª|h|h\d\d|am|pm)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERIC_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
_AGO = re.compile(
    r"(?:(?:last )?updated|published|posted|publié|mis à jour|publicado|actualizado|aktualisiert|veröffentlicht"
    r"|atualizado|نشر|تحديث)?[\s:]*"
    r"(?:\d{1,2} (?:min(?:ute)?s?|hours?|hrs?|days?) ago|il y a \d{1,2} (?:minutes?|heures?|jours?)"
    r"|hace \d{1,2} (?:minutos?|horas?|días?)|vor \d{1,2} (?:minuten?|stunden?|tag(?:en)?)"
    r"|há \d{1,2} (?:minutos?|horas?|dias?)|(?:منذ|قبل) \d{1,2} (?:دقيقة|دقائق|ساعة|ساعات|يوم|أيام))",
    re.I,
)
_READING_TIME = re.compile(
    r"(?:reading time|read time|temps de lecture|durée de lecture|lecture|tiempo de lectura|lectura"
    r"|lesezeit|lesedauer"
    r"|tempo de leitura|leitura|وقت القراءة|مدة القراءة)?\W*(?:<|~|about )?\d{1,3}[\s-]?(?:min(?:ute"
    r"|uto)?[sn]?|minuten|دقائق|دقيقة)"
    r"\.?(?: (?:read|reading|de lecture|lecture|de lectura|de leitura|lesezeit|قراءة|للقراءة))?"
    r"|less than a minute"
    r"|(?:reading time|temps de lecture|tiempo de lectura|lesezeit|tempo de leitura)\W*\d{1,3}",
    re.I,
)


def authors_in(line: str) -> tuple[str, ...]:
    """The names in a byline ("By Jane Doe and John Roe, Example News"); empty if the line is none."""
    text = line.strip()
    found = (_BYLINE.fullmatch(text) or _DESK.fullmatch(text)) if len(text) <= _LONGEST else None
    return tuple(name.strip(" ,.") for name in _SPLIT.split(found["names"])) if found else ()


def is_date(line: str) -> bool:
    """A line that is a date, perhaps with the time and what happened then ("Updated: 5 January 2026, 14:30")."""
    text = line.strip()
    if not text or len(text) > _LONGEST or not _DIGIT.search(text):
        return False
    if _AGO.fullmatch(text):
        return True
    words = [word for token in tokens(text) for word in token.replace("-", " ").split()]
    months = numbers = 0
    for word in words:
        if _NUMBER.fullmatch(word):
            numbers += 1
        elif _MONTHS.fullmatch(word):
            months += 1
        elif not (word in _AROUND_DATE or word.strip(".") in _AROUND_DATE or _NUMERIC_DATE.fullmatch(word)):
            return False
    dated = bool(_YEAR.search(text)) or bool(_NUMERIC_DATE.search(text))
    return bool(_NUMERIC_DATE.search(text)) or (months > 0 and numbers > 0 and (dated or numbers < 4))


def is_reading_time(line: str) -> bool:
    """ "5 min read", "Lesezeit: 3 Minuten"."""
    return len(line) < _LONGEST and bool(_READING_TIME.fullmatch(line.strip()))


def opening(line: str) -> tuple[str, tuple[str, ...]]:
    """The rule that takes a line above the article (`byline`, `date`, `reading time`), and the authors it names.

    A line may hold several, with signs between ("By Jane Doe | 5 January 2026 | 3 min read"). An empty rule
    means that the line belongs to the article.
    """
    if len(line) > _LONGEST:
        return "", ()
    if is_date(line):
        return "date", ()
    names: tuple[str, ...] = ()
    rules: set[str] = set()
    for part in [line] if _DESK.fullmatch(line.strip()) else _PARTS.split(line.strip()):
        if found := authors_in(part):
            names += found
            rules.add("byline")
        elif is_reading_time(part):
            rules.add("reading time")
        elif is_date(part):
            rules.add("date")
        elif part:
            return "", ()
    return next((rule for rule in ("byline", "date", "reading time") if rule in rules), ""), names
