"""What `dateline doctor` looks at on the machine: rights of files, room on disks, limits, its own address."""

from __future__ import annotations

import http.client
import os
import resource
import shutil
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from aggregator.schema import FetchSettings, Secret, Settings, WebSettings, replace

LITTLE = 200_000_000
"""Bytes of room below which Dateline may stop any moment."""
SCARCE = 2_000_000_000
"""Bytes of room below which somebody should look."""
APART = timedelta(seconds=30)
"""How far two clocks may be apart."""
PATIENCE = 5
"""Seconds to wait for our own address."""
_SPARE = 100
"""Open files beside those of connections to origins: database, readers, parsers."""

State = Literal["ok", "mind", "fix"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was found: right, worth a thought, or to be mended."""

    state: State
    words: str


def rights(wanted: Settings) -> Iterator[Remark]:
    """Who may read and change the files of the configuration."""
    secrets = {value for value in _secrets(wanted) if len(value) > 3}
    sound = True
    for path in wanted.files:
        mode = path.stat().st_mode
        if mode & stat.S_IWOTH:
            yield Remark("fix", f"Everyone on this machine can change {path}: chmod o-w {path}")
            sound = False
        if mode & stat.S_IROTH and any(value in path.read_text(encoding="utf-8") for value in secrets):
            yield Remark("fix", f"Everyone on this machine can read the secrets in {path}: chmod o-r {path}")
            sound = False
    if sound:
        yield Remark("ok", "Nobody else can change the configuration or read secrets in it.")


def room(wanted_for: str, folder: Path) -> Remark:
    """How much room the disk of a folder has; of one that is still to be made, its parent's."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"The disk of {wanted_for} ({folder}) has {free / 1e9:.1f} GB left"
    if free < LITTLE:
        return Remark("fix", f"{words}: free space, or Dateline can store nothing any more.")
    return Remark("mind", f"{words}; think of more.") if free < SCARCE else Remark("ok", f"{words}.")


def may_make(folder: Path) -> bool:
    """Whether files may be made in a folder, or the folder itself where it is not there yet."""
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def backups(folder: Path) -> Remark:
    """Whether a backup can be made before the database is brought up to date."""
    if may_make(folder):
        return Remark("ok", f"Backups before an upgrade go to {folder}.")
    return Remark(
        "mind",
        f"No backup can be made in {folder} before an upgrade, which then waits: name a folder of yours as "
        "backup_folder in [store], or make backups yourself and set backups = 0.",
    )


def limits(workers: int, fetch: FetchSettings) -> Remark:
    """Whether the process may open as many files as its workers need."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * workers + fetch.per_host + _SPARE
    if soft < needed:
        return Remark(
            "fix",
            f"This process may open {soft} files and {workers} workers need {needed}: raise LimitNOFILE in the "
            "systemd unit (or ulimit -n), or lower workers in [service].",
        )
    return Remark("ok", f"{soft} files may be open at once; {workers} workers need {needed}.")


def clock(now: datetime, *, server: datetime | None, last_poll: datetime | None) -> Remark:
    """Whether the clock agrees with that of the database's server, and with what is stored."""
    if server and abs(server - now) > APART:
        return Remark(
            "fix",
            f"The clocks of this machine and of the database are {_apart(server, now)} apart: "
            "let both be set by NTP, or intervals between polls are wrong.",
        )
    if last_poll and last_poll - now > APART:
        return Remark(
            "fix",
            f"A poll is stored that lies {_apart(last_poll, now)} in the future: the clock is wrong now or was "
            "then; let it be set by NTP.",
        )
    return Remark("ok", f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC, which agrees with the database.")


def manners(wanted: Settings) -> Iterator[Remark]:
    """Whether publishers can reach the admin, and readers' passwords are safe on their way."""
    web = wanted.web
    if wanted.fetch.contact == FetchSettings().contact:
        yield Remark("mind", "Publishers cannot reach you: set contact in [fetch] to a page or mail address.")
    if web.access == "local":
        return
    if urlsplit(web.base_url).scheme != "https":
        yield Remark(
            "mind",
            "Passwords and sessions of readers go over the network in the clear: put a server that speaks TLS "
            "before it, and set base_url in [web] to its https address.",
        )
    elif not web.trusted_proxies:
        yield Remark(
            "mind",
            "All readers seem to come from one address, so one who guesses passwords locks all out: name the "
            "proxy in trusted_proxies in [web].",
        )


def reach(web: WebSettings, now: datetime) -> Iterator[Remark]:
    """Whether the desk answers where it listens, and where readers find it."""
    here = replace(web, base_url="").address
    answer = _asked(f"{here}/readyz", now)
    if isinstance(answer, str):
        yield Remark("mind", f"Nothing answers at {here} ({answer}); right while Dateline is stopped.")
        return
    status, words, _ = answer
    if status not in (200, 503) or "<" in words or "\n" in words:
        yield Remark(
            "fix", f"Another program answers at {here}: stop it, or let `port` in [web] name another one."
        )
        return
    if status != 200:
        yield Remark("fix", f"The desk at {here} is not ready: {words}")
    else:
        yield Remark("ok", f"The desk answers at {here} and is ready.")
    if web.base_url:
        yield _outside(web.base_url, here, now)


def _outside(address: str, here: str, now: datetime) -> Remark:
    answer = _asked(f"{address}/healthz", now)
    if isinstance(answer, str):
        return Remark(
            "fix",
            f"The desk answers at {here}, but not at its base_url {address} ({answer}): "
            "look at the proxy, its certificate, and the name of the machine.",
        )
    status, words, apart = answer
    if status != 200 or words != "ok":
        return Remark(
            "fix", f"At base_url {address} another server answers (status {status}): mend the proxy."
        )
    if apart > APART:
        return Remark("mind", f"The clock of {address} is {apart} away from that of this machine.")
    return Remark("ok", f"The desk answers at its base_url {address}.")


def _asked(url: str, now: datetime) -> tuple[int, str, timedelta] | str:
    """Status, words and how far its clock is away; or why nothing answered."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        words = answer.read(1000).decode("utf-8", "replace").strip()
        date = answer.headers.get("Date")
        apart = abs(parsedate_to_datetime(date) - now) if date else timedelta()
    except (OSError, http.client.HTTPException, ValueError, TypeError) as error:
        timed_out = isinstance(error, socket.timeout)
        return (
            f"no answer within {PATIENCE} s" if timed_out else getattr(error, "strerror", None) or str(error)
        )
    finally:
        connection.close()
    return answer.status, words, apart


def _secrets(value: object) -> Iterator[str]:
    """Every secret somewhere in the settings; an address of the database only for its password."""
    if isinstance(value, Secret):
        revealed = value.reveal()
        yield (urlsplit(revealed).password or "") if "://" in revealed else revealed
    elif isinstance(value, tuple):
        for one in value:
            yield from _secrets(one)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _secrets(getattr(value, name))


def _apart(one: datetime, other: datetime) -> str:
    return str(timedelta(seconds=round(abs(one - other).total_seconds())))
