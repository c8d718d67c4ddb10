"""The wheel holds all that the program needs: installed alone, it starts in an empty directory."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 600
"""Seconds after which a command counts as hung."""
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Loop</title><item>
<title>The wheel turns</title><link>http://127.0.0.1/wheel</link><guid>wheel</guid>
</item></channel></rss>"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by hatchling: the installed one if there is one, else pip fetches the version pyproject names."""
    isolation = ["--no-isolation"] if find_spec("hatchling") else []
    out = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--wheel", *isolation, "--outdir", str(out), str(ROOT)], cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def dateline(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The command, in an environment with this wheel and the dependencies of the one the tests run in."""
    environment = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", "--without-pip", str(environment)], cwd=environment)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], cwd=environment)
    (site,) = environment.glob("lib/python*/site-packages")
    # A directory named in a .pth file is searched last, and its own .pth files (the checkout's) are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(environment / "cache"))  # the gazetteer is built anew
        yield environment / "bin" / "dateline"


def run(command: list[str], *, cwd: Path) -> str:
    """What the command prints; a failure shows it. Coverage and the checkout stay out of its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTHONPATH"))}
    finished = subprocess.run(
        command,
        cwd=cwd,
        env=kept,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
    )
    assert finished.returncode == 0, finished.stdout
    return finished.stdout


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "an empty folder"
    folder.mkdir()
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def running(dateline: Path, empty: Path, loopback: Callable[..., Any]) -> Iterator[str]:
    """The address of a running service whose one source has been polled."""

    def publisher(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/rss+xml")])
        return [FEED]

    source = loopback(publisher)
    port = free_port()
    (empty / "config.toml").write_text(
        f'[fetch]\nallow_inside = ["{source.address}"]\n[web]\nport = {port}\n'
        f'[[source]]\nurl = "{source.url}/feed.rss"\n'
    )
    run([str(dateline), "poll"], cwd=empty)
    service = subprocess.Popen(
        [str(dateline), "run"], cwd=empty, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    hung = threading.Timer(PATIENCE, service.kill)
    hung.start()
    assert service.stdout is not None
    said = []
    for line in service.stdout:
        said.append(line)
        if f"127.0.0.1:{port}" in line:
            break
    else:
        pytest.fail("".join(said))
    rest = threading.Thread(target=service.stdout.read)
    rest.start()
    yield f"http://127.0.0.1:{port}"
    service.send_signal(signal.SIGTERM)
    exit_code = service.wait()
    hung.cancel()
    rest.join()
    service.stdout.close()
    assert exit_code == 0


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        text: str = answer.read().decode()
    return text


def test_the_wheel_holds_every_template_static_file_and_migration(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("aggregator", "web")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert wanted - packed == set()
    assert "aggregator/starter.toml" in packed


def test_the_wheel_holds_nothing_but_the_program(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"aggregator", "web"}


def test_the_configuration_of_whoever_builds_the_wheel_is_not_packed() -> None:
    assert '"config.toml"' not in (ROOT / "pyproject.toml").read_text()


def test_a_checkout_starts_with_the_configuration_that_the_wheel_brings() -> None:
    committed = subprocess.run(
        ["git", "show", "HEAD:config.toml"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if committed.returncode:
        pytest.skip("this is no checkout of git")
    assert committed.stdout == (ROOT / "aggregator" / "starter.toml").read_text()


def test_init_and_check_work_in_an_empty_directory(dateline: Path, empty: Path) -> None:
    run([str(dateline), "init"], cwd=empty)
    assert (empty / "config.toml").read_text() == (ROOT / "aggregator" / "starter.toml").read_text()
    run([str(dateline), "check"], cwd=empty)


def test_the_installed_program_is_the_wheel_and_not_the_checkout(dateline: Path, empty: Path) -> None:
    python = str(dateline.parent / "python")
    where = run([python, "-c", "import aggregator, web; print(aggregator.__file__, web.__file__)"], cwd=empty)
    assert str(ROOT) not in where


def test_the_running_wheel_serves_the_reading_list_and_its_style(running: str) -> None:
    page = get(f"{running}/")
    assert "The wheel turns" in page
    style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
    assert style is not None
    assert "{" in get(running + style[1])
