"""The same mirror over a real server that writes exports by itself and is killed on the way.

It is pulled by the command in processes of its own. What was erased lies nowhere afterwards, and no copy that was tampered with
verifies.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.vocabulary import Channel
from tests.cli.desk import key_file
from tests.factories.exchanges import FakePartner, Wanted
from tests.factories.leases import end_leases
from tests.factories.mortal_servers import ROOT, MortalServer, mortal_server
from tests.factories.stix_objects import indicator

EXPORTS = {"channels": [Channel.REST, Channel.TAXII, Channel.EXPORT]}
# At the other end of the day: what is exported meanwhile is what was asked for, whatever time it is.
DAILY = f"0 {(datetime.now(UTC).hour + 12) % 24} * * *"
SCHEDULES = ("--snapshots", DAILY, "--deltas", DAILY, "--purpose", "detection", "--ceiling", "amber")

ERASED = "A name that is nowhere afterwards"


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[MortalServer]:
    with mortal_server(tmp_path / "exchange", database_url, workers=1) as server:
        yield server


def command(server: MortalServer, who: FakePartner, *arguments: object, fails: bool = False) -> Any:
    """Run a command as its user does, and give its JSON."""
    environment = os.environ | {"BREAKWATER_URL": server.url, "BREAKWATER_TOKEN": who.token or ""}
    line = [sys.executable, "-m", "app", *map(str, arguments), "--json"]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) is fails, done.stderr
    return json.loads(done.stderr if fails else done.stdout)


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def held(folder: Path) -> set[str]:
    with sqlite3.connect(folder / "mirror.db") as database:
        return {row[0] for row in database.execute("SELECT stix_id FROM object WHERE stix_id NOT LIKE 'recall-notice--%'")}


def files_with(folder: Path, needle: str) -> list[Path]:
    found = []
    for parent, _, names in os.walk(folder):
        for file in (Path(parent, name) for name in names):
            with suppress(FileNotFoundError):  # it went while we looked
                found += [file] if needle.encode() in file.read_bytes() else []
    return found


def test_a_mirror_over_a_server_that_is_killed(server: MortalServer, database_url: str, tmp_path: Path) -> None:
    owner, reader = server.enrol("Owner"), server.enrol("Reader", Wanted(agreement={"read": EXPORTS}))
    values = [indicator() for _ in range(39)] + [indicator(name=ERASED)]
    owner.submit(*values)
    defined = command(server, reader, "export", "define", "nightly", *SCHEDULES, "--compression", "none")
    mirror, depot = tmp_path / "mirror", tmp_path / "exchange"

    def pull_after(number: int, *options: object) -> Any:
        command(server, reader, "export", "run", defined["id"])
        server.kill()  # with whatever it was writing
        end_leases(database_url)
        server.start()
        wait_for(lambda: (reader.get(f"exports/{defined['id']}").json["newest"] or {}).get("number", 0) >= number)
        wait_for(lambda: reader.get(f"exports/{defined['id']}").json["newest"]["state"] == "published")
        return command(server, reader, "export", "pull", "nightly", "--into", mirror, *options)

    assert pull_after(1, "--trust-first")["objects"] == len(values)
    assert held(mirror) == {one["id"] for one in values}
    wrong = values[-1]["id"]
    assert files_with(depot / "exports", ERASED)
    command(server, owner, "withdraw", wrong, "--reason", "erasure", "--act", "delete")
    wait_for(lambda: bool(reader.get("notices").json["notices"]))
    told = pull_after(2, "--acknowledge-with", key_file(reader, tmp_path))
    assert len(told["recalls"]["answered"]) == 1
    assert held(mirror) == {one["id"] for one in values} - {wrong}
    wait_for(lambda: not files_with(depot / "exports", ERASED))
    assert not files_with(mirror, ERASED)
    # (verify) what lies here, and what somebody made of it
    trusted = ("--accepted-directory", mirror / "directory.json", "--state", mirror / "accepted.json", "--no-steps")
    assert command(server, reader, "export", "verify", mirror, *trusted)["verified"]
    for number, tampered in enumerate((_cut, _swapped, _withheld)):
        copy = tmp_path / f"copy-{number}"
        shutil.copytree(mirror, copy)
        tampered(copy / "exports")
        refused = command(server, reader, "export", "verify", copy, *trusted, fails=True)
        assert refused["error"]["code"].startswith("export-"), refused


def _cut(exports: Path) -> None:
    file = max(exports.rglob("*.ndjson"), key=lambda one: one.stat().st_size)
    file.write_bytes(file.read_bytes()[:-1])


def _swapped(exports: Path) -> None:
    manifests = list(exports.glob("*/manifest.json"))
    max(manifests).write_bytes(min(manifests).read_bytes())


def _withheld(exports: Path) -> None:
    for one in max(exports.glob("*/manifest.json")).parent.iterdir():
        one.unlink()
