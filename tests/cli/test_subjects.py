"""Requests of persons by the commands, with selectors from a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from app.cli.faults import ExitCode
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


def test_two_persons_answer_somebody_by_the_commands(desk: Desk, operator: Caller, platform: FakePartner, tmp_path: Path) -> None:
    value = indicator(pattern=f"[email-addr:value = '{ADDRESS}']")
    platform.submit(value)
    first = desk.running.staff(StaffRole.DATA_PROTECTION, Permission)
    selectors = tmp_path / "selectors.json"
    selectors.write_text(json.dumps([{"kind": "email", "value": ADDRESS}]))
    asked = ("--reference", "DP-7", "--right", "access", "--received", TODAY, "--selectors", selectors)
    assert "propose-lookup" in desk.run(first, "subject", "open", *asked).stdout
    [request] = desk.json(first, "subject", "list")["requests"]

    def agreed(*command: str) -> None:
        proposed = desk.json(first, "subject", *command, "--reason", "They asked.")
        desk.json(operator, "approval", "approve", proposed["id"], "--digest", proposed["digest"], "--reason", "Agreed.")
        desk.running.do_all_work()

    agreed("propose-lookup", request["id"])
    shown = desk.run(first, "subject", "show", request["id"]).stdout
    assert ADDRESS in shown
    assert value["id"] in shown
    operators = desk.run(operator, "subject", "show", request["id"]).stdout
    assert ADDRESS not in operators
    [found] = desk.json(operator, "subject", "show", request["id"])["findings"]
    for act in ("restrict", "lift"):
        agreed(act, request["id"], "--finding", str(found["number"]))
    agreed("rectify", request["id"], "--ground", "outdated")
    agreed("answer", request["id"], "--ground", "held")
    assert "Statements: 1" in desk.run(first, "subject", "letter", request["id"], "answer").stdout
    agreed("erase", request["id"])
    assert "DP-7" in desk.run(first, "subject", "close", request["id"]).stdout
    assert "lookup" in desk.run(operator, "subject", "figures").stdout


def test_what_cannot_be_is_said(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    first = desk.running.staff(StaffRole.DATA_PROTECTION, Permission)
    selectors = tmp_path / "selectors.json"
    selectors.write_text("no json")
    asked = ("--reference", "DP-8", "--right", "access", "--received", TODAY, "--selectors", selectors)
    assert desk.run(first, "subject", "open", *asked).exit_code == ExitCode.REFUSED
    selectors.write_text(json.dumps([{"kind": "ip", "value": "198.51.100.7"}]))
    assert desk.run(operator, "subject", "open", *asked).exit_code == ExitCode.NOT_ALLOWED
    request = desk.json(first, "subject", "open", *asked)
    assert desk.json(first, "subject", "extend", request["id"], "--ground", "complex")["extension_ground"] == "complex"
    rejected = desk.json(first, "subject", "reject", request["id"], "--ground", "excessive", "--reason", "Again.")
    assert rejected["kind"] == "subject-rejection"
    assert desk.run(first, "subject", "close", request["id"]).exit_code == ExitCode.REFUSED
