"""Proposals by the commands: listing, showing, approving exactly what was shown."""

from __future__ import annotations

from typing import Any

import pytest

from app.cli.approvals import _checked
from app.cli.faults import CommandFault, ExitCode
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller


def suspended(desk: Desk, operator: Caller, name: str) -> str:
    enrolled = desk.json(operator, "partner", "add", name, "--role", "platform", "--jurisdiction", "NL")
    partner_id: str = enrolled["id"]
    desk.json(operator, "partner", "state", partner_id, "suspended")
    return partner_id


def proposed(desk: Desk, operator: Caller, name: str) -> dict[str, Any]:
    arguments = (suspended(desk, operator, name), "--reason", "It was looked into.")
    made: dict[str, Any] = desk.json(operator, "partner", "reactivate", *arguments)
    return made


def test_two_operators_let_a_partner_in_again(desk: Desk, operator: Caller) -> None:
    partner_id = suspended(desk, operator, "Suspended A")
    refused = desk.run(operator, "partner", "state", partner_id, "active")
    assert (refused.exit_code, "[approval-needed]" in refused.stderr) == (ExitCode.NOT_ALLOWED, True)
    told = desk.run(operator, "partner", "reactivate", partner_id, "--reason", "It was looked into.").stdout
    assert "breakwater approval show" in told
    second = desk.running.staff(StaffRole.OPERATOR, Permission)
    [made] = desk.json(second, "approval", "list", "--state", "proposed")["approvals"]
    shown = desk.run(second, "approval", "show", made["id"]).stdout
    assert made["digest"] in shown
    assert f'"partner": "{partner_id}"' in shown
    arguments = (made["id"], "--digest", made["digest"], "--reason", "Agreed.")
    assert desk.run(operator, "approval", "approve", *arguments).exit_code == ExitCode.NOT_ALLOWED
    assert "approved" in desk.run(second, "approval", "approve", *arguments).stdout
    assert desk.json(operator, "approval", "show", made["id"])["state"] == "approved"


def test_a_proposal_is_rejected(desk: Desk, operator: Caller) -> None:
    made = proposed(desk, operator, "Suspended B")
    second = desk.running.staff(StaffRole.OPERATOR, Permission)
    assert "rejected" in desk.run(second, "approval", "reject", made["id"], "--reason", "Not yet.").stdout
    assert made["id"] in desk.run(second, "approval", "list").stdout


def test_a_document_with_another_digest_is_not_shown_as_if_it_were_right() -> None:
    with pytest.raises(CommandFault):
        _checked({"document": {"type": "x"}, "digest": "0" * 64})


def test_a_proposal_names_whom_it_is_about_and_who_made_it(desk: Desk, operator: Caller) -> None:
    made = proposed(desk, operator, "Suspended C")
    told = desk.run(operator, "approval", "show", made["id"]).stdout
    assert f"partner_id: {made['partner_id']} (Suspended C)" in told
    assert f"proposed_by: {made['proposed_by']} (" in told
    listed = desk.run(operator, "approval", "list").stdout
    assert "Suspended C" in listed
    assert max(map(len, listed.splitlines())) <= 150


def test_whoever_may_not_see_names_sees_the_beginning_of_ids(desk: Desk, operator: Caller) -> None:
    made = proposed(desk, operator, "Suspended D")
    bare = desk.running.staff(StaffRole.OPERATOR, [Permission.APPROVALS_READ])
    listed = desk.run(bare, "approval", "list").stdout
    assert made["partner_id"][:8] in listed
    assert "Suspended D" not in listed
