"""Lines in which a website speaks of itself: share, follow, subscribe, comment, cookies, advertisement.

Most are told by their words alone: every word of the line belongs to a short list. A sentence of an article
has other words too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_LONGEST = 300
_MOST = 40
"""Words of a notice."""
_DECORATION = 6
"""Signs before the first word: bullets, arrows, brackets."""
_WORD = re.compile(r"@?\w(?:[\w’'`.+-]*\w)?\+?")
_QUOTES = "\"“„«‘'"
"""What opens the words of a person."""
_FIRST_WORD = re.compile(r"\W{0,12}+(\w+)")
_EDGE = re.compile(r"[\w@]")


def tokens(line: str) -> list[str]:
    """The words of a line, case folded; hyphens, stops and apostrophes within a word belong to it."""
    return _WORD.findall(line.casefold())


def first_word(line: str) -> str:
    """The first word of a line, case folded, up to an apostrophe or hyphen; empty if it has none."""
    found = _FIRST_WORD.match(line)
    return found[1].casefold() if found else ""


def table(words: str) -> frozenset[str]:
    """The words of a text as a table."""
    return frozenset(words.split())


_NETWORKS = table("""
    facebook twitter x whatsapp telegram linkedin instagram pinterest reddit tumblr email e-mail mail youtube
    tiktok threads bluesky mastodon messenger flipboard pocket skype snapchat viber line vk xing weibo wechat sms
    google
    google+ rss courriel correo فيسبوك تويتر واتساب تيليجرام تلغرام تيليغرام لينكدإن انستغرام انستقرام إنستغرام يوتيوب
    البريد فيس بوك واتس اب تيك توك إكس
""")
_JOINTS = table("""
    the this that a an it us our on via with to by and or in for of your you all more friends now please page link
    new window opens click here article story post news latest channel channels social media app group account
    like loading copy close
    cet cette ce l'article l’article article sur par avec et ou nous notre nos vos vous les le la de des réseaux
    sociaux page amis lien ici pour chaîne compte toute l'actualité l’actualité aussi
    este esta el la los las en por con y o nos nuestro nuestra nuestros nuestras redes sociales artículo noticia
    amigos página enlace aquí canal perfil grupo síguenos
    diesen dieses den die das der auf per mit und oder uns unser unseren unserem artikel beitrag freunden seite link sie
    kanal hier auch bei
    este esta o a os as no na nos nas em por com e ou nosso nossa nossas redes sociais artigo notícia matéria amigos
    página aqui canal grupo
    هذا هذه المقال الخبر الموضوع المقالة على عبر مع في و أو صفحتنا قناتنا حسابنا أصدقائك الإلكتروني الالكتروني
    التواصل الاجتماعي مواقع عن طريق
""")
_SHARE = table("""
    loading share sharing tweet retweet pin print partager partage partages partagez compartir comparte compartí
    compártelo compartelo imprimir teilen drucken weiterleiten compartilhar compartilhe partilhar partilhe imprimer
    شارك شاركها شاركه مشاركة انشر اطبع طباعة
""")
_FOLLOW = table("""
    follow like join suivez suivez-nous suivre rejoignez rejoignez-nous sigue síganos siga síguenos siguenos
    únete folgen folge folgt siga-nos siga-me siga segue acompanhe تابعنا تابعونا تابعوا انضم اشترك
""")
_ADVERTISEMENT = table("""
    advertisement advertisements advertising advert ad ads sponsored publicité annonce publicidad anuncio anuncios
    anzeige werbung publicidade anúncio إعلان إعلانات اعلان
""")
_AROUND_ADVERTISEMENT = table("""
    - continue continues reading scroll to story article below after the this content more for from our skip loading
    la lecture continue après la suite de l'article l’article ci-dessous contenu sponsorisé
    sigue leyendo después de continúa la el debajo contenido patrocinado
    nach der weiter geht es lesen sie unter dieser
    continua depois da do leia continuar após
    تابع القراءة بعد
""")
_COMMENTS = table("""
    comment comments reply replies commentaires kommentare تعليقات التعليقات
    commentaire comentario comentarios comentar kommentar kommentieren comentário comentários
    تعليق تعليقك تعليقا
""")
_DENIALS = table("no not kein keinen sin sem sans لا بدون comment kommentar commentaire comentario")
_AROUND_COMMENTS = table("""
    leave a add your post write view all show hide the join be first to this on cancel no off are closed read see
    article 0 laisser laissez un une ajouter votre voir les aucun sont fermés écrire soyez le premier à cet
    deja dejar tu su un ver los sin escribe sé el primero en no hay cerrados responder
    schreiben sie einen ihren keine hinterlassen alle anzeigen zum artikel antworten geschlossen
    deixe deixar um seu ver os sem escreva seja o primeiro a nenhum
    اترك أضف اكتب كن أول لا توجد من مغلقة على ردا رداً
""")
_KNOWN = (
    _SHARE | _NETWORKS | _JOINTS | _FOLLOW | _ADVERTISEMENT | _AROUND_ADVERTISEMENT | _COMMENTS
) | _AROUND_COMMENTS
_INVITES = table("""
    please to click and subscribe sign register join get receive don enter download want enjoy enjoyed enjoying
    support become for
    abonnez inscrivez s recevez téléchargez rejoignez restez pour ne
    suscríbete suscríbase regístrate regístrase regístrete regístrese recibe reciba apúntate únete inscríbete descarga
    abonnieren abonniere melden jetzt erhalten bleiben laden hier
    assine inscreva subscreva cadastre receba registe participe baixe entre clique haz haga
    اشترك اشتركوا سجل احصل للاشتراك انضم حمل تابع
""")
"""First words of `_SUBSCRIBE`: most lines are seen to be no invitation by theirs."""
_SUBSCRIBE = re.compile(
    r"(?:please |to |click here to |and )?(?:subscribe|sign up|register|join|get|receive"
    r"|don[’']t miss|enter your e-?mail"
    r"|download(?: \w+)? (?:our|the|your)|want more|enjoy(?:ed|ing)? (?:this|reading)|support (?:our|us|independent)"
    r"|become a (?:member|subscriber))\b"
    r".{0,140}\b(?:newsletters?|inbox|mailing list|mailing-list|subscrib\w+|channel|alerts"
    r"|app|e-?mail"
    r"|briefing|members?hip|patreon|journalism|google news)\b"
    r"|(?:subscribe|sign up)(?: now| here| today)?\W*$"
    r"|for (?:more|the latest)\b.{0,80}\b(?:follow|join|like|subscribe|sign up|download|visit|click)\b.{1,80}$"
    r"|(?:abonnez[- ]vous|inscrivez[- ]vous|s[’']abonner|recevez|téléchargez|rejoignez|restez"
    r"|pour recevoir|ne manquez)\b"
    r".{0,140}\b(?:newsletter|infolettre|lettre d[’']information|boîte (?:mail|de réception)|chaîne"
    r"|alertes|informés?"
    r"|application|appli|notifications|e-?mail|mail|whatsapp|google news)\b|(?:abonnez[- ]vous|s[’']abonner)"
    r"(?: pour (?:lire|continuer|accéder).{0,40})?\W*$"
    r"|(?:suscríbe(?:te|ase)|regístr[ae](?:te|se)|recib[ae]|apúntate|únete|inscríbete|descarga)\b"
    r".{0,140}\b(?:newsletter|boletín|boletines|correo|canal|alertas|nuestras noticias|noticias en|app|aplicación"
    r"|notificaciones|whatsapp)\b"
    r"|suscríbe(?:te|ase)(?: aquí| ahora)?\W*$"
    r"|(?:abonnieren sie|abonniere|melden sie sich|jetzt(?! (?:ist|sind|war|hat|haben|wird|gibt|kommt|soll|muss)\b)"
    r"|erhalten sie|bleiben sie|laden sie|hier)\b"
    r".{0,140}\b(?:newsletter|kanal|postfach|posteingang|benachrichtigungen|app|abonnieren"
    r"|push-nachrichten)\b.{0,30}"
    r"|(?:assine|inscreva-se|subscreva|cadastre-se|receba|registe-se|participe|baixe|entre|clique aqui"
    r"|ha(?:z|ga) clic aquí)\b"
    r".{0,140}\b(?:newsletter|boletim|e-?mail|canal|alertas|notícias|aplicativo|app|grupo|notificações"
    r"|whatsapp)\b"
    r"|(?:اشترك|اشتركوا|سجل|احصل|للاشتراك|انضم|حمل|تابع).{0,140}(?:النشرة|نشرتنا|بريدك|قناتنا|القناة"
    r"|التطبيق|تطبيق|الإشعارات|جوجل نيوز|غوغل نيوز)",
    re.I | re.S,
)
_OWN = re.compile(
    r"\b(?:our|us|your|newsletters?|inbox|subscri\w+|sign up (?:now|here|today)|sign up\W*$|get the app\W*$"
    r"|mailing.list|want more|enjoy\w*"
    r"|member|subscriber"
    r"|notre|nos|votre|vos|infolettre|(?:s[’'])?abonn\w+|l[’']appli\w*"
    r"|nuestr[oa]s?|tu|su|bolet(?:ín|ines)|suscr[ií]b\w+|unser\w*|ihre?n?|noss[oa]s?|seu|sua|boletim|assine|inscreva"
    r"|subscreva|clique aqui|clic aquí|اشتركوا?|للاشتراك|النشرة|نشرتنا|بريدك|قناتنا|تطبيقنا|صفحتنا)\b",
    re.I,
)
"""By which a website speaks of itself and to its readers."""
_SAID = re.compile(
    r"\b(?:said|says|told|tells|warn(?:ed|s)|asked|joked|dit|déclaré|dijo|dice|sagte?|disse|diz|قال|قالت"
    r"|was|were|était|étaient|fue|fueron|war|waren|wurden?|foi|foram)\b",
    re.I,
)
"""What a person says, or what happened: no invitation."""
_ON = (
    r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|instagram|tiktok|youtube|threads|bluesky|google news)"
)
_FOLLOW_NAMED = re.compile(
    r"(?:follow|suivez|siga|sigue a|folgen sie|folge) (?-i:(?:[A-ZÀ-Þ0-9][\w.&’'-]*\s){1,5})(?:on|sur|en|no|na|auf|bei)"
    rf" {_ON}(?:(?:, | and | et | y | e | und | & ){{1,2}}{_ON})*\W*",
    re.I,
)
_SUBSCRIBE_END = re.compile(r"[^.!?؟]{0,60}(?:[.!?؟]\s*[^.!?؟]{0,80})?[.!?؟…»›→\s]*", re.S)
_COOKIES = re.compile(
    r"(?:(?:we|our partners|this (?:web)?site|our (?:web)?site"
    r"|the site) (?:and our partners )?(?:may )?uses? (?:\w+ )?cookies"
    r"|by (?:continuing|using|clicking|browsing).{1,120}\bcookies?\b"
    r"|(?:accept|manage|reject)(?: all)? cookies|cookie (?:settings|policy|notice|preferences"
    r"|consent)\W*$"
    r"|(?:ce site|notre site|nous|le site)(?: web)? utilis(?:e|ons) des cookies"
    r"|en poursuivant votre navigation"
    r"|(?:accepter|gérer|refuser)(?: tous)? les cookies"
    r"|(?:este sitio|esta web|nuestro sitio|esta página|nosotros)?(?: web)? ?(?:utiliza|usa|utilizamos"
    r"|usamos)(?:mos)? cookies"
    r"|aceptar(?: todas)?(?: las)? cookies"
    r"|(?:diese (?:web)?seite|diese website|unsere website|wir) (?:verwendet|verwenden|nutzt|nutzen"
    r"|benutzt) cookies"
    r"|(?:alle )?cookies (?:akzeptieren|ablehnen|zulassen)"
    r"|(?:este site|este website|nosso site|nós)? ?(?:utiliza|usa|utilizamos|usamos) cookies"
    r"|aceitar(?: todos)?(?: os)? cookies"
    r"|(?:يستخدم|نستخدم|نحن نستخدم)(?: هذا الموقع| موقعنا)? ?(?:ملفات )?(?:تعريف الارتباط|الكوكيز))",
    re.I,
)


_COOKIE_SETTERS = table("""
    we our the this by accept manage reject cookie cookies ce notre nous le en accepter gérer refuser
    este esta nuestro nosotros web utiliza usa utilizamos usamos aceptar diese unsere wir alle
    nosso nós aceitar يستخدم نستخدم نحن
""")
"""First words of `_COOKIES`."""
OPENERS = _INVITES | _COOKIE_SETTERS | {first_word(word) for word in _KNOWN}
"""First words of all notices, but for numbers and names of accounts."""


def _all_in(words: Sequence[str], *tables: frozenset[str]) -> bool:
    return all(any(word in table for table in tables) or word.isdigit() or word[0] == "@" for word in words)


def is_share(words: Sequence[str]) -> bool:
    """ "Share this article on Facebook", "Partager", a row of networks' names."""
    if not _all_in(words, _SHARE, _NETWORKS, _JOINTS):
        return False
    named = sum(word in _NETWORKS for word in words)
    return any(word in _SHARE for word in words) or (named > 2 and named * 2 > len(words))


def is_follow(words: Sequence[str]) -> bool:
    """ "Follow us on Instagram": the word to follow, a network or an account, and nothing else."""
    return (
        any(word in _FOLLOW for word in words)
        and any(word in _NETWORKS or word[0] == "@" for word in words)
        and _all_in(words, _FOLLOW, _NETWORKS, _JOINTS)
    )


def is_advertisement(words: Sequence[str]) -> bool:
    """ "Advertisement", "Story continues below advertisement"."""
    return any(word in _ADVERTISEMENT for word in words) and _all_in(
        words, _ADVERTISEMENT, _AROUND_ADVERTISEMENT
    )


def is_comments(words: Sequence[str]) -> bool:
    """ "Leave a comment", "12 commentaires"; but "No comment" is what people say."""
    return (
        not (len(words) < 3 and words[0] in _DENIALS)
        and any(word in _COMMENTS for word in words)
        and _all_in(words, _COMMENTS, _AROUND_COMMENTS)
    )


def is_subscribe(line: str) -> bool:
    """An invitation to a newsletter, a channel, alerts: it opens with the verb and is one or two sentences."""
    found = _SUBSCRIBE.match(line)
    return bool(
        found and _SUBSCRIBE_END.fullmatch(line, found.end()) and _OWN.search(line) and not _SAID.search(line)
    )


def is_follow_named(line: str) -> bool:
    """ "Follow Example News on Facebook, X and Instagram."."""
    return bool(_FOLLOW_NAMED.fullmatch(line))


def is_cookies(line: str) -> bool:
    """ "We use cookies to …", "Cookie settings"."""
    return bool(_COOKIES.match(line) and not _SAID.search(line))


_OF_WORDS: tuple[tuple[str, Callable[[Sequence[str]], bool]], ...] = (
    ("share", is_share),
    ("follow", is_follow),
    ("advertisement", is_advertisement),
    ("comments", is_comments),
)
_OF_SENTENCES: tuple[tuple[str, frozenset[str], Callable[[str], bool]], ...] = (
    ("subscribe", _INVITES, is_subscribe),
    ("follow", _FOLLOW, is_follow_named),
    ("cookies", _COOKIE_SETTERS, is_cookies),
)


def notice(line: str) -> str:
    """The rule that takes a line as a notice of the website; empty if it belongs to the article."""
    start = _EDGE.search(line[: _DECORATION + 1])
    if not start or len(line) > _LONGEST or line.lstrip()[0] in _QUOTES:
        return ""
    text = line[start.start() :]
    word = first_word(text)
    if not (word in OPENERS or word[:1].isdigit() or text[0] == "@"):
        return ""
    if words := _known_words(text):
        for name, of_words in _OF_WORDS:
            if of_words(words):
                return name
    for name, openers, of_sentence in _OF_SENTENCES:
        if word in openers and of_sentence(text):
            return name
    return ""


def _known_words(line: str) -> list[str]:
    """The words of a line if the tables have every one; prose is left at its first other word."""
    words: list[str] = []
    for found in _WORD.finditer(line):
        word = found[0].casefold()
        if not (word in _KNOWN or word[0] == "@" or word.isdigit()):
            return []
        words.append(word)
    return words if len(words) <= _MOST else []
