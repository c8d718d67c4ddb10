"""Each furniture rule on lines it takes in six languages, and on sentences with the same words that stay."""

from __future__ import annotations

import pytest

from aggregator.clean import clean
from aggregator.clean.captions import is_caption
from aggregator.clean.imprint import imprint
from aggregator.clean.notices import notice
from aggregator.clean.openings import authors_in, is_date, opening
from aggregator.clean.related import is_heading, is_labelled_anchor, is_labelled_link, is_whole_link
from aggregator.schema import Entry

NOTICES = {
    "Share this article": "share",
    "Share on Facebook Tweet Email": "share",
    "Facebook Twitter WhatsApp": "share",
    "Click to share on X (Opens in new window)": "share",
    "Partager sur Facebook": "share",
    "Partagez cet article": "share",
    "Compartir en WhatsApp": "share",
    "Comparte esta noticia": "share",
    "Artikel teilen": "share",
    "Compartilhe este artigo": "share",
    "Partilhar no Facebook": "share",
    "شارك هذا المقال": "share",
    "Like this: Like Loading...": "share",
    "Follow us on Facebook, Twitter and Instagram": "follow",
    "Follow @example on X": "follow",
    "Suivez-nous sur Facebook": "follow",
    "Síguenos en Instagram": "follow",
    "Folgen Sie uns auf Facebook": "follow",
    "Siga-nos no Instagram": "follow",
    "تابعنا على فيسبوك": "follow",
    "Advertisement": "advertisement",
    "ADVERTISEMENT - CONTINUE READING BELOW": "advertisement",
    "Publicité": "advertisement",
    "La suite après la publicité": "advertisement",
    "Publicidad": "advertisement",
    "Anzeige": "advertisement",
    "Continua depois da publicidade": "advertisement",
    "إعلان": "advertisement",
    "Leave a comment": "comments",
    "12 comments": "comments",
    "Laisser un commentaire": "comments",
    "Deja un comentario": "comments",
    "Kommentare": "comments",
    "Deixe um comentário": "comments",
    "اترك تعليقا": "comments",
    "Subscribe to our newsletter": "subscribe",
    "Sign up for our daily newsletter and get the news in your inbox.": "subscribe",
    "Get the best of the week delivered to your inbox": "subscribe",
    "Abonnez-vous à notre newsletter": "subscribe",
    "Inscrivez-vous à notre lettre d’information": "subscribe",
    "Suscríbete a nuestro boletín": "subscribe",
    "Únete a nuestro canal de noticias": "subscribe",
    "Abonnieren Sie unseren Newsletter": "subscribe",
    "Assine a nossa newsletter": "subscribe",
    "Receba as notícias no seu e-mail": "subscribe",
    "اشترك في نشرتنا البريدية": "subscribe",
    "Download our app": "subscribe",
    "Follow us on Google News": "follow",
    "We use cookies to give you the best experience.": "cookies",
    "This website uses cookies.": "cookies",
    "Accept all cookies": "cookies",
    "Ce site utilise des cookies": "cookies",
    "Utilizamos cookies para mejorar su experiencia": "cookies",
    "Diese Website verwendet Cookies.": "cookies",
    "Este site utiliza cookies": "cookies",
    "يستخدم هذا الموقع ملفات تعريف الارتباط": "cookies",
}
SENTENCES = [
    "The shares fell.",
    "Share prices fell on Monday",
    "Facebook and Twitter",
    "Facebook said that Twitter was wrong.",
    "Follow the river to the north",
    "Like Paris, Rabat has a tramway.",
    "The advertisement was seen by many.",
    "Publicité mensongère : le tribunal tranche",
    "No comment.",
    "Kein Kommentar",
    "His comments were published.",
    "Subscribers to the newsletter rose by a tenth.",
    "The newsletter, to which you can subscribe, is free.",
    "Get ready for the weekend",
    "Cookies are baked in the town every winter.",
    "The site used cookies to track people.",
    "“We use cookies as gifts,” the owner joked.",
    "Les abonnés partagent leurs photos sur Facebook depuis des années",
    "Los vecinos comparten el agua",
    "Die Länder teilen den Fluss",
    "Os dois países partilham o rio",
    "شارك الوزير في الاجتماع",
    "تابع الوزير المباراة",
    "Join us, he said to the members of the club, and left the room, which was full of members of the club and "
    "their families who had waited for the newsletter since the morning and were tired. He smiled. They did not.",
    "Sign up for school begins on Monday, and parents who have e-mail will receive forms.",
    "Register to vote by Friday, the app says.",
    "Get rid of email, says the mayor.",
    "Don't miss the alerts, the police said.",
    "We use cookies, said the baker, to feed the birds.",
    "Download speeds for members of the app were slow.",
    "Jetzt kommt die neue App.",
    "Hier entsteht ein neuer Kanal",
    "Entre Rabat e Lisboa há um novo canal",
    "Receba o ministro e dê-lhe notícias",
    "تابع الوزير التطبيق",
    "حمل المتظاهرون المسؤولية للحكومة في تطبيق القانون",
    "12",
    "“",
    "",
]
RELATED = [
    "Read also: Another story",
    "READ MORE: Another story",
    "Related: Another story",
    "See also – Another story",
    "You may also like: Another story",
    "Read | Another story",
    "À lire aussi : Une autre histoire",
    "Lire également : Une autre histoire",
    "Sur le même sujet : Une autre histoire",
    "Lea también: Otra historia",
    "Te puede interesar: Otra historia",
    "Lesen Sie auch: Eine andere Geschichte",
    "Mehr zum Thema: Eine Geschichte",
    "Leia também: Outra história",
    "Veja também: Outra história",
    "اقرأ أيضا: قصة أخرى",
    "إقرأ أيضاً: قصة أخرى",
    "Puede leer también: Otra historia",
    "إقرأ أيضا.. قصة أخرى",
    "مواضيع ذات صلة: قصة أخرى",
]
NOT_RELATED = [
    "Read also it is.",
    "More people read the paper",
    "Related costs rose by a tenth",
    "See the town: it is old.",
    "Lire aussi est un plaisir",
    "Lea también escribe libros",
    "Mehr Menschen lesen: das ist neu.",
    "Watch: a new fashion",
    "Vidéo : le ministre répond",
    "Leia mora em Lisboa",
    "Video: The council meets on Tuesday to vote on the new tram through the old town",
    "More: Two people are still missing. Divers search the river",
    "See more: “The bridge was old,” the mayor said.”",
    "Vidéo : Le conseil se réunit mardi pour voter la nouvelle ligne de tram du vieux centre",
]
CAPTIONS = [
    "Photo: Example Agency",
    "(Photo: Example Agency)",
    "A boat in the bay. (Photo: Example)",
    "Photo by Jane Doe",
    "A boat in the bay (AP Photo/Jane Doe)",
    "FILE PHOTO: A boat lies in the bay on a winter morning. Jane Doe",
    "Image credit: Jane Doe",
    "Image credits: top Example; second Jane Doe",
    "Jane Doe/Getty Images",
    "Crédit photo : Exemple",
    "Un bateau dans la baie (Photo : Exemple)",
    "Photo d’archives",
    "Foto: EFE",
    "Un barco en la bahía. (Foto: Ejemplo)",
    "Imagen de archivo",
    "Foto: dpa",
    "Bild: Beispiel",
    "Ein Boot in der Bucht (Foto: Beispiel)",
    "Foto: Divulgação",
    "Crédito: Exemplo",
    "Um barco na baía. (Foto: Exemplo)",
    "صورة: وكالة",
    "الصورة: وكالة المثال",
    "© Example Agency",
]
NOT_CAPTIONS = [
    "The photo shows a boat.",
    "Photographs were taken.",
    "Photo of the day winners met in Rabat on Monday.",
    "La photo montre un bateau.",
    "Die Fotos zeigen ein Boot.",
    "He paid (in advance).",
    "Image by image, the film was restored.",
    "Image: the ministry wants a better one.",
    "Archive: a place of memory for the town",
    "التقطت الصورة أمس",
    "Image is everything, he said (and smiled).",
]
IMPRINTS = {
    "© 2026 The Example Times. All rights reserved.": "copyright",
    "Copyright 2026 Example Media": "copyright",
    "The Example Times. All rights reserved": "copyright",
    "All Rights Reserved.": "copyright",
    "© 2026 Le Quotidien – Tous droits réservés": "copyright",
    "Todos los derechos reservados": "copyright",
    "© Beispiel-Verlag 2026. Alle Rechte vorbehalten.": "copyright",
    "Todos os direitos reservados.": "copyright",
    "جميع الحقوق محفوظة © 2026": "copyright",
    "This material may not be published, broadcast or rewritten.": "copyright",
    "© dpa-infocom, dpa:260105-99-123456/2": "copyright",
    "Reporting by Jane Doe; Editing by John Roe": "desk",
    "(Reporting by Jane Doe and John Roe in Rabat; Writing by Ann Poe; Editing by Al Foe)": "desk",
    "Our Standards: The Thomson Reuters Trust Principles.": "desk",
    "This article was originally published by Example News and is republished with permission.": "desk",
    "Tags: bridge, council": "tags",
    "Filed under: News": "tags",
    "Mots-clés : pont, conseil": "tags",
    "Etiquetas: puente, consejo": "tags",
    "Schlagwörter: Brücke, Rat": "tags",
    "Palavras-chave: ponte": "tags",
    "الوسوم: جسر، مجلس": "tags",
    "Last updated: 5 January 2026": "update",
    "Dernière mise à jour le 5 janvier 2026": "update",
}
NOT_IMPRINTS = [
    "The copyright of the song belongs to the band.",
    "Copyright law was changed in 2026.",
    "He said all rights reserved to women were few.",
    "Les droits réservés aux femmes",
    "Reporting by the press was free. Editing by the state began later.",
    "This article first appeared on the list in May. It was then cut.",
    "Tags were found on the walls.",
    "Topics were many: prices, wages. They met.",
    "The table was last updated by hand.",
]
BYLINES = {
    "By Jane Doe": ("Jane Doe",),
    "By Jane Doe and John Roe": ("Jane Doe", "John Roe"),
    "Written by Jane Doe, Example News": ("Jane Doe",),
    "BY JANE DOE": ("JANE DOE",),
    "Par Jeanne Dupont": ("Jeanne Dupont",),
    "Por María de la Cruz": ("María de la Cruz",),
    "Von Anna Schmidt, Berlin": ("Anna Schmidt",),
    "Por João da Silva e Ana Souza": ("João da Silva", "Ana Souza"),
    "Par Jeanne Dupont avec AFP": ("Jeanne Dupont",),
    "Von Anna Schmidt (dpa)": ("Anna Schmidt",),
    "بقلم محمد العلوي": ("محمد العلوي",),
    "كتب: محمد العلوي": ("محمد العلوي",),
}
NOT_BYLINES = [
    "By Monday the river had risen",
    "By Road",
    "Von der Leyen reist nach Rabat",
    "Par ailleurs, le conseil vote",
    "Por la mañana votó el consejo",
    "كتب محمد العلوي رسالة إلى المجلس أمس",
    "Stand by Jane Doe",
    "",
]
DATES = [
    "5 January 2026",
    "January 5, 2026 at 2:30 pm",
    "Published: 2026-01-05",
    "Updated on Monday, 5 Jan 2026 14:30 GMT",
    "Publié le 5 janvier 2026 à 14h30",
    "Mis à jour le 05/01/2026",
    "5 de enero de 2026",
    "Actualizado el 5 de enero de 2026",
    "Veröffentlicht am 5. Januar 2026 um 14:30 Uhr",
    "Stand: 05.01.2026",
    "Publicado em 5 de janeiro de 2026 às 14h30",
    "Updated 2 hours ago",
    "Il y a 3 heures",
    "hace 20 minutos",
    "vor 2 Stunden",
    "Atualizado há 2 horas",
    "منذ 3 ساعات",
    "نشر في 5 يناير 2026",
    "الاثنين 5 يناير 2026",
]
NOT_DATES = [
    "He left 2 hours ago",
    "Il y a 3 jours de fête",
    "5 January was cold",
    "2026",
    "In 2026 the bridge opens",
    "5 men",
    "May",
    "Mai 68, une histoire de la France",
    "Le 5 janvier, le conseil vote",
    "12 3 45",
    "",
]


@pytest.mark.parametrize(("line", "rule"), NOTICES.items())
def test_a_notice_of_the_website_is_known(line: str, rule: str) -> None:
    assert notice(line) == rule


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_with_the_words_of_a_notice_is_none(line: str) -> None:
    assert notice(line) == ""


@pytest.mark.parametrize("line", RELATED)
def test_a_label_before_a_headline_makes_a_link(line: str) -> None:
    assert is_labelled_link(line)


@pytest.mark.parametrize("line", NOT_RELATED)
def test_a_sentence_with_the_words_of_a_label_is_no_link(line: str) -> None:
    assert not is_labelled_link(line)


def test_a_label_needs_no_sign_before_a_link() -> None:
    assert is_labelled_anchor("<strong>Lire aussi</strong> <a href='https://e.example'>Une autre</a>")
    assert not is_labelled_anchor("Lire aussi <a href='https://e.example'>Une autre</a> est un plaisir")


def test_behind_a_weak_label_a_link_is_one_only_as_a_whole() -> None:
    words = "The council votes on the new tram through the old town on Tuesday at last"
    linked = f"<a href='https://e.example'>{words}</a>"
    for html in (
        f"Video: {linked}",
        f"<b>Video</b>: {linked}",
        f"<a href='https://e.example'>Video: {words}</a>",
    ):
        assert is_labelled_link(f"Video: {words}", html)
    for html in (f"Video: {words}", f"Video: The <a href='https://e.example'>council</a> {words[12:]}"):
        assert not is_labelled_link(f"Video: {words}", html)


def test_a_heading_is_a_label_alone() -> None:
    assert all(map(is_heading, ("Related articles", "Lire aussi :", "Mehr zum Thema", "ذات صلة")))
    assert not is_heading("Related articles were found")


def test_a_whole_link_is_a_line_that_is_nothing_else() -> None:
    assert is_whole_link("<b><a href='https://e.example'>One</a></b>")
    assert not is_whole_link("<a href='https://e.example'>One</a> and more")


@pytest.mark.parametrize("line", CAPTIONS)
def test_a_caption_is_known_by_its_credit(line: str) -> None:
    assert is_caption(line)


@pytest.mark.parametrize("line", NOT_CAPTIONS)
def test_a_sentence_on_pictures_is_no_caption(line: str) -> None:
    assert not is_caption(line)


@pytest.mark.parametrize(("line", "rule"), IMPRINTS.items())
def test_the_imprint_of_a_page_is_known(line: str, rule: str) -> None:
    assert imprint(line) == rule


@pytest.mark.parametrize("line", NOT_IMPRINTS)
def test_a_sentence_with_the_words_of_an_imprint_is_none(line: str) -> None:
    assert imprint(line) == ""


@pytest.mark.parametrize(("line", "names"), BYLINES.items())
def test_a_byline_tells_the_authors(line: str, names: tuple[str, ...]) -> None:
    assert authors_in(line) == names


@pytest.mark.parametrize("line", NOT_BYLINES)
def test_a_sentence_is_no_byline(line: str) -> None:
    assert authors_in(line) == ()


@pytest.mark.parametrize("line", DATES)
def test_a_line_of_nothing_but_a_date_is_one(line: str) -> None:
    assert is_date(line)


@pytest.mark.parametrize("line", NOT_DATES)
def test_a_sentence_with_a_date_is_none(line: str) -> None:
    assert not is_date(line)


@pytest.mark.parametrize(
    "line", ["5 min read", "Lecture : 3 min", "Lesezeit: 3 Minuten", "3 min de lectura", "3 دقائق قراءة"]
)
def test_a_reading_time_is_known(line: str) -> None:
    assert opening(line) == ("reading time", ())


def test_one_line_may_name_author_date_and_reading_time() -> None:
    assert opening("By Jane Doe | 5 January 2026 | 3 min read") == ("byline", ("Jane Doe",))
    assert opening("Posted on January 5, 2026 by Jane Doe") == ("byline", ("Jane Doe",))
    assert opening("By Jane Doe January 5, 2026") == ("byline", ("Jane Doe",))
    assert opening("By Jane Doe, Updated: Jan 5, 2026") == ("byline", ("Jane Doe",))
    assert opening("Jane Doe | Rabat") == ("", ())
    assert opening("5 January 2026 · 3 min read") == ("date", ())


def page(*lines: str, author: str = "") -> Entry:
    content = "".join(f"<p>{line}</p>" for line in lines)
    return clean(Entry(title="Title", content=content, authors=(author,) if author else ()))


def test_author_and_date_above_the_article_go_and_the_author_is_kept() -> None:
    entry = page("By Jane Doe", "5 January 2026", "The council voted.")
    assert (entry.text, entry.authors) == ("The council voted.", ("Jane Doe",))
    assert [removal.rule for removal in entry.removed] == ["byline", "date"]


def test_the_authors_a_feed_gives_are_not_replaced() -> None:
    assert page("By Jane Doe", "The council voted.", author="John Roe").authors == ("John Roe",)


def test_notices_between_paragraphs_go() -> None:
    entry = page("One.", "Advertisement", "Two.", "Read also: Another", "Photo: Example", "Three.")
    assert entry.text == "One.\n\nTwo.\n\nThree."


def test_the_caption_of_a_figure_goes_and_the_picture_stays() -> None:
    figure = '<figure><img src="https://e.example/1.jpg"><figcaption>A boat in the bay</figcaption></figure>'
    entry = clean(Entry(title="Title", content=f"{figure}<p>The council voted.</p>"))
    assert entry.text == "The council voted."
    assert "<img" in entry.content


def test_links_below_a_heading_go_with_it() -> None:
    link = "<a href='https://e.example'>Another story</a>"
    assert page("One.", "Related articles", link, link, "Two.").text == "One.\n\nTwo."


def test_a_link_alone_between_paragraphs_stays() -> None:
    assert "Source" in page("One.", "<a href='https://e.example'>Source</a>", "Two.").text


def test_notices_glued_to_the_last_sentence_go() -> None:
    entry = page("One.", "It was late.Follow us on Facebook © 2026 The Example. All rights reserved.")
    assert entry.text == "One.\n\nIt was late."


def test_an_entry_that_is_one_notice_stays() -> None:
    assert page("Photo: A boat in the bay").text == "Photo: A boat in the bay"
    assert page("Subscribe to our newsletter").text == "Subscribe to our newsletter"


def test_long_lines_of_spaces_and_labels_are_read_in_no_time() -> None:
    line = "Read also " + " " * 100_000 + "<b> " * 1_000 + "share " * 10_000
    assert page(line, "The end.").text.endswith("The end.")
