"""A real exchange with two witnesses, on both databases: cosigned, published, believed; its history rewritten, and found out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.domain.permissions import Permission
from app.domain.read_only import ReadOnlyReason
from app.domain.vocabulary import StaffRole
from app.services.proving.kept_checkpoint import compare
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner, running_exchange
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with running_exchange(database_url) as running, loopback_server(running.app) as url:
        yield Desk(url, running)


def test_two_witnesses_catch_an_exchange_that_rewrites_its_history(desk: Desk, tmp_path: Path) -> None:
    staff, author = desk.running.staff(StaffRole.OPERATOR, Permission), desk.running.enrol("Author")
    pinned = desk.running.exchange.keys.directory.public.keyid
    witnesses: dict[Path, FakePartner] = {}
    for name in ("a", "b"):
        partner, folder = desk.running.enrol(f"Witness {name}"), tmp_path / name
        made = desk.json(partner, "witness", "init", folder, "--directory-key", pinned)
        assert staff.post(f"keys/{made['keyid']}/activation", {}).status == 200
        witnesses[folder] = partner

    def rounds() -> list[int]:
        desk.json(staff, "log", "checkpoint", "--make")
        return [desk.run(partner, "witness", "run", folder, "--once").exit_code for folder, partner in witnesses.items()]

    for _ in range(2):
        author.submit(indicator())
        assert rounds() == [0, 0]
    directory, listed, shown = tmp_path / "directory.json", tmp_path / "witnesses.json", tmp_path / "shown"
    assert desk.run(author, "key", "directory", "fetch", "--out", directory, "--directory-key", pinned).exit_code == 0
    assert desk.run(author, "witness", "list", directory, "--out", listed).exit_code == 0
    assert desk.run(author, "log", "checkpoint", "--cosigned-by", 2, "--out", shown).exit_code == 0
    trust = ("--accepted-directory", directory, "--witnesses", listed, "--no-steps")
    assert desk.run(author, "verify", shown, *trust, "--cosigned-by", 2).exit_code == 0

    # What the exchange's own administrator does: take the last leaves away, and log something else instead.
    exchange = replace(desk.running.exchange, checkpoint_file=tmp_path / "checkpoint")
    (tmp_path / "checkpoint.cosigned").mkdir()
    (tmp_path / "checkpoint.cosigned" / "a").write_bytes((tmp_path / "a" / "cosigned").read_bytes())
    size = int(shown.read_text().split("\n")[1])
    with desk.running.exchange.database.write() as connection:
        lift_guards(connection)
        for statement in (
            "DELETE FROM cosignature",
            "DELETE FROM checkpoint",
            "UPDATE log_leaf SET leaf_hash = (SELECT leaf_hash FROM log_leaf WHERE log_index = 0) WHERE log_index = :last",
        ):
            connection.execute(text(statement), {"last": size - 1} if ":last" in statement else {})
    author.submit(indicator())
    assert rounds() == [ExitCode.FORKED, ExitCode.FORKED]
    for folder in witnesses:
        status = desk.run(author, "witness", "status", folder, "--json")
        assert status.exit_code == ExitCode.FORKED
        [alarm] = json.loads(status.stdout)["alarms"]
        assert alarm["kind"] in {"fork", "unsigned-growth"}
    assert desk.run(author, "log", "checkpoint", "--cosigned-by", 1).exit_code == ExitCode.REFUSED
    assert compare(exchange) is ReadOnlyReason.CHECKPOINT_MISSING
    (tmp_path / "checkpoint").write_text(desk.run(author, "log", "checkpoint").stdout)
    assert compare(exchange) is ReadOnlyReason.LOG_DIFFERENT  # a witness's copy says so, whatever else was put back
