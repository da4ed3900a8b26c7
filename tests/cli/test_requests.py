"""``breakwater request``: asked, answered and closed by commands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.cli.faults import ExitCode
from app.domain.vocabulary import Role
from tests.cli.desk import Desk, write_signed
from tests.factories.exchanges import Wanted
from tests.factories.partner_requests import request_of


def test_a_request_by_commands(desk: Desk, tmp_path: Path) -> None:
    agency = desk.running.enrol("Agency of commands", Wanted(role=Role.LAW_ENFORCEMENT))
    platform = desk.running.enrol("Platform of commands")
    value = request_of("information-request", [platform.identity_id], datetime.now(UTC))
    desk.json(agency, "submit", write_signed(agency, tmp_path / "request.ndjson", value))
    made = desk.json(agency, "request", "start", value["id"], "--clock", "eu-2023-1543-production")
    told = desk.run(platform, "request", "list", "--purpose", "detection")
    assert "You are asked" in told.output
    assert value["id"] in told.output
    answered = desk.run(platform, "request", "answer", made["id"], "--outcome", "declined", "--purpose", "detection")
    assert "Answered: declined" in answered.output
    assert "declined" in desk.run(agency, "request", "show", made["id"]).output
    assert "Closed" in desk.run(agency, "request", "close", made["id"]).output
    assert "2703(f)" in desk.run(agency, "request", "clocks").output
    assert "No hotline" in desk.run(agency, "request", "hotlines", "AQ").output
    assert desk.run(agency, "request", "hotlines", "XX").exit_code == ExitCode.REFUSED
    nothing = desk.run(desk.running.enrol("Nobody"), "request", "list", "--purpose", "detection")
    assert "There are no requests." in nothing.output
