"""Enrolling partners and changing their state."""

from __future__ import annotations

from app.cli.faults import ExitCode
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner

IDENTITY = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"


def test_a_partner_is_enrolled_listed_and_suspended(desk: Desk, operator: Caller) -> None:
    enrolled = desk.json(operator, "partner", "add", "New platform", "--role", "platform", "--jurisdiction", "NL")
    assert enrolled in desk.json(operator, "partner", "list")["partners"]
    assert desk.json(operator, "partner", "state", enrolled["id"], "suspended")["state"] == "suspended"
    assert "suspended" in desk.run(operator, "partner", "list").stdout


def test_a_partner_keeps_the_identity_that_it_has(desk: Desk, operator: Caller) -> None:
    arguments = ("--role", "hotline", "--jurisdiction", "GB", "--identity", IDENTITY)
    told = desk.run(operator, "partner", "add", "New hotline", *arguments).stdout
    assert IDENTITY in told
    assert "breakwater agreement add" in told


def test_a_name_that_is_taken_is_told_in_one_line(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    refused = desk.run(operator, "partner", "add", platform.name, "--role", "platform", "--jurisdiction", "NL")
    assert refused.exit_code == ExitCode.REFUSED
    assert refused.stderr.count("\n") == 1
    assert "[state-conflict]" in refused.stderr


def test_partners_do_not_enrol_partners(desk: Desk, platform: FakePartner) -> None:
    refused = desk.run(platform, "partner", "add", "Mine", "--role", "platform", "--jurisdiction", "NL")
    assert refused.exit_code == ExitCode.NOT_ALLOWED


def test_a_role_that_does_not_exist_is_a_mistake_of_usage(desk: Desk, operator: Caller) -> None:
    arguments = ("--role", "friend", "--jurisdiction", "NL")
    assert desk.run(operator, "partner", "add", "New", *arguments).exit_code == ExitCode.USAGE


def test_an_unknown_partner_has_no_state(desk: Desk, operator: Caller) -> None:
    assert desk.run(operator, "partner", "state", "../keys", "suspended").exit_code == ExitCode.REFUSED


def test_whose_part_and_whose_client_a_partner_is(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    names = ("Parent", "Part")
    parent, part = (
        desk.json(operator, "partner", "add", name, "--role", "platform", "--jurisdiction", "NL")["id"] for name in names
    )
    assert desk.json(operator, "partner", "parent", part, parent) == {"parent_id": parent, "client_of": []}
    assert platform.partner_id in desk.run(operator, "partner", "client", part, platform.partner_id).stdout
    assert desk.json(operator, "partner", "parent", part) == {"parent_id": None, "client_of": [platform.partner_id]}
    found = desk.json(operator, "partner", "show", part)
    assert (found["name"], found["parent_id"], found["client_of"]) == ("Part", None, [platform.partner_id])
    desk.json(operator, "partner", "parent", part, parent)
    told = desk.run(operator, "partner", "show", part).stdout
    assert f"part of: {parent}" in told
    assert f"client of: {platform.partner_id}" in told
    listed = {one["id"]: one["parent_id"] for one in desk.json(operator, "partner", "list")["partners"]}
    assert (listed[part], listed[parent]) == (parent, None)
    desk.json(operator, "partner", "parent", platform.partner_id, parent)
    assert desk.json(platform, "policy", "mine")["partner"]["parent_id"] == parent


def test_why_something_was_stopped_is_kept_and_told(desk: Desk, operator: Caller, platform: FakePartner) -> None:
    credential_id = platform.get("credentials").json["credentials"][0]["id"]
    desk.json(operator, "credential", "revoke", credential_id, "--reason", "The token was seen elsewhere.")
    desk.json(operator, "agreement", "suspend", platform.partner_id, "--reason", "Answers were late.")
    desk.json(operator, "agreement", "end", platform.partner_id, "--reason", "They asked for it.")
    desk.json(operator, "partner", "state", platform.partner_id, "suspended", "--reason", "It was sold.")
    told = desk.json(operator, "partner", "reasons", platform.partner_id)["reasons"]
    assert [(one["stop"], one["subject"], one["reason"]) for one in told] == [
        ("partner-suspension", platform.partner_id, "It was sold."),
        ("agreement-end", "3", "They asked for it."),
        ("agreement-suspension", "2", "Answers were late."),
        ("credential-revocation", credential_id, "The token was seen elsewhere."),
    ]
    assert "They asked for it." in desk.run(operator, "partner", "reasons", platform.partner_id).stdout
    refused = desk.run(operator, "partner", "state", platform.partner_id, "ended", "--reason", "Ask somebody@example.org")
    assert refused.exit_code == ExitCode.REFUSED
