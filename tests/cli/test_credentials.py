"""Issuing, listing and revoking tokens."""

from __future__ import annotations

from app.cli.credentials import new_credential
from app.cli.faults import ExitCode
from app.domain.permissions import Permission
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner


def test_a_token_is_issued_used_and_revoked(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    options = ("--partner", platform.partner_id, "--account", "feed reader", "--purpose", "detection", "--days", 1)
    issued = desk.json(operator, "credential", "issue", *options)
    bearer = Caller(platform.transport, issued["token"])
    assert desk.json(bearer, "policy", "mine")["partner"]["id"] == platform.partner_id
    assert desk.json(operator, "credential", "revoke", issued["credential"]["id"])["revoked_at"]
    assert desk.run(bearer, "policy", "mine").exit_code == ExitCode.NOT_ALLOWED


def test_people_are_shown_the_token_once_and_the_list_never_has_it(desk: Desk, platform: FakePartner) -> None:
    told = desk.run(platform, "credential", "issue", "--account", "own", "--scope", "objects:read").stdout
    [token] = [line for line in told.splitlines() if line.startswith("bw_")]
    listed = desk.run(platform, "credential", "list").output
    assert token not in listed
    assert "own" in listed


def test_a_partner_gives_no_more_than_it_has(desk: Desk, platform: FakePartner) -> None:
    issued = desk.json(platform, "credential", "issue", "--account", "narrow", "--scope", "credentials:write")
    narrow = Caller(platform.transport, issued["token"])
    refused = desk.run(narrow, "credential", "issue", "--account", "wider", "--scope", "objects:read")
    assert refused.exit_code == ExitCode.NOT_ALLOWED
    assert "[permission-missing]" in refused.stderr


def test_without_scopes_a_token_has_all_of_a_partners() -> None:
    assert Permission.OBJECTS_READ in new_credential("service", 1)["scopes"]
    assert Permission.PARTNERS_WRITE not in new_credential("service", 1)["scopes"]
    assert new_credential("service", 1, ["keys:read"], purpose="audit") | {"expires_at": ""} == {
        "account": "service",
        "scopes": ["keys:read"],
        "expires_at": "",
        "purpose": "audit",
    }


def test_what_a_leaked_token_issued_goes_with_it(desk: Desk, platform: FakePartner) -> None:
    leaked = desk.json(platform, "credential", "issue", "--account", "leaked")
    further = desk.json(Caller(platform.transport, leaked["token"]), "credential", "issue", "--account", "further", "--days", 1)
    assert further["credential"]["issued_by"] == leaked["credential"]["id"]
    desk.json(platform, "credential", "revoke", leaked["credential"]["id"], "--issued-too")
    assert desk.run(Caller(platform.transport, further["token"]), "policy", "mine").exit_code == ExitCode.NOT_ALLOWED


def test_without_days_a_token_ends_no_later_than_the_one_it_is_issued_with(desk: Desk, operator: Caller) -> None:
    partner = desk.running.enrol("Ends Early")
    options = ("--partner", partner.partner_id, "--role", "administrator")
    ada = desk.json(operator, "person", "add", "Ada", *options)["id"]
    first = desk.json(operator, "credential", "issue", "--person", ada)
    caller = Caller(partner.transport, first["token"])
    grace = desk.json(caller, "person", "add", "Grace", "--role", "analyst")["id"]
    second = desk.json(caller, "credential", "issue", "--person", grace)
    assert second["credential"]["expires_at"] == first["credential"]["expires_at"]
    refused = desk.run(caller, "credential", "issue", "--person", grace, "--days", 700)
    assert refused.exit_code == ExitCode.NOT_ALLOWED
    assert "a later end" in refused.stderr
