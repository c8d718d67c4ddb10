"""What is deployed: units, image, containers and dashboard name what there is, and units stay hardened."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Command

from aggregator import settings
from aggregator.cli.main import _COMMANDS, main
from aggregator.metrics import Metrics
from aggregator.schema import Settings
from aggregator.store import Store

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "dateline"}
HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "MemoryDenyWriteExecute": "yes", "UMask": "0077", "CapabilityBoundingSet": "",
}  # fmt: skip
MOST_EXPOSED = 20
"""Tenths of the exposure that systemd reckons; 96 is a unit without any protection."""


def command_of(words: list[str]) -> Command | None:
    """The command that is called, after options of the group."""
    name = next(word for word in words[1:] if word in _COMMANDS)
    return main.get_command(None, name)  # type: ignore[arg-type]


# --- systemd -----------------------------------------------------------------------------------


def unit(path: Path) -> dict[str, list[str]]:
    """The keys of a unit, each with its values in order."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_there_is_and_is_hardened(path: Path) -> None:
    keys = unit(path)
    assert command_of(shlex.split(keys["ExecStart"][0])) is not None
    assert {key: keys[key][0] for key in HARDENED} == HARDENED
    assert int(keys["TimeoutStopSec"][0]) > 10  # Dateline takes ten seconds at most
    configparser.ConfigParser(strict=False, interpolation=None).read_string(path.read_text())


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_a_unit_and_finds_little_exposed(path: Path, tmp_path: Path) -> None:
    """Where there is a systemd; its keys are looked at above in any case."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        assert unit(path)["SystemCallFilter"]
        return
    tried = tmp_path / path.name.replace("@", "@1")
    program = tmp_path / "dateline"  # units must quote a path with blanks
    program.symlink_to(Path(sys.executable).with_name("dateline"))
    tried.write_text(path.read_text().replace("/opt/dateline/bin/dateline", str(program)))
    said = subprocess.run([analyze, "verify", str(tried)], capture_output=True, text=True)
    assert [line for line in said.stderr.splitlines() if path.name.split("@")[0] in line] == []
    limit = ["--offline=true", f"--threshold={MOST_EXPOSED}"]
    judged = subprocess.run([analyze, "security", *limit, str(tried)], capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout + judged.stderr


# --- containers --------------------------------------------------------------------------------


def test_the_image_is_made_of_what_there_is_and_its_configuration_is_right(tmp_path: Path) -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    for line in re.findall(r"^COPY (?!--from)(.*)", text, re.M):
        assert [name for name in line.split()[:-1] if not (ROOT / name).exists()] == []
    (script,) = re.findall(r'^RUN /opt/dateline/bin/python -c "(.*)"$', text, re.M)
    (tmp_path / "aggregator").mkdir()
    (tmp_path / "aggregator" / "starter.toml").write_text((ROOT / "aggregator" / "starter.toml").read_text())
    subprocess.run(
        [sys.executable, "-c", script.replace("/opt/dateline/container.toml", "made.toml")],
        cwd=tmp_path,
        check=True,
    )
    made = settings.load(tmp_path / "made.toml")
    assert (made.web.host, made.web.access) == ("0.0.0.0", "readers")


def test_what_the_image_leaves_out_is_not_copied_into_it() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    assert {name for line in copied for name in line.split()} <= kept


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_a_command_there_is_without_rights(name: str) -> None:
    service = OURS[name]
    assert service["command"][0] == "dateline"
    assert command_of(service["command"]) is not None
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert int(service["stop_grace_period"].removesuffix("s")) > 10


def test_the_containers_are_a_database_a_scheduler_two_workers_and_pages_behind_a_proxy() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"database", "tables", "scheduler", "worker", "web", "proxy"}
    assert services["worker"]["deploy"]["replicas"] == 2
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    for name in ("scheduler", "worker"):
        port = services[name]["command"][-1].rpartition(":")[2]
        assert f"127.0.0.1:{port}/metrics" in services[name]["healthcheck"]["test"][-1]
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert not healthy or "test" in services[other]["healthcheck"]
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
    assert "web:8000" in (DEPLOY / "Caddyfile").read_text()


def desk(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The configuration of the containers, as they read it."""
    for key, value in OURS["web"]["environment"].items():
        monkeypatch.setenv(key, re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]*\}", "hunter22", value))
    return settings.load(DEPLOY / "desk" / "config.toml")


def test_the_configuration_of_the_containers_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    read = desk(monkeypatch)
    assert read.store.url.reveal() == "postgresql+psycopg://dateline:hunter22@database/dateline"
    database = COMPOSE["services"]["database"]["environment"]
    assert (database["POSTGRES_USER"], database["POSTGRES_DB"]) == ("dateline", "dateline")
    assert f"backups:{read.store.backup_folder}" in OURS["tables"]["volumes"]
    assert read.web.base_url == "https://localhost"
    assert read.web.port == 8000


# --- figures -----------------------------------------------------------------------------------


def queries() -> list[str]:
    board: dict[str, Any] = json.loads((DEPLOY / "grafana.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return [*asked, *(one["expr"] for one in board["annotations"]["list"])]


def test_every_figure_of_the_dashboard_is_told(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'dateline.db'}")
    metrics = Metrics(store, lambda: datetime.now(UTC))
    metrics.follow(Flight())
    metrics.watch(Jobs())
    metrics.answered("page", 200, 0.1)
    with metrics.timed("fetch"):
        pass
    told = set(re.findall(r"^(\w+)[ {]", metrics.page().decode(), re.M))
    store.close()
    for query in queries():
        asked = set(re.findall(r"\b(?:dateline|process)_\w+", query))
        assert asked, query
        assert asked - told == set()


class Jobs:
    def standing(self) -> dict[tuple[str, str], int]:
        return {("poll_host", "todo"): 0}


class Flight:
    in_flight = lost = 0
