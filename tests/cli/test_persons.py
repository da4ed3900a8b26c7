"""People by the commands: a partner's first administrator, its persons, and staff by two operators."""

from __future__ import annotations

from pathlib import Path

from app.cli.faults import ExitCode
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk, run
from tests.factories.exchanges import Caller


def test_a_partner_keeps_its_persons(desk: Desk, operator: Caller) -> None:
    partner = desk.running.enrol("With people")
    told = desk.run(operator, "person", "add", "Admin A", "--partner", partner.partner_id, "--role", "administrator").stdout
    assert "breakwater credential issue --person" in told
    [first] = desk.json(operator, "person", "list", "--partner", partner.partner_id)["persons"]
    issued = desk.json(operator, "credential", "issue", "--person", first["id"], "--days", 30)
    admin = Caller(operator.transport, issued["token"])
    added = desk.json(admin, "person", "add", "Analyst A", "--role", "analyst", "--role", "reviewer")
    assert added["member_roles"] == ["analyst", "reviewer"]
    assert desk.json(admin, "person", "roles", added["id"], "--role", "read-only")["member_roles"] == ["read-only"]
    assert "read-only" in desk.run(admin, "person", "list").stdout
    token = desk.json(admin, "credential", "issue", "--person", added["id"], "--days", 1)["token"]
    told = desk.run(admin, "person", "add", "Nobody A").stdout
    assert "Without a role they may do nothing yet" in told
    assert "submit" not in desk.run(Caller(operator.transport, token), "person", "list").stdout
    invited = desk.run(admin, "person", "invite", added["id"]).stdout
    assert invited.startswith("http")
    assert "/portal/invitations/bws_" in invited
    assert "Serves once, until " in invited
    gone = desk.run(admin, "person", "leave", added["id"]).stdout
    assert "issued_by" in gone
    assert desk.run(Caller(operator.transport, token), "policy", "mine").exit_code == ExitCode.NOT_ALLOWED
    assert desk.run(admin, "person", "leave", first["id"]).exit_code == ExitCode.REFUSED


def test_two_operators_add_somebody_who_keeps_the_token(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    made = run("credential", "make", "--out", tmp_path / "token")
    assert made.exit_code == 0, made.output
    digest = made.stdout.splitlines()[-1]
    token = (tmp_path / "token").read_text().strip()
    assert token not in made.output
    assert run("credential", "make", "--out", tmp_path / "token").exit_code == ExitCode.REFUSED
    wanted = ("Auditor A", "--role", "auditor", "--token-digest", digest, "--reason", "We need one.")
    proposed = desk.json(operator, "person", "add-staff", *wanted)
    second = desk.running.staff(StaffRole.OPERATOR, Permission)
    desk.json(second, "approval", "approve", proposed["id"], "--digest", proposed["digest"], "--reason", "Agreed.")
    auditor = Caller(operator.transport, token)
    assert proposed["subject"] in desk.run(auditor, "person", "list").stdout
    further = ("--role", "auditor", "--role", "data-protection")
    alone = desk.run(operator, "person", "staff-roles", proposed["subject"], *further)
    assert (alone.exit_code, "[approval-needed]" in alone.stderr) == (ExitCode.NOT_ALLOWED, True)
    asked = desk.json(operator, "person", "staff-roles", proposed["subject"], *further, "--reason", "She took over.")
    assert asked["kind"] == "person-roles"
    assert desk.json(operator, "person", "staff-roles", proposed["subject"])["staff_roles"] == []
