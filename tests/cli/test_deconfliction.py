"""Deconfliction by the command line."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.cli.faults import ExitCode
from app.domain.vocabulary import Role
from app.storage.metadata import metadata
from tests.cli.desk import Desk
from tests.cli.test_overlap import _later, tokens_of
from tests.factories.blinded import NOBODY
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
    mine = register(desk, north, tmp_path / "north", "+1 555 0100\tcase 7", "+1 555 0101")
    assert [(one["label"], one["number"]) for one in mine] == [("case 7", 1), (None, 2)]
    register(desk, south, tmp_path / "south", "+1 (555) 0101")
    [match] = desk.json(north, "deconfliction", "matches", *FOR)["matches"]
    assert (match["interest_id"], match["contact"]) == (mine[1]["id"], "desk-south@example.org")
    assert "desk-north@example.org" in desk.run(south, "deconfliction", "matches", *FOR).stdout
    assert mine[1]["id"] in desk.run(north, "deconfliction", "withdraw", mine[1]["id"]).stdout
    listed = desk.json(north, "deconfliction", "list")["interests"]
    assert [one["ended_at"] is None for one in listed] == [one["id"] != mine[1]["id"] for one in listed]
    assert desk.run(platform, "deconfliction", "matches", *FOR).exit_code == ExitCode.NOT_ALLOWED


def test_an_officer_sees_which_of_its_own_met_and_the_exchange_is_never_told_a_label(desk: Desk, tmp_path: Path) -> None:
    east = desk.running.enrol("Agency Upper", role=Role.LAW_ENFORCEMENT)
    west = desk.running.enrol("Agency Lower", role=Role.LAW_ENFORCEMENT)
    register(desk, west, tmp_path / "west", "+1 555 0142")
    register(desk, east, tmp_path / "east", "+1 555 0141\tcase 117", "+1 555 0142\tcase 118, second telephone")
    book = tmp_path / "east" / "interests.json"
    assert stat.S_IMODE(book.stat().st_mode) == 0o600
    assert "0142" not in book.read_text()
    [match] = desk.json(east, "deconfliction", "matches", "--book", book, *FOR)["matches"]
    assert (match["label"], match["number"], match["tokens"]) == ("case 118, second telephone", 2, "tokens.json")
    told = desk.run(east, "deconfliction", "matches", "--book", book, *FOR).stdout
    assert "case 118" in told
    assert "case 117" not in told
    assert "case 117" in desk.run(east, "deconfliction", "list", "--book", book).stdout
    assert "--book FILE" in desk.run(east, "deconfliction", "matches", *FOR).stdout
    with desk.running.exchange.database.read() as connection:
        tables = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert "case 11" not in repr(tables)


def test_what_is_no_book_is_refused_before_anything_is_registered(desk: Desk, tmp_path: Path) -> None:
    agency = desk.running.enrol("Agency of books", role=Role.LAW_ENFORCEMENT)
    (tmp_path / "interests.json").write_text("{}")
    tokens = tokens_of(desk, agency, tmp_path, "deconfliction", "+1 555 0143")
    terms = ("--kind", "investigation", "--until", _later(desk), "--contact", NOBODY)
    refused = desk.run(agency, "deconfliction", "register", tokens, *terms, *FOR)
    assert (refused.exit_code, "no book" in refused.stderr) == (ExitCode.REFUSED, True)
    assert desk.json(agency, "deconfliction", "list")["interests"] == []
