"""Deconfliction by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.cli.faults import ExitCode
from app.domain.vocabulary import Role
from tests.cli.desk import Desk
from tests.cli.test_overlap import _later, tokens_of
from tests.factories.exchanges import FakePartner

FOR = ("--purpose", "investigation")


def register(desk: Desk, agency: FakePartner, folder: Path, *phones: str) -> list[dict[str, Any]]:
    email = f"desk-{agency.name[-5:].lower()}@example.org"
    contact = desk.json(agency, "contact", "add", "--label", "Desk", "--email", email)["id"]
    tokens = tokens_of(desk, agency, folder, "deconfliction", *phones)
    terms = ("--kind", "investigation", "--until", _later(desk), "--contact", contact)
    made: list[dict[str, Any]] = desk.json(agency, "deconfliction", "register", tokens, *terms, *FOR)["interests"]
    return made


def test_two_agencies_find_each_other_by_hand(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    north = desk.running.enrol("Agency North", role=Role.LAW_ENFORCEMENT)
    south = desk.running.enrol("Agency South", role=Role.LAW_ENFORCEMENT)
    mine = register(desk, north, tmp_path / "north", "+1 555 0100", "+1 555 0101")
    assert len(mine) == 2
    register(desk, south, tmp_path / "south", "+1 (555) 0101")
    [match] = desk.json(north, "deconfliction", "matches", *FOR)["matches"]
    assert (match["interest_id"], match["contact"]) == (mine[1]["id"], "desk-south@example.org")
    assert "desk-north@example.org" in desk.run(south, "deconfliction", "matches", *FOR).stdout
    assert mine[1]["id"] in desk.run(north, "deconfliction", "withdraw", mine[1]["id"]).stdout
    listed = desk.json(north, "deconfliction", "list")["interests"]
    assert [one["ended_at"] is None for one in listed] == [one["id"] != mine[1]["id"] for one in listed]
    assert desk.run(platform, "deconfliction", "matches", *FOR).exit_code == ExitCode.NOT_ALLOWED
