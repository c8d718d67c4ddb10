"""Lines that speak of a picture: its caption with a credit, or the credit alone."""

from __future__ import annotations

import re

from aggregator.clean.notices import table

_LONGEST = 300
_SMALL_WORDS = 4
_NOUN = (
    r"(?:photo(?:graph)?s?|image|picture|illustration|graphic|infographie|fotos?|fotografías?"
    r"|imagen|imágenes"
    r"|bild(?:er)?|archivfoto|archivbild|symbolbild|symbolfoto|imagem|imagens|صورة|الصورة|صور|تصوير)"
)
_CREDIT = (
    r"(?:file (?:photo|image|picture)|(?:photo|image|picture) (?:credits?|by|via|courtesy(?: of)?"
    r"|caption)|courtesy(?: of)?"
    r"|credits?|(?:crédits?|légende)(?: (?:photos?|images?))?|photo (?:d[’'](?:archives?|illustration)"
    r"|prêtée)"
    r"|(?:foto|imagen) (?:de|del|cortesía(?: de)?)(?: archivo)?|(?:crédito|cortesía|pie de foto"
    r"|leyenda)(?: de (?:la )?(?:foto|imagen))?"
    r"|bildquelle|bildunterschrift|bildnachweis|(?:foto|imagem) (?:de|por)(?: arquivo)?|(?:créditos?"
    r"|legenda)(?: da (?:foto|imagem))?"
    r"|مصدر الصورة|عدسة)"
)
_SIGN = r"\s*(?:[:：|]|\s[–—-]\s)\s*"
_OPENS = re.compile(
    rf"[\s(\[]*(?:(?:image|media|video) (?:caption|source),\s\S.{{0,250}}"
    rf"|{_CREDIT}{_SIGN}\S.{{0,140}}|{_NOUN}{_SIGN}(?P<what>\S.{{0,140}})"
    rf"|(?:FILE PHOTO|FILE|ARCHIV(?:BILD|FOTO)?"
    rf"|ARCHIVO|ARCHIVES?|ARQUIVO)"
    r"(?::|\s[–—-]\s)\s*(?P<shown>.{1,280}))",
    re.I | re.S,
)
_ALONE = re.compile(
    rf"[\s(\[]*(?:{_CREDIT} (?P<what>\S.{{0,60}})|©\s*(?:[\w./&-]+\s*){{1,6}}|(?:[\w.’'-]+\s){{0,4}}/\s?(?:AP|AFP"
    rf"|EFE|dpa|Reuters|Getty Images)"
    r"|(?:AP|AFP|EFE|dpa|Lusa|Reuters|MAP|EPA)(?: Photo)?\s?/.{1,50}|.{0,40}Getty Images"
    r"|(?:photo|foto) d[’']archives?|imagen de archivo|foto de archivo|foto de arquivo|symbolbild"
    r"|archivbild|archivfoto|صورة أرشيفية)"
    r"[\s)\].]*",
    re.I,
)
_CLOSES = re.compile(
    rf"[^()\[\]]{{3,240}}[(\[](?:(?:AP|EFE|MAP|AFP|EPA|Lusa) Photo\b[^()\[\]]{{0,80}}|(?:{_NOUN}"
    rf"|{_CREDIT})(?:{_SIGN}| )[^()\[\]]{{1,80}}"
    rf"|(?:{_NOUN}|{_CREDIT})|[^()\[\]]{{0,40}}(?:Getty Images|/(?:AP|AFP|EFE|Reuters|dpa|EPA))"
    rf"|©[^()\[\]]{{1,60}})[)\]]\s*",
    re.I,
)
OPENERS = table("""
    media video
    photo photos photograph photographs image picture illustration graphic file courtesy credit credits archive archives
    infographie crédit crédits légende
    foto fotos fotografía fotografías imagen imágenes crédito créditos cortesía pie leyenda archivo
    bild bilder archivfoto archivbild symbolbild symbolfoto bildquelle bildunterschrift bildnachweis archiv
    imagem imagens legenda arquivo
    صورة الصورة صور تصوير مصدر عدسة
""")


def is_signed(line: str) -> bool:
    """What captions have whose first word is like any other: a bracket at the end, a slash, an agency's name."""
    return (
        "/" in line or "©" in line or "etty" in line or "ETTY" in line or line.rstrip().endswith((")", "]"))
    )


def is_caption(line: str) -> bool:
    """ "Photo: Example Agency", "A boat in the bay. (Foto: Beispiel)", "FILE PHOTO: …"; never just words on a photo."""
    text = line.strip()
    if not text or len(text) > _LONGEST:
        return False
    if text.endswith((")", "]")) and _CLOSES.fullmatch(text):
        return True
    if found := _OPENS.fullmatch(text):
        # A sentence of the article may begin "Image: …" too, but then it goes on.
        return not _is_prose(found["what"] or found["shown"] or "") and (
            text.count(". ") < 2 or found[0].isupper()
        )
    found = _ALONE.fullmatch(text)
    return bool(found and not _is_prose(found["what"] or ""))


def _is_prose(words: str) -> bool:
    """Words that go on in small letters are a sentence of the article ("Image by image, the film …")."""
    return words[:1].islower() and len(words.split()) > _SMALL_WORDS
