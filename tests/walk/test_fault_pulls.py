"""A pull that is killed with -9 at any moment leaves the mirror at exactly one export, and the next run goes on.

Real processes against a real server; the campaign (``make faults``) is the same a hundred times. Kills fall at random
between the first byte and the end of a run, so that they hit fetching, applying and putting away alike.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from tests.factories.export_manifests import DEFINITION
from tests.factories.export_servers import ExportServer, export_server
from tests.factories.written_exports import ExportWriter, Written, digest_of, indicator, tombstone

ROOT = Path(__file__).parents[2]
OBJECTS = 3_000
SHORT, LONG = 5, 100


class History:
    """Exports as they were written, and what a mirror holds at each of them."""

    def __init__(self, folder: Path) -> None:
        self.writer = ExportWriter(folder)
        self.states: dict[int, frozenset[str]] = {0: frozenset()}
        self._held: dict[str, dict[str, object]] = {}
        self._made = 0

    def begin(self) -> None:
        objects = self._new(OBJECTS)
        self._wrote(Written(snapshot=objects))

    def go_on(self, random: Random) -> None:
        """Write a delta that brings and takes; now and then with a snapshot, or one that replaces."""
        gone = random.sample(sorted(self._held), 50)
        tombstones = [tombstone(self._held.pop(one), random.choice(["withdrawn", "expired"])) for one in gone]
        new = self._new(300)
        everything = list(self._held.values())
        if random.random() < 0.2:
            self._wrote(Written(snapshot=everything))
        else:
            self._wrote(Written(delta=new, tombstones=tombstones, snapshot=everything if random.random() < 0.3 else None))

    def _new(self, count: int) -> list[dict[str, object]]:
        objects = [indicator(self._made + place, name="x" * 500) for place in range(count)]
        self._made += count
        self._held |= {digest_of(one): one for one in objects}
        return objects

    def _wrote(self, written: Written) -> None:
        self.states[self.writer.write(written).number] = frozenset(self._held)


@pytest.fixture
def history(tmp_path: Path) -> History:
    made = History(tmp_path / "exchange")
    made.begin()
    return made


@pytest.fixture
def server(history: History) -> Iterator[ExportServer]:
    with export_server(history.writer) as running:
        yield running


def command(server: ExportServer, folder: Path) -> Sequence[str]:
    known = () if (folder / "directory.json").exists() else ("--directory-key", server.directory_key.public.keyid)
    return (sys.executable, "-m", "app", "export", "pull", DEFINITION, "--into", str(folder), "--json", *known)


def environment(server: ExportServer) -> dict[str, str]:
    return os.environ | {"BREAKWATER_URL": server.url, "BREAKWATER_TOKEN": "token"}


def pulled(server: ExportServer, folder: Path) -> int:
    done = subprocess.run(command(server, folder), env=environment(server), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["number"])


def killed(server: ExportServer, folder: Path, after_seconds: float) -> bool:
    """Begin a run and kill it; give whether it was still at it."""
    process = subprocess.Popen(command(server, folder), env=environment(server), cwd=ROOT, stdout=subprocess.DEVNULL)
    time.sleep(after_seconds)
    process.kill()
    return process.wait() != 0


def check(folder: Path, states: dict[int, frozenset[str]]) -> int:
    """Give at which number the mirror stands; what it holds is what it held at that export, to the last object."""
    if not (folder / "mirror.db").exists():
        return 0
    with sqlite3.connect(folder / "mirror.db") as database:
        tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'position'").fetchone()[0]
        row = database.execute("SELECT number FROM position").fetchone() if tables else None
        number = row[0] if row else 0
        held = {row[0] for row in database.execute("SELECT content_sha256 FROM object")} if tables else set()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert held == states[number]
    return int(number)


def campaign(history: History, server: ExportServer, folder: Path, kills: int) -> None:
    random = Random(kills)
    began = time.monotonic()
    assert pulled(server, folder / "measured") == 1
    whole = time.monotonic() - began
    mirror, turns, hit = folder / "mirror", 0, 0
    while turns < kills or not hit:
        before = check(mirror, history.states)
        hit += killed(server, mirror, random.uniform(0.2, 1.05) * whole)
        assert check(mirror, history.states) >= before
        if random.random() < 0.6:
            history.go_on(random)
        turns += 1
        if turns >= kills:  # all of them were quicker than the one that was measured, when the machine was busier
            whole /= 2
    newest = max(history.states)
    assert pulled(server, mirror) == check(mirror, history.states) == newest
    assert not list((mirror / "incoming").iterdir())
    verify = ("export", "verify", str(mirror), "--accepted-directory", str(mirror / "directory.json"), "--json")
    done = subprocess.run([sys.executable, "-m", "app", *verify], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_killed_pull_leaves_one_number_and_the_next_goes_on(history: History, server: ExportServer, tmp_path: Path) -> None:
    campaign(history, server, tmp_path, SHORT)


@pytest.mark.campaign
def test_a_hundred_killed_pulls(history: History, server: ExportServer, tmp_path: Path) -> None:
    campaign(history, server, tmp_path, LONG)
