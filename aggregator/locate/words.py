"""Words that tell what a name beside them is: folded, in the languages read (en, fr, es, de, pt, ar)."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def _sections(file: str) -> dict[str, frozenset[str]]:
    """The sections of a file of words."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in (Path(__file__).parent / "facts" / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(section, set()).update(line.split())
    return {name: frozenset(words) for name, words in found.items()}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FOUND = _sections("words.txt")
_COMMON = _sections("common.txt")
MONTHS = _FOUND["month"]
FIRST, TITLES = _FOUND["first"], _FOUND["title"]
"""First names, and what stands before the name of a person."""
ALSO_FIRST = FIRST | _set("""
paris london austin brooklyn savannah sydney dallas houston israel india asia kenya ireland cuba america chile
rosario florencia milan vienna roma lourdes africa carolina georgia siena verona valencia italia alabama
montana dakota phoenix cairo egypt memphis denver orlando boston aspen geneva sahara china ohio zaire kingston
london trinidad jamaica troy venezia lorena pilar consuelo guadalupe montserrat nazaret belen
""")
"""With those of places that some people bear: before a surname only."""
SMALL = _set("""
of the de la le les du des del da do dos das di d el al as an am auf sur and y et e und i a en upon on in
von der den ob bei au aux sous im
""")
"""Words that may stand inside a name without a capital."""
PLAIN = _set("""
the a an in on at of for from to and but or by with as if when while after before since this that these
those it its he she they we i you his her their our is are was were will not no yes all some many most more
than then there here how why what who where which both also last next new only over under between during
near around outside inside across through into about le la les un une des du de dans en au aux sur pour par
avec sans sous chez et ou mais il elle ils elles ce cette ces son sa ses el los las una unos unas del al por
para con sin sobre desde hasta y o pero su sus este esta estos estas lo que segun tras ante der die das den
dem des ein eine einen einem einer im am zum zur vom beim bei mit nach von aus auf und oder aber er sie es
wir o os as um uma do da dos das no na nos nas ao pelo pela com sem sob seu sua
""")
"""Words that are no part of a name though a sentence may begin with them."""
IN = {
    "en": _set("in near"), "fr": _set("à À dans"), "es": _set("en"), "de": _set("in im"), "pt": _set("em na nas"),
    "ar": _set("في"),
}  # fmt: skip
"""What stands before the place where something is, as it is written, by language."""
ARTICLES = {"es": _set("el al del"), "pt": _set("o ao do no pelo")}
"""Before a city they make a club of it ("o Vitória"), by language."""
CONTRACTED = {"au": "le", "du": "le", "aux": "les", "des": "les"}
"""French words that hold the article of a name: "au Mans"."""
WITH_ARTICLE = _set("rio porto recife cairo funchal havre caire")
"""But of these cities the article is a part."""
BEFORE = _set("""
in at near from to outside around across throughout through between into toward towards via within leaving
off visiting inside a au aux en dans vers depuis chez pres hors a entre jusqu en desde hacia hasta cerca
entre por in aus nach bei von durch nahe um auf em no na nos nas desde ate entre para في من الي الى بين عبر قرب
نحو داخل خارج
""")
"""What stands before a place rather than before a person or a thing."""
KINDS = _set("""
city town village county state province district region republic kingdom capital municipality suburb borough
island governorate port area neighborhood neighbourhood parish prefecture commune ville village region
province departement prefecture wilaya ciudad pueblo provincia region estado municipio localidad capital
departamento stadt dorf gemeinde provinz landkreis bundesland cidade vila municipio regiao bairro مدينه
محافظه ولايه اقليم قريه منطقه مقاطعه عاصمه بلده جهه عماله
""")
"""What a place is: "the city of X", "la ville de X", "مدينة X"."""
MANY = _set("""
cities towns villages counties states provinces districts regions capitals suburbs islands villes communes
regions ciudades pueblos provincias municipios stadte dorfer kreise cidades vilas مدن محافظات ولايات
""")
"""What several places are: "the cities of X, Y and Z"."""
WHOSE = _set("""
residents resident officials people citizens inhabitants mayor streets outskirts suburb suburbs centre
center north south
east west police authorities habitants maire rues nord sud est ouest periferie habitantes vecinos alcalde
alcaldesa calles
afueras norte sur oeste este moradores prefeito prefeita ruas burgermeister burgermeisterin einwohner strassen
سكان اهالي شوارع ضواحي شمال جنوب شرق غرب بلديه مطار ميناء جامعه
""")
"""Whose or what of a place: "residents of X", "le maire de X", "سكان X"."""
OF = _set("of de d di du von da do del")
INSTITUTION = _set("""
police sheriff department dept fire council courthouse court courts jail prison board public community
chamber fair town schools school high mayor government governor legislature senate house parliament assembly
attorney army navy guard military ministry officials official residents resident citizens people borough
magistrates
commissioners commission supreme district division area region port airport embassy premier president
minister superintendent firefighters rescue ambulance volunteer local municipal national federal civic
detention correctional bar tourism authorities authority city metro crimestoppers county state republicans
democrats gop native natives border office hospital township university college
""")
"""An institution that is of the place whose name it bears, and in it."""
PRESS = _set("""
times post news herald chronicle gazette tribune journal globe star dispatch observer courier review
register telegraph guardian mail sun press today daily sentinel examiner bulletin record reporter standard
monitor mirror express echo argus inquirer advocate ledger enquirer intelligencer messenger tv radio
magazine weekly zeitung allgemeine nachrichten rundschau anzeiger soir matin match
""")
CLUB = _set("""
united fc cf sc rovers wanderers athletic albion hotspur villa rangers celtic hornets lakers knicks bulls
bears lions eagles falcons giants jets patriots cowboys bengals browns steelers packers vikings saints
dolphins bills broncos chiefs raiders chargers yankees mets dodgers cubs phillies pirates reds braves astros
mariners tigers orioles nationals marlins padres angels warriors rockets spurs mavericks suns kings clippers
nuggets jazz thunder blazers timberwolves heat magic hawks wizards pistons cavaliers raptors celtics nets
penguins flyers bruins sabres canadiens senators leafs oilers flames canucks capitals islanders devils
predators blues blackhawks wildcats bulldogs buckeyes gators seminoles hurricanes longhorns aggies sooners
huskers cornhuskers hoosiers boilermakers wolverines badgers hawkeyes cyclones jayhawks razorbacks rebels
gamecocks cardinals county galaxy dynamo sounders cosmos town forest wednesday argyle orient alexandra vale
""") - _set("county town")
CLUB_FIRST = _set("""
real fc ac as afc werder eintracht hertha schalke bayer fortuna arminia olympique girondins racing union
atletico inter borussia bayern sporting dynamo dinamo cska olympique racing deportivo
athletic cd cf sc sv vfb vfl rb lokomotiv spartak maccabi hapoel stade paris
""") - _set("paris inter as")
"""What the names of clubs begin with ("Real Madrid")."""
BODY = _set("""
bank university church duke duchess prince princess earl bishop archbishop king queen museum institute
college daughters sons bank banque banco universite universidad universidade universitat
""")
"""What is named after a place and is somewhere else as like as not ("Bank of America")."""
FIRM = _set("""
inc corp corporation co company llc ltd plc gmbh ag sa bank bancorp airlines airways motors motor insurance
foundation fund group holdings industries partners capital technologies systems valve steel energy hotel
hotels resort casino theatre theater club center centre memorial medical clinic elementary academy institute
stadium arena cup open marathon award prize trophy festival museum gallery orchestra symphony ballet act
treaty accord agreement protocol declaration convention summit conference project plan day week cheese wine
beer burger style fever flu virus syndrome disease gardens mall plaza tower towers church cathedral chapel
temple stock exchange index brothers sons associates realty properties communications entertainment records
studios pictures farms foods restaurant cafe grill pub inn lodge apartments condominiums ii iii iv jr sr
""")
STREET = _set("""
street st road rd avenue ave drive lane ln boulevard blvd parkway pkwy highway hwy bypass pike route streets
freeway expressway causeway terrace alley prospekt
""")
FEATURE = _set("""
river creek lake valley bay island islands mountain mountains peninsula harbor harbour beach canyon forest
airport reservoir township twp hills hill falls strait desert canal peak glacier cape basin delta plateau
swamp bayou range ridge springs preserve wilderness park parish province oblast governorate heights
""")
FEATURE_FIRST = _set("""
lake mount mt river rio cape fort ft port lac mont cap oued wadi sierra jebel djebel lago cerro monte cabo
""")
STREET_FIRST = _set("rue avenue boulevard place calle avenida plaza paseo rua praca avda شارع ساحه حي")
KIND_FIRST = FEATURE_FIRST | STREET_FIRST
"""What a name may begin with that says what it is: "Lake X", "Rue X"."""
COUNCIL = _set("council court courts hall police department hospital board commission")
"""Bodies that a town has: "Reading Borough Council"."""
STATE = _set("governor gov legislature senate statehouse lawmakers")
"""What a state of a country has rather than a country."""
BEATS = _set("""
beat beats defeated thrashed hammered outplayed edged striker midfielder goalkeeper defender
winger boss bat golea goleo golean vence goleia schlagt besiegt
""")
"""What is said of clubs, right behind their names."""
TONGUE = _set("""
language languages speaking speaker speakers lesson lessons translation dictionary word phrase
""")
SPEAKS = _set("""
speak speaks speaking spoke learn learning teach teaching fluent translated parle parler parlent langue
habla hablan hablar
idioma lengua fala falam falar lingua auf sprache sprachen اللغه باللغه لغه
""")
SAID_IN = {"en": _set("in into"), "fr": _set("en"), "es": _set("en"), "pt": _set("em"), "de": _set("auf")}
"""Before a word for people these words make a language of it: "in Spanish", "en français", by language."""
SPEECH = _set("said says told added explained noted dit affirme declare dijo afirmo sagte disse قال")
"""What people do, and sometimes capitals in place of their governments."""
NEARBY = _set("""
north south east west northern southern eastern western northeast northwest southeast southwest central
upper lower greater downtown nord sud est ouest norte sur este oeste
""")
SHORT = _set("n s e w nw ne sw se st ste mt ft pt")
"""Words that are shortened inside names: "St. Louis", "N. Main St.", "W.Va."."""
_ORDINARY = _FOUND["organisation"] | PLAIN | KINDS | INSTITUTION | STREET | FEATURE | NEARBY


@cache
def ordinary(language: str) -> frozenset[str]:
    """Words that a place may be called by, and hardly ever is meant in a text of that language.

    In a language whose words are not known they are those of all that are.
    """
    return _ORDINARY.union(_COMMON[language]) if language in _COMMON else _ORDINARY.union(*_COMMON.values())
