"""Copies of articles as other newspapers print them, and articles made from one form, which are no copies."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

SENTENCE = re.compile(r"(?<=[.!?؟۔])\s+")
CREDITS = {
    "en": (
        "(Agencies)",
        "By our newsroom staff",
        "LONDON (Newswire) –",
        "Reporting by wire services; editing by the night desk",
    ),
    "fr": ("(Avec agences)", "Par la rédaction", "PARIS (Dépêche) –", "Notre journal avec les agences"),
    "es": ("(Agencias)", "Redacción", "MADRID (Cable) –", "Con información de agencias"),
    "de": ("(dpd)", "Von unserer Redaktion", "BERLIN (Kurier) –", "Mit Material von Nachrichtenagenturen"),
    "pt": ("(Agências)", "Da redação", "LISBOA (Cabo) –", "Com informações de agências"),
    "ar": ("(وكالات)", "غرفة الأخبار", "القاهرة (البرقية) –", "بتصرف عن وكالات الأنباء"),
}
LEADS = {
    "en": (
        "Here is what is known so far about a story that has many people talking today.",
        "The news spread quickly through the region and drew reactions from all sides.",
    ),
    "fr": (
        "Voici ce que l'on sait pour l'instant d'une affaire qui fait beaucoup parler aujourd'hui.",
        "La nouvelle s'est vite répandue et a suscité de nombreuses réactions.",
    ),
    "es": (
        "Esto es lo que se sabe hasta ahora de un asunto que da mucho que hablar hoy.",
        "La noticia corrió deprisa por la zona y provocó reacciones de todo tipo.",
    ),
    "de": (
        "Was bisher über einen Fall bekannt ist, der heute viele Menschen beschäftigt.",
        "Die Nachricht verbreitete sich schnell und rief viele Reaktionen hervor.",
    ),
    "pt": (
        "Eis o que se sabe até agora de um caso que está a dar muito que falar hoje.",
        "A notícia correu depressa pela região e provocou muitas reações.",
    ),
    "ar": (
        "هذا ما نعرفه حتى الآن عن قضية تشغل كثيرا من الناس اليوم.",
        "انتشر الخبر بسرعة في المنطقة وأثار ردود فعل واسعة.",
    ),
}
FURNITURE = {
    "en": (
        "Read more: the five stories of the day",
        "Sign up for our morning newsletter and never miss a story.",
        "Follow us on social media for more updates. All rights reserved.",
    ),
    "fr": (
        "À lire aussi : les cinq sujets du jour",
        "Inscrivez-vous à notre lettre du matin pour ne rien manquer.",
        "Suivez-nous sur les réseaux. Tous droits réservés.",
    ),
    "es": (
        "Lea también: las cinco noticias del día",
        "Suscríbase a nuestro boletín de la mañana y no se pierda nada.",
        "Síganos en redes. Todos los derechos reservados.",
    ),
    "de": (
        "Lesen Sie auch: die fünf Themen des Tages",
        "Abonnieren Sie unseren Newsletter und verpassen Sie nichts.",
        "Folgen Sie uns in den Netzwerken. Alle Rechte vorbehalten.",
    ),
    "pt": (
        "Leia também: as cinco notícias do dia",
        "Assine o nosso boletim da manhã e não perca nada.",
        "Siga-nos nas redes. Todos os direitos reservados.",
    ),
    "ar": (
        "اقرأ أيضا: خمسة أخبار اليوم",
        "اشترك في نشرتنا الصباحية حتى لا يفوتك شيء.",
        "تابعونا على مواقع التواصل. جميع الحقوق محفوظة.",
    ),
}
OTHER_WORDS = {
    "en": ("reportedly", "however", "meanwhile", "also", "nearly", "recently"),
    "fr": ("toutefois", "également", "presque", "récemment", "aussi", "environ"),
    "es": ("sin embargo", "también", "casi", "recientemente", "además", "apenas"),
    "de": ("jedoch", "ebenfalls", "beinahe", "kürzlich", "auch", "etwa"),
    "pt": ("porém", "também", "quase", "recentemente", "ainda", "apenas"),
    "ar": ("أيضا", "مؤخرا", "تقريبا", "غير أن", "كذلك", "حاليا"),
}
TITLES = {
    "en": ("What we know: {0}", "{0} – live", "Today: {0}"),
    "fr": ("Ce que l'on sait : {0}", "{0} – le point", "Aujourd'hui : {0}"),
    "es": ("Lo que se sabe: {0}", "{0}, última hora", "Hoy: {0}"),
    "de": ("Was wir wissen: {0}", "{0} – der Stand", "Heute: {0}"),
    "pt": ("O que se sabe: {0}", "{0}, última hora", "Hoje: {0}"),
    "ar": ("ما نعرفه: {0}", "{0} - آخر المستجدات", "اليوم: {0}"),
}

Line = dict[str, str]
Way = Callable[[str, str, str, random.Random], tuple[str, str]]


def copies(
    line: Line, random_: random.Random, count: int = 4, among: Sequence[Way] | None = None
) -> Iterator[Line]:
    """Copies of an article, each changed in one to three ways."""
    among = among or WAYS
    for number in range(count):
        title, text = line["title"], line["text"]
        ways = random_.sample(among, random_.choice((1, 2, 2, 3)))
        for way in (way for way in among if way in ways):
            title, text = way(title, text, line["language"], random_)
        at = datetime.fromisoformat(line["published"]) + timedelta(minutes=random_.randint(5, 900))
        yield line | {
            "id": f"{line['id']}~{number}",
            "source": f"{line['source']}-{number}",
            "title": title,
            "text": text,
            "published": at.isoformat(),
            "ways": " + ".join(way.__name__ for way in among if way in ways),
        }


def truncated(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    sentences = SENTENCE.split(text)
    words = len(text.split())
    least = max(1, len(sentences) * 30 // max(words, 30))
    kept = random_.randint(min(least, len(sentences)), max(least, len(sentences) * 2 // 3))
    return title, " ".join(sentences[:kept])


def few_words(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    """Up to four words of a hundred, and one figure, are others."""
    words = text.split(" ")
    for _ in range(max(1, len(words) * random_.randint(1, 4) // 100)):
        at = random_.randrange(len(words))
        change = random_.choice(("drop", "put", "swap"))
        other = random_.choice(OTHER_WORDS[language])
        if change == "put":
            words.insert(at, other)
        elif words[at].isalpha() and words[at].islower():
            words[at : at + 1] = [] if change == "drop" else [other]
    figures = [at for at, word in enumerate(words) if word.isdecimal()]
    if figures and random_.random() < 0.5:
        at = random_.choice(figures)
        words[at] = str(int(words[at]) + random_.randint(1, 3))
    return title, " ".join(words)


def other_lead(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    lead = random_.choice(LEADS[language])
    sentences = SENTENCE.split(text)
    if len(sentences) > 4 and random_.random() < 0.5:
        sentences = sentences[1:]
    return title, " ".join([lead, *sentences])


def credit(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    said = random_.choice(CREDITS[language])
    return title, f"{said} {text}" if random_.random() < 0.6 else f"{text}\n\n{said}"


def furniture(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    some = random_.sample(FURNITURE[language], random_.randint(1, 3))
    sentences = SENTENCE.split(text)
    for one in some:
        sentences.insert(random_.choice((0, len(sentences) // 2, len(sentences))), f"\n\n{one}\n\n")
    return title, " ".join(sentences)


def other_title(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    words = title.split(" ")
    start = random_.randrange(max(1, len(words) // 2))
    some = " ".join(words[start : start + max(3, len(words) * 2 // 3)])
    return random_.choice(TITLES[language]).format(some), text


WAYS = (truncated, few_words, other_lead, credit, furniture, other_title)


def figure(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    """One figure is another, wherever it stands."""
    found = sorted(set(re.findall(r"(?<![\d.,:])\d{1,6}(?![\d.,:]*\d)", text)))
    if not found:
        return title, text
    old = random_.choice(found)
    whole = re.compile(rf"(?<![\d.,:]){old}(?![\d.,:]*\d)")
    new = str(int(old) + random_.randint(1, 9))
    return whole.sub(new, title), whole.sub(new, text)


def typos(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    """Two letters changed places in one to three words of a hundred."""
    words = text.split(" ")
    for _ in range(max(1, len(words) * random_.randint(1, 3) // 100)):
        at = random_.randrange(len(words))
        if len(words[at]) > 4 and words[at].isalpha():
            n = random_.randrange(1, len(words[at]) - 2)
            words[at] = words[at][:n] + words[at][n + 1] + words[at][n] + words[at][n + 2 :]
    return title, " ".join(words)


def quotes(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    """Other quotation marks, dashes and apostrophes."""
    for old, new in (('"', "“"), ("«", '"'), ("»", '"'), ("„", "«"), ("“", "‘"), ("'", "’"), (" – ", " - ")):
        title, text = title.replace(old, new), text.replace(old, new)
    return title, text


def dropped(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    """One sentence in three to five is left out, the first one stays."""
    sentences = SENTENCE.split(text)
    for _ in range(max(1, len(sentences) // random_.randint(3, 5))):
        if len(sentences) > 2:
            del sentences[random_.randrange(1, len(sentences))]
    return title, " ".join(sentences)


def added(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    """A passage of another desk's own, after some sentence."""
    sentences = SENTENCE.split(text)
    sentences.insert(random_.randint(1, len(sentences)), " ".join(random_.sample(LEADS[language], 2)))
    return title, " ".join(sentences)


def new_title(title: str, text: str, language: str, random_: random.Random) -> tuple[str, str]:
    """The words of the first sentence make another headline."""
    return " ".join(SENTENCE.split(text)[0].split(" ")[:9]), text


HELD_WAYS = (dropped, added, figure, typos, quotes, new_title, credit)
"""Other ways, made after the rules."""
