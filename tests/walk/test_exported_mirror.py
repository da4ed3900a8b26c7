"""A partner's mirror from its definition to an erased object, over HTTP, on both databases: what it may see is what it holds."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from app.cli.loopback_server import loopback_server
from app.domain.vocabulary import Channel
from breakwater_client.trust.canonical import canonical_bytes
from tests.cli.desk import Desk, key_file, run
from tests.factories.exchanges import FakePartner, Wanted, agreement_document, running_exchange
from tests.factories.stix_objects import indicator, newer

EXPORTS = {"channels": [Channel.REST, Channel.TAXII, Channel.EXPORT]}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with running_exchange(database_url) as running, loopback_server(running.app) as url:
        yield Desk(url, running)


class Mirror:
    """A partner's folder, and what is asked of it."""

    def __init__(self, desk: Desk, reader: FakePartner, folder: Path) -> None:
        self.desk, self.reader, self.folder = desk, reader, folder
        # At the other end of the day: what is exported meanwhile is what was asked for, whatever time it is.
        daily = f"0 {(desk.running.clock().hour + 12) % 24} * * *"
        schedules = ("--snapshots", daily, "--deltas", daily)
        made = desk.json(reader, "export", "define", "nightly", *schedules, "--purpose", "detection", "--ceiling", "amber")
        self.export_id = made["id"]

    def later(self, *options: object) -> dict[str, Any]:
        """Let time pass, have the next export written, and pull it."""
        self.desk.running.clock.shift += timedelta(minutes=5)
        self.desk.json(self.reader, "export", "run", self.export_id)
        self.desk.running.do_all_work()
        known = () if (self.folder / "directory.json").exists() else ("--trust-first",)
        told: dict[str, Any] = self.desk.json(self.reader, "export", "pull", "nightly", "--into", self.folder, *known, *options)
        assert self.held() == self.seen()
        assert told["number"] == told["newest"]
        return told

    def held(self) -> dict[str, str]:
        with sqlite3.connect(self.folder / "mirror.db") as database:
            return dict(database.execute("SELECT stix_id || ' ' || version, content FROM object"))

    def seen(self) -> dict[str, str]:
        """Give what the partner sees now, asked of the exchange."""
        return {f"{one['id']} {one['modified']}": canonical_bytes(one).decode() for one in self.reader.pull_all()}

    def verify(self, *options: object) -> dict[str, Any]:
        trusted = ("--accepted-directory", self.folder / "directory.json", "--state", self.folder / "accepted.json")
        result = run("export", "verify", self.folder, *trusted, "--no-steps", *options, "--json")
        return {"exit_code": result.exit_code, **json.loads(result.stdout or result.stderr)}

    def current(self) -> set[str]:
        with duckdb.connect() as database:
            database.execute((self.folder / "current.sql").read_text())
            return {row[0] for row in database.execute("SELECT id FROM current_object").fetchall()}


def test_a_mirror_holds_what_its_partner_may_see(desk: Desk, tmp_path: Path) -> None:
    running = desk.running
    owner = running.enrol("Owner")
    reader = running.enrol("Reader", Wanted(agreement={"read": EXPORTS}))
    wrong, right, other = indicator(), indicator(), indicator()
    owner.submit(wrong, right)
    mirror = Mirror(desk, reader, tmp_path / "mirror")
    # the first export is a snapshot; what comes later is a delta
    assert mirror.later()["objects"] == 2
    owner.submit(other, newer(right, name="Changed"))
    assert mirror.later()["applied"] == [2]
    assert mirror.current() == {wrong["id"], right["id"], other["id"]}
    assert mirror.verify("--publishers")["verified"]
    # withdrawn, recalled, and answered
    desk.json(owner, "withdraw", wrong["id"], "--reason", "error", "--act", "delete")
    running.do_all_work()
    told = mirror.later("--acknowledge-with", key_file(reader, tmp_path))
    assert wrong["id"] not in {one.partition(" ")[0] for one in mirror.held()}
    assert len(told["recalls"]["answered"]) == 1
    assert desk.json(reader, "recall", "list")["notices"] == []
    assert not [
        one for one in (mirror.folder / "exports").rglob("*") if one.is_file() and wrong["id"].encode() in one.read_bytes()
    ]
    # tampered copies are refused
    shutil.copytree(mirror.folder, tmp_path / "tampered")
    assert mirror.verify()["verified"]
    [*files] = (mirror.folder / "exports").glob("*/*.zst")
    files[-1].write_bytes(files[-1].read_bytes()[:-1])
    assert mirror.verify()["error"]["code"] == "export-different"
    shutil.copy(tmp_path / "tampered" / files[-1].relative_to(mirror.folder), files[-1])
    assert mirror.verify()["verified"]


def test_a_narrowed_policy_empties_the_mirror(desk: Desk, tmp_path: Path) -> None:
    running = desk.running
    owner = running.enrol("Owner")
    reader = running.enrol("Reader", Wanted(agreement={"read": EXPORTS}))
    owner.submit(indicator(), indicator())
    mirror = Mirror(desk, reader, tmp_path / "mirror")
    assert mirror.later()["objects"] == 2
    narrowed = agreement_document(reader.partner_id, reader.audience_id, read=EXPORTS | {"publisher_roles": ["hotline"]})
    running.agree(narrowed)
    running.do_all_work()
    assert mirror.later()["objects"] == 0
    told = mirror.verify()
    assert told["verified"]
    assert told["exports"][-1]["parts"] == ["delta", "tombstones"]
