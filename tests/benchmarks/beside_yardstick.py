"""The exchange and a yardstick in alternation, asked the same by one TAXII client, on one machine in the same minutes.

The yardstick is a folder with ``load.py`` (the client, which checks every answer) and ``floor.py`` (a WSGI application that
stores bytes and gives them back, on the PostgreSQL that ``FLOOR_DSN`` names). It is no part of this project, and not imported.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import make_url

from tests.factories.sandboxes import serving_sandbox

HEADER = "| job | measured | yardstick | ratio | checks |\n|---|---|---|---|---|"
_ROUNDS = 3
_START_SECONDS = 30
# What tells rows of one job apart, and what says that an answer was wrong.
_DETAILS = ("envelope", "limit")
_CHECKS = ("failure", "errors", "missing", "duplicates", "pages_over_limit", "wrong_answers", "lost", "error")


@dataclass(frozen=True)
class Side:
    """A server that the client speaks to: where it is, and as whom."""

    name: str
    root: str
    collection: str
    token: str


def lines(folder: Path, label: str, database_url: str | None, floor_url: str, objects: int) -> Iterator[str]:
    """Measure on both sides, one after the other, several times; give the rows of the table, each the median of its rounds."""
    with (
        tempfile.TemporaryDirectory() as home,
        serving_sandbox(Path(home) / "exchange", database_url, workers=2) as sandbox,
        _floor(folder, floor_url) as root,
    ):
        account = sandbox.account("legacy-a")
        ours = Side(label, account.api_root, "exchange", account.token)
        theirs = Side("yardstick", root, "measured", "none")
        rounds: dict[str, list[list[dict[str, Any]]]] = {label: [], "yardstick": []}
        for number in range(_ROUNDS):
            for side in (ours, theirs) if number % 2 else (theirs, ours):
                rounds[side.name].append(_run(folder, side, objects, seed=number + 1))
    for place, first in enumerate(rounds[label][0]):
        mine, others = ([one[place] for one in rounds[name]] for name in (label, "yardstick"))
        yield _line(label, first, mine, others)


def _phases(objects: int) -> list[str]:
    writing = [f"ingest:{objects // 20}:1", f"ingest:{objects // 4}:100", f"ingest:{objects}:1000"]
    return [*writing, "drain:1000", "drain:100", "incr:60", "get:100", "manifest:60"]


def _run(folder: Path, side: Side, objects: int, seed: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as out:
        result = Path(out) / "result.json"
        command = [sys.executable, str(folder / "load.py"), "--name", side.name, "--root", side.root, "--seed", str(seed)]
        command += ["--collection", side.collection, "--bearer", side.token, "--out", str(result), *_phases(objects)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        rows: list[dict[str, Any]] = json.loads(result.read_text())
        return rows


def _line(label: str, first: dict[str, Any], mine: list[dict[str, Any]], others: list[dict[str, Any]]) -> str:
    job = " ".join([first["phase"], *(f"{name} {first[name]}" for name in _DETAILS if name in first)])
    is_rate = "objects_per_s" in first
    figure, unit = ("objects_per_s", "objects/s") if is_rate else ("p50_ms", "ms")
    here, there = (median(one.get(figure, float("nan")) for one in rows) for rows in (mine, others))
    wrong = {f"{name}={one[name]}" for one in mine for name in _CHECKS if one.get(name)}
    ratio = here / there if is_rate else there / here
    shown = (f"{here:,.0f} {unit}", f"{there:,.0f}") if is_rate else (f"{here:.1f} {unit}", f"{there:.1f}")
    return f"| {job}, {label} | {shown[0]} | {shown[1]} | {ratio:.2f} | {' '.join(sorted(wrong)) or 'ok'} |"


@contextmanager
def _floor(folder: Path, url: str) -> Iterator[str]:
    parsed = make_url(url)
    host = parsed.host or parsed.query.get("host", "")
    named = {"host": host, "port": parsed.port, "user": parsed.username, "password": parsed.password, "dbname": parsed.database}
    dsn = " ".join(f"{name}={value}" for name, value in named.items() if value)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "4", "-b", address]
    process = subprocess.Popen(
        [*command, "--log-level", "error", "--chdir", str(folder), "floor:app"], env=os.environ | {"FLOOR_DSN": dsn}
    )
    try:
        _wait_for(address)
        yield f"http://{address}/r"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
