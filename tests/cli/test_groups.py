"""Sharing groups by the command line."""

from __future__ import annotations

from app.cli.faults import ExitCode
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_group_is_made_listed_shown_described_and_deleted(desk: Desk, platform: FakePartner, operator: Caller) -> None:
    own = platform.partner_id
    made = desk.json(operator, "group", "new", "Night desk", "--read", own, "--write", own, "--read", NOBODY, "--no-history")
    assert (made["title"], made["shares_history"], made["managed_by"]) == ("Night desk", False, None)
    rights = {one["partner_id"]: (one["can_read"], one["can_write"]) for one in made["members"]}
    assert rights == {own: (True, True), NOBODY: (True, False)}
    assert "Night desk" in desk.run(platform, "group", "list").stdout
    shown = desk.run(platform, "group", "show", made["id"]).stdout
    assert "read,write" in shown
    assert NOBODY in shown
    assert NOBODY in desk.run(operator, "group", "show", made["id"]).stdout
    assert desk.json(operator, "group", "describe", made["id"], "Who answers")["description"] == "Who answers"
    assert made["id"] in desk.run(operator, "group", "delete", made["id"]).stdout
    assert desk.json(platform, "group", "list")["sharing_groups"] == []


def test_members_are_put_and_removed(desk: Desk, platform: FakePartner) -> None:
    group_id = desk.json(platform, "group", "new", "Day desk", "--history")["id"]
    put = desk.json(platform, "group", "put", group_id, platform.partner_id, "--rights", "write")
    assert (put["can_read"], put["can_write"]) == (False, True)
    for rights in ("both", "read,write"):
        put = desk.json(platform, "group", "put", group_id, platform.partner_id, "--rights", rights)
        assert (put["can_read"], put["can_write"]) == (True, True)
    assert desk.json(platform, "group", "remove", group_id, platform.partner_id)["members"] == []


def test_a_title_with_a_dot_is_refused(desk: Desk, platform: FakePartner) -> None:
    refused = desk.run(platform, "group", "new", "desk.night", "--no-history")
    assert refused.exit_code == ExitCode.REFUSED
    assert "(at /title)" in refused.stderr


def test_whether_history_is_shared_and_which_rights_a_member_has_must_be_said(desk: Desk, platform: FakePartner) -> None:
    assert desk.run(platform, "group", "new", "Late desk").exit_code == ExitCode.USAGE
    assert desk.run(platform, "group", "put", NOBODY, NOBODY).exit_code == ExitCode.USAGE
    made = desk.json(platform, "group", "list")["sharing_groups"]
    assert "Late desk" not in {one["title"] for one in made}
