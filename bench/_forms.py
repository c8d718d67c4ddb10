"""Articles made from one form, with other places, names and figures: they look alike and are not the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

Line = dict[str, str]
CITIES = {
    "en": ("Leeds", "Bristol", "Cardiff", "Norwich", "Exeter", "Dundee", "Derby", "Hull"),
    "fr": ("Nantes", "Lille", "Dijon", "Rennes", "Toulon", "Angers", "Metz", "Brest"),
    "es": ("Sevilla", "Bilbao", "Murcia", "Oviedo", "Burgos", "Cádiz", "León", "Vigo"),
    "de": ("Bremen", "Kassel", "Dresden", "Mainz", "Erfurt", "Kiel", "Rostock", "Ulm"),
    "pt": ("Braga", "Faro", "Évora", "Viseu", "Aveiro", "Setúbal", "Beja", "Leiria"),
    "ar": ("فاس", "طنجة", "وجدة", "أكادير", "مراكش", "سلا", "تطوان", "مكناس"),
}
NAMES = {
    "en": ("Harlow", "Benton", "Castle", "Draper", "Ellison", "Fenwick", "Garner", "Hobbs"),
    "fr": ("Morel", "Garnier", "Lacombe", "Perrot", "Roussel", "Vidal", "Chauvin", "Barre"),
    "es": ("Ibarra", "Lozano", "Medina", "Navarro", "Ortega", "Pardo", "Quiroga", "Rivas"),
    "de": ("Albers", "Brandt", "Conrad", "Dietz", "Ebert", "Frank", "Gerlach", "Hansen"),
    "pt": ("Almeida", "Barros", "Cardoso", "Dias", "Esteves", "Faria", "Gomes", "Moura"),
    "ar": ("العلوي", "بنيس", "الفاسي", "الإدريسي", "برادة", "التازي", "الوزاني", "السقاط"),
}
FORMS = {
    "en": (
        (
            "Weather in {city}: {n} degrees on {day}",
            "{city} can expect a mix of sun and cloud on {day}, with a high of {n} degrees in the afternoon and a low of {m} at night. Winds will be light, at around {k} kilometres an hour from the west. The chance of rain is {p} percent. Pollen counts are moderate, and the sun sets at {h}:{m}. The outlook for the next days remains changeable, the weather service said.",
        ),
        (
            "{name} shares close {n} percent higher",
            "Shares of {name} closed {n}.{k} percent higher at {big} on {day} as investors weighed interest rates. Volume was {p} million shares, compared with an average of {m} million. The stock has gained {k} percent since the start of the year and trades at {n} times expected earnings. Analysts rate it a hold on average. The broader market ended the session little changed.",
        ),
        (
            "{city} beat {other} {k}-{n} in league match",
            "{city} beat {other} {k}-{n} at home on {day} in front of {big} spectators. {name} opened the scoring in minute {m} and {friend} doubled the lead after the break. The visitors pulled one back through a penalty in minute {p}. The win lifts {city} to place {h} of the table. The next match is away from home on Saturday.",
        ),
        (
            "Magnitude {k}.{n} earthquake near {city}",
            "An earthquake of magnitude {k}.{n} was recorded {m} kilometres from {city} on {day} at {h}:{p}, the seismological service said. The depth was {n} kilometres. There were no immediate reports of damage or injuries. Residents are advised to expect aftershocks and to check gas lines and chimneys. This report was made automatically from the data of the network.",
        ),
        (
            "{name} declares quarterly dividend",
            "The board of {name} has declared a quarterly dividend of {k}.{m} dollars a share, payable on June {h} to holders of record in May. The company said the payment reflects its steady cash flow and its confidence in the markets it serves. It has paid a dividend in each of the last {n} years without interruption. Shareholders may have the amount reinvested through the plan described in the annual report. Questions should be sent to the investor relations office, which answers on working days. Past payments are no promise of future ones, and the board reviews the policy every year.",
        ),
        (
            "Road works on the ring road of {city}",
            "Drivers in {city} face delays from {day} as the ring road is narrowed to one lane for repairs. The works will last {n} days and cost {p} thousand pounds, the council said. Buses are sent over other streets, and the stops along the road are closed while the works go on. Residents can reach their homes at any time. Those who can are asked to leave the car at home or to travel outside the morning and evening peaks.",
        ),
        (
            "Live: {city} council debates budget, update {k}",
            "{h}:{m} – This is update number {k} of our live report from {city}. {name} has just taken the floor and asks for {n} million for roads. {friend} replied that {p} million were spent last year without effect. The public gallery is full and the session is expected to last until {h}. We will keep you posted with further updates through the day.",
        ),
    ),
    "fr": (
        (
            "Météo à {city} : {n} degrés {day}",
            "À {city}, le temps sera partagé entre nuages et éclaircies {day}, avec {n} degrés au plus chaud de l'après-midi et {m} au petit matin. Le vent soufflera à {k} kilomètres à l'heure. Le risque d'averse est de {p} %. Le soleil se couchera à {h} h {m}. La tendance reste incertaine pour les jours suivants, indique le service météorologique.",
        ),
        (
            "L'action {name} gagne {n} %",
            "Le titre {name} a terminé en hausse de {n},{k} % à {big} euros {day}, dans un marché attentif aux taux. Les échanges ont porté sur {p} millions d'actions, contre {m} en moyenne. Depuis le début de l'année, la valeur progresse de {k} %. Les analystes conseillent en moyenne de conserver. L'indice de la place a fini la séance proche de l'équilibre.",
        ),
    ),
    "es": (
        (
            "El tiempo en {city}: {n} grados el {day}",
            "En {city} se esperan nubes y claros el {day}, con una máxima de {n} grados por la tarde y una mínima de {m} de madrugada. El viento soplará flojo, a {k} kilómetros por hora. La probabilidad de lluvia es del {p} por ciento. El sol se pondrá a las {h}.{m}. La tendencia sigue incierta para los próximos días, según el servicio meteorológico.",
        ),
        (
            "{city} gana {k}-{n} a {other}",
            "El {city} ganó {k}-{n} al {other} el {day} ante {big} espectadores. {name} abrió el marcador en el minuto {m} y {friend} amplió la ventaja tras el descanso. Los visitantes recortaron de penalti en el minuto {p}. Con el triunfo, el {city} sube al puesto {h} de la tabla. La próxima jornada jugará fuera de casa.",
        ),
    ),
    "de": (
        (
            "Wetter in {city}: {n} Grad am {day}",
            "In {city} wechseln sich am {day} Sonne und Wolken ab, bei Höchstwerten von {n} Grad am Nachmittag und {m} Grad in der Nacht. Der Wind weht schwach mit {k} Kilometern pro Stunde. Die Regenwahrscheinlichkeit liegt bei {p} Prozent. Die Sonne geht um {h}.{m} Uhr unter. Die Aussichten für die nächsten Tage bleiben wechselhaft, teilte der Wetterdienst mit.",
        ),
        (
            "Aktie von {name} gewinnt {n} Prozent",
            "Die Aktie von {name} hat am {day} {n},{k} Prozent auf {big} Euro zugelegt. Gehandelt wurden {p} Millionen Stück, im Schnitt sind es {m} Millionen. Seit Jahresbeginn beträgt das Plus {k} Prozent. Analysten raten im Mittel zum Halten. Der Gesamtmarkt schloss nahezu unverändert, Anleger warteten auf Zinsentscheidungen.",
        ),
    ),
    "pt": (
        (
            "Tempo em {city}: {n} graus {day}",
            "Em {city} esperam-se nuvens e abertas {day}, com máxima de {n} graus à tarde e mínima de {m} de madrugada. O vento soprará fraco, a {k} quilómetros por hora. A probabilidade de chuva é de {p} por cento. O sol põe-se às {h}h{m}. A tendência continua incerta para os próximos dias, segundo o instituto de meteorologia.",
        ),
    ),
    "ar": (
        (
            "طقس {city}: {n} درجة يوم {day}",
            "يكون الطقس في {city} متقلبا يوم {day} بين الشمس والغيوم، وتبلغ الحرارة القصوى {n} درجة بعد الظهر والدنيا {m} ليلا. وتهب رياح ضعيفة بسرعة {k} كيلومترا في الساعة. وتصل نسبة احتمال الأمطار إلى {p} في المائة. وتغرب الشمس في الساعة {h} و{m} دقيقة. وتبقى التوقعات غير مستقرة في الأيام المقبلة، بحسب مديرية الأرصاد.",
        ),
    ),
}
DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
    "pt": ("segunda", "terça", "quarta", "quinta", "sexta"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة"),
}


HELD_FORMS = {
    "en": (
        (
            "{name} reports higher profit for the first quarter",
            "{name} said on {day} that its net profit rose {n} percent in the first quarter as demand for its services stayed firm. Revenue came to {p} million pounds. The company kept its outlook for the year and said that costs for energy and wages would ease in the months to come. It will present its plans for new sites at the general meeting in June, where shareholders also vote on the dividend. Analysts had expected a weaker start to the year, given the mood among consumers.",
        ),
        (
            "Flood warning for {city}",
            "A flood warning is in force for {city} until {day} evening. The river is expected to reach {k}.{n} metres, and low roads beside it may be under water. People who live near the river should move their cars, keep children away from the banks and listen to the local radio. Sandbags are handed out at the fire station. The environment agency will look at the warning again in the morning and says that more rain is on the way from the west.",
        ),
        (
            "Man, {m}, charged after stabbing in {city}",
            "A man of {m} was charged on {day} after a stabbing in the centre of {city}. Police were called to a car park at {h}:{p} and found another man with wounds to his chest; he was taken to hospital, where his state is described as stable. Detectives have asked anyone who was in the area and saw what happened, or who has film from the camera of a car, to come forward. The man is to appear before magistrates in the morning.",
        ),
        (
            "Oil settles at {n} dollars",
            "Oil prices settled at {n}.{k} dollars a barrel on {day} as traders weighed the outlook for demand against supply from producers outside the cartel. The contract for the month after traded a little lower. Stocks rose by {p} thousand barrels in the week, while refineries ran at {m} percent of what they can do. Traders said that the market waits for the meeting of ministers and for figures from China, and that few want to take large positions before.",
        ),
        (
            "{name} wins seat in by-election in {city}",
            "{name} has won the by-election in {city} with a majority of {big} votes. Turnout was {m} percent, well below that of the general election. The seat had become vacant when the former member left for reasons of health. In a short speech after the count the winner thanked the voters and those who had worked through the night, and promised an office in the town that is open on every day of the week. The loser asked for no recount.",
        ),
        (
            "Horoscope for {name}: your week ahead",
            "The week begins slowly for {name}, but an old friend brings news that changes your plans by {day}. Keep your purse closed until then and do not sign what you have not read twice. In love, patience is worth more than words now. At work someone looks closely at what you do and will remember it. Your lucky number is {m}. Drink enough water, walk where there are trees, and leave the telephone at home once.",
        ),
    ),
    "fr": (
        (
            "Accident à {city} : un homme de {m} ans blessé",
            "Un homme de {m} ans a été blessé {day} dans un accident de la route à {city}. Sa voiture a quitté la chaussée pour une raison inconnue et heurté un arbre. Les pompiers sont intervenus avec {k} engins. Le blessé a été conduit à l'hôpital ; ses jours ne sont pas en danger. La circulation a été coupée pendant près de deux heures et une déviation mise en place par les services du département. La gendarmerie a ouvert une enquête.",
        ),
        (
            "Coupure d'eau à {city} {day}",
            "L'eau sera coupée dans plusieurs quartiers de {city} {day} entre {h} heures et le milieu de l'après-midi, annonce la régie. Des travaux sur une conduite ancienne en sont la cause ; {p} foyers sont concernés. Il est conseillé de faire quelques réserves et de laisser couler l'eau un moment à la fin des travaux. Un camion-citerne se tiendra devant la mairie. La régie prie les habitants d'excuser la gêne et remercie de leur patience.",
        ),
    ),
    "es": (
        (
            "Detenido un hombre de {m} años en {city}",
            "La policía detuvo el {day} en {city} a un hombre de {m} años como presunto autor de {k} robos en viviendas. Los agentes hallaron en su casa joyas, relojes y dinero, cuyo origen no supo explicar. Los dueños podrán reconocer los objetos en la comisaría en los próximos días. El detenido ha pasado a disposición judicial y la investigación sigue abierta, pues no se descarta que hubiera más personas implicadas en los hechos.",
        ),
    ),
    "de": (
        (
            "Stromausfall in {city}: {big} Haushalte ohne Strom",
            "In {city} sind am {day} rund {big} Haushalte ohne Strom gewesen. Grund war nach Angaben des Versorgers ein Schaden an einem Erdkabel, der bei Bauarbeiten entstand. Nach {m} Minuten war die Versorgung überall wiederhergestellt. Ampeln fielen aus, Aufzüge blieben stehen, die Feuerwehr musste mehrmals ausrücken. Verletzt wurde niemand. Der Versorger bittet um Verständnis und prüft nun, wer für den Schaden aufkommt.",
        ),
    ),
}
"""Forms that leave little open, written after the rules."""


def forms(
    random_: random.Random,
    each: int = 6,
    among: Mapping[str, Sequence[tuple[str, str]]] = FORMS,
    *,
    series: bool = False,
) -> Iterator[Line]:
    """Every form filled in several times, with everything it leaves open different.

    `series`: half of them are of the same town and name as another, on another day.
    """
    start = datetime(2026, 5, 4, 6, tzinfo=UTC)
    for language, some in among.items():
        for title, text in some:
            cities = random_.sample(CITIES[language], each)
            names = random_.sample(NAMES[language], each)
            if series:
                cities, names = cities[: each // 2] * 2, names[: each // 2] * 2
            for turn in range(each):
                filled = {
                    "city": cities[turn],
                    "other": cities[turn - 1],
                    "name": names[turn],
                    "friend": names[turn - 2],
                    "day": random_.choice(DAYS[language]),
                    "n": str(random_.randint(2, 38)),
                    "m": str(random_.randint(10, 59)),
                    "k": str(random_.randint(1, 9)),
                    "p": str(random_.randint(10, 95)),
                    "h": str(random_.randint(8, 21)),
                    "big": f"{random_.randint(2, 99)},{random_.randint(100, 999)}",
                }
                name = f"form-{language}-{title}-{turn}-{'series' if series else 'once'}"
                yield {
                    "id": name,
                    "event": name,
                    "source": f"form-source-{turn}",
                    "language": language,
                    "published": (start + timedelta(hours=random_.randint(0, 60))).isoformat(),
                    "title": title.format(**filled),
                    "text": text.format(**filled),
                }
