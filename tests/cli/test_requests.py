"""``breakwater request``: asked, answered and closed by commands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.cli.faults import ExitCode
from app.domain.vocabulary import Role
from tests.cli.desk import Desk, write_signed
from tests.factories.exchanges import Wanted
from tests.factories.partner_requests import offer_of, request_of


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


def test_access_is_found_asked_for_and_answered_by_commands(desk: Desk, tmp_path: Path) -> None:
    publisher, platform = desk.running.enrol("Publisher of an offer"), desk.running.enrol("Platform that asks")
    offer = offer_of(datetime.now(UTC))
    desk.json(publisher, "submit", write_signed(publisher, tmp_path / "offer.ndjson", offer))
    found = desk.run(platform, "search", "--type", "access-offer", "--purpose", "detection")
    assert f"breakwater request ask-access {offer['id']}" in found.output
    asking = ("--for", "investigation", "--legal-basis", "contract", "--purpose", "detection")
    made = desk.json(platform, "request", "ask-access", offer["id"], *asking)
    assert "access-request" in desk.run(publisher, "request", "list", "--purpose", "detection").output
    told = ("--outcome", "declined", "--reason", "need-not-shown", "--purpose", "detection")
    assert "Answered: declined" in desk.run(publisher, "request", "answer", made["id"], *told).output
    assert "need-not-shown" in desk.run(platform, "request", "show", made["id"]).output
