"""Links to other articles, told by their label: "Read also: …", or a heading with links below."""

from __future__ import annotations

import re

from aggregator.clean.notices import table

_LABELS = (
    # Labels that need a sign behind them, since they are words of sentences too.
    r"(?:read|read more|read this|more|watch|listen|see more|see|related|don[’']t miss|recommended"
    r"|trending|must read"
    r"|lire|voir|vidéo|relire|lea|lee|vea|mira|relacionad[ao]s?|recomendado|lesetipp|mehr|video|leia"
    r"|veja|confira|relembre"
    r"|saiba mais|recomendado|طالع|شاهد|للمزيد)"
)
_NAMED = (
    # Labels that say it all.
    r"(?:(?:also read|read also|read too|read next|up next|see also|watch also|also watch|also see"
    r"|also on|more on this(?: story| topic)?"
    r"|more from|more in|more about|more stories|more news|most read|most popular|popular posts"
    r"|top stories|latest news"
    r"|related(?: (?:articles?|stor(?:y|ies)|posts?|news|content|coverage|reading|topics?|links?))"
    r"|you (?:may|might|could) (?:also )?(?:like|be interested in|want to read)|recommended (?:for you"
    r"|reading|stories|articles)"
    r"|(?:lire|voir|écouter|regarder) (?:aussi|également|ensuite)|à (?:re)?lire(?: (?:aussi|également"
    r"|ensuite|sur le sujet))?"
    r"|(?:ces articles|cela|ça|ceci) (?:devrai(?:en)?t|pourrai(?:en)?t|peu(?:ven)?t) (?:aussi )?vous intéresser"
    r"|à voir aussi|sur le même (?:sujet|thème)|articles? (?:liés?|similaires?|connexes?|recommandés?"
    r"|associés?)|notre dossier"
    r"|pour aller plus loin|plus d[’']informations|vous aimerez aussi|dans la même rubrique|les plus lus"
    r"|(?:lea|lee|leer|ver|vea|mira|mire) (?:también|además|más)|también (?:lea|lee|puedes? leer)"
    r"|puedes? (?:leer|ver) también"
    r"|(?:te|le) puede interesar|(?:te|le) (?:podría|recomendamos)(?: interesar)?|también (?:te"
    r"|le) puede interesar"
    r"|(?:noticias?|artículos?|notas?|contenidos?|entradas?) relacionad[ao]s?|más (?:información"
    r"|noticias|sobre)|lo más leído"
    r"|lesen sie (?:auch|hierzu|dazu|mehr|hier)|lies auch|auch (?:interessant|lesenswert)"
    r"|mehr (?:zum thema|dazu|zu diesem thema)"
    r"|siehe auch|sehen sie auch|passend dazu|das könnte (?:sie|dich) (?:auch )?interessieren"
    r"|verwandte (?:artikel|beiträge|themen)"
    r"|ähnliche (?:artikel|beiträge)|weitere (?:artikel|meldungen|nachrichten|themen)|meistgelesen"
    r"|empfohlene artikel"
    r"|(?:leia|ler|veja|ver|assista|confira) (?:também|mais|ainda)|saiba mais sobre"
    r"|(?:notícias?|artigos?|matérias?|conteúdos?|posts?) relacionad[ao]s?|você (?:também )?pode gostar"
    r"|mais lidas"
    r"|pode (?:também )?interessar|talvez (?:te|lhe) interesse|mais (?:notícias|sobre o assunto|lidas)"
    r"|(?:اقرأ|إقرأ|اقرا|أقرأ|طالع|شاهد|تابع|اقرأوا|اقرئي|انظر) (?:أيض[ًا]*ا?|ايضا|أيضاً|كذلك|المزيد)"
    r"|مواضيع (?:ذات صلة|متعلقة|مشابهة)"
    r"|(?:أخبار|مقالات|موضوعات) (?:ذات صلة|متعلقة|مشابهة)|(?:قد|ربما) (?:يهمك|يعجبك)(?: أيض[ًا]*ا?"
    r"| ايضا)?|ذات صلة|الأكثر قراءة"
    r"))"
)
_SIGN = r"\s*(?:[:：|>»›→▶►]|\.{2,3}(?!\.)|\s[–—-]|[–—])\s*"
_LEAD = r"[\s([*•▶►»>→\-–—]*"
_LABEL = re.compile(rf"{_LEAD}(?:(?P<named>{_NAMED})|{_LABELS}){_SIGN}(?=\S)", re.I)
_HEADING = re.compile(rf"{_LEAD}{_NAMED}[\s:：.…)\]»>→|–—-]*", re.I)
_TAG = r"(?:<(?!a\b)[^>]*>| )*"
_LABELLED_LINK = re.compile(
    rf"{_TAG}{_LEAD}(?:{_NAMED}[\s:–—-]*|{_LABELS}{_TAG}{_SIGN}){_TAG}<a [^>]*>.*</a>[\s.»)\]]*{_TAG}",
    re.I | re.S,
)
_WHOLE_LINK = re.compile(rf"{_TAG}[•*»>→\-–—\s]*<a [^>]*>(?:(?!</a>).)*</a>[\s.»›→]*{_TAG}", re.S)
_LONGEST = 150
_HEADLINE = 12
"""Words of a headline that nothing but a weak label shows to be a link."""
_SENTENCE_END = re.compile(r"[.!?؟…][\"”’»)]*\s+\S|[.…][\"”’»)]*$")
OPENERS = table("""
    read more watch listen see related don recommended trending must also up most popular top latest you
    lire voir vidéo relire écouter regarder à sur articles article notre pour plus vous dans les ces cela ça ceci
    lea lee leer ver vea mira mire relacionado relacionados relacionada relacionadas recomendado también te le noticia
    noticias artículo artículos nota notas contenido contenidos entrada entradas más lo puede puedes
    lesetipp mehr video lesen lies auch siehe sehen passend das verwandte ähnliche weitere meistgelesen empfohlene
    leia ler veja confira relembre saiba assista notícia notícias artigo artigos matéria matérias conteúdo conteúdos
    post posts você mais pode talvez
    طالع شاهد للمزيد اقرأ إقرأ اقرا أقرأ تابع اقرأوا اقرئي انظر مواضيع أخبار مقالات موضوعات قد ربما ذات الأكثر
""")
"""First words of all labels."""


def is_labelled_link(line: str, html: str = "") -> bool:
    """A line that sends the reader elsewhere by name ("Read also: …"), and is no sentence; `html` is its markup.

    Behind a weak label ("Video: …") stand the writer's own words as well: only a short headline without a link,
    or what is a link as a whole, is taken for one.
    """
    text = line.strip()
    found = _LABEL.match(text) if len(text) <= _LONGEST and not text.endswith(".") else None
    if found is None or found["named"]:
        return found is not None
    words = text[found.end() :]
    if words[0].islower():
        return False
    if "<a " in html:
        return is_whole_link(html) or is_labelled_anchor(html)
    return len(words.split()) <= _HEADLINE and not _SENTENCE_END.search(words)


def is_labelled_anchor(html: str) -> bool:
    """A label with nothing but links behind it."""
    return _has_short_link(html) and bool(_LABELLED_LINK.fullmatch(" ".join(html.split())))


def is_heading(line: str) -> bool:
    """A line that is the label alone: what follows are links."""
    return len(line) <= _LONGEST and bool(_HEADING.fullmatch(line))


def is_headline(line: str) -> bool:
    """A line as short as a headline and with no stop behind it."""
    text = line.strip()
    return len(text.split()) <= _HEADLINE and not text[:1].islower() and not _SENTENCE_END.search(text)


def is_whole_link(html: str) -> bool:
    """A line that is one link and nothing else."""
    return _has_short_link(html) and bool(_WHOLE_LINK.fullmatch(" ".join(html.split())))


def _has_short_link(html: str) -> bool:
    return "<a " in html and len(html) < 10 * _LONGEST
