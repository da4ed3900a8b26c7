from __future__ import annotations

from typing import Any

import pytest

from tests.factories.exchanges import Caller, FakePartner, RunningExchange

NOBODY = "00000000-0000-4000-8000-000000000000"
BOTH = {"can_read": True, "can_write": True}


def make(caller: Caller, title: str, *members: FakePartner, **changes: Any) -> dict[str, Any]:
    listed = [{"partner_id": one.partner_id, **BOTH} for one in members]
    document = {"title": title, "description": "For tests", "shares_history": True, "members": listed}
    answer = caller.post("sharing-groups", document | changes)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"/api/v1/sharing-groups/{made['id']}"
    return made


def test_a_group_is_made_shown_described_and_deleted(platform: FakePartner, hotline: FakePartner) -> None:
    made = make(platform, "Desk A", hotline)
    path = f"sharing-groups/{made['id']}"
    assert (made["managed_by"], made["is_managed"], made["can_read"]) == (platform.partner_id, True, False)
    assert [(one["partner_id"], one["can_read"], one["can_write"]) for one in made["members"]] == [
        (hotline.partner_id, True, True)
    ]
    assert platform.get(path).json == made
    listed = platform.get("sharing-groups").json
    assert made in listed["sharing_groups"]
    assert (listed["first"], listed["count"], listed["more"], listed["previous"]) == (1, 1, False, None)
    assert platform.get("sharing-groups", query={"next": listed["next"]}).json["sharing_groups"] == []
    assert platform.patch(path, {"description": "Other"}).json == made | {"description": "Other"}
    assert platform.delete(path).json == {"id": made["id"]}
    assert platform.get(path).status == platform.delete(path).status == hotline.get(path).status == 404


def test_members_are_put_changed_and_removed(platform: FakePartner, hotline: FakePartner) -> None:
    made = make(platform, "Desk B")
    path = f"sharing-groups/{made['id']}"
    assert hotline.get(path).status == 404
    for rights in (BOTH, {"can_read": True, "can_write": False}):
        for _ in range(2):
            assert platform.put(f"{path}/members/{hotline.partner_id}", rights).status == 200
        seen = hotline.get(path).json
        assert {name: seen[name] for name in rights} == rights
        assert seen["is_managed"] is False
        assert [one["partner_id"] for one in seen["members"]] == [hotline.partner_id]
    for _ in range(2):
        assert platform.delete(f"{path}/members/{hotline.partner_id}").json == made
    assert hotline.get(path).status == 404


def test_who_is_in_a_group_and_does_not_manage_it_changes_nothing(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    made = make(running.operator, "Desk C", platform)
    path = f"sharing-groups/{made['id']}"
    for caller, status in ((platform, 403), (hotline, 404)):
        assert caller.patch(path, {"description": ""}).status == status
        assert caller.put(f"{path}/members/{NOBODY}", BOTH).status == status
        assert caller.delete(f"{path}/members/{NOBODY}").status == status
        assert caller.delete(path).status == status
    assert running.operator.get(path).json == made


def test_a_member_leaves_and_operators_narrow_a_partners_group(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    path = f"sharing-groups/{make(platform, 'Desk H', platform, hotline)['id']}"
    left = hotline.delete(f"{path}/members/{hotline.partner_id}")
    assert (left.status, left.json["can_read"], left.json["members"]) == (200, False, None)
    assert hotline.get(path).status == hotline.delete(f"{path}/members/{hotline.partner_id}").status == 404
    writing = {"can_read": False, "can_write": True}
    for rights, status in ((writing, 200), (BOTH, 403)):
        assert running.operator.put(f"{path}/members/{platform.partner_id}", rights).status == status
    assert running.operator.delete(f"{path}/members/{platform.partner_id}").json["members"] == []
    assert running.operator.put(f"{path}/members/{hotline.partner_id}", BOTH).status == 403
    assert running.operator.delete(path).status == 200


def test_an_id_that_no_partner_has_is_answered_as_one_that_some_partner_has(platform: FakePartner, hotline: FakePartner) -> None:
    path = f"sharing-groups/{make(platform, 'Desk D')['id']}/members"
    headers = {"X-Request-Id": "same"}
    answers = [platform.put(f"{path}/{one}", BOTH, headers=headers) for one in (NOBODY, hotline.partner_id)]
    assert [one.status for one in answers] == [200, 200]
    assert [{member["partner_id"] for member in one.json["members"]} for one in answers] == [
        {NOBODY},
        {NOBODY, hotline.partner_id},
    ]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": "a.b"}, "/title"),
        ({"title": ""}, "/title"),
        ({"title": " a"}, "/title"),
        ({"title": "a" * 101}, "/title"),
        ({"title": 7}, "/title"),
        ({"description": "a" * 2001}, "/description"),
        ({"description": "\u0000"}, "/description"),
        ({"description": "two\nlines"}, "/description"),
        ({"description": "un\u200bseen"}, "/description"),
        ({"title": "un\u200bseen"}, "/title"),
        ({"title": "soft\u00adly"}, "/title"),
        ({"title": "\u202edesk"}, "/title"),
        ({"shares_history": "yes"}, "/shares_history"),
        ({"members": [{"partner_id": "nobody", **BOTH}]}, "/members/0/partner_id"),
        ({"members": [{"partner_id": NOBODY, "can_read": True}]}, "/members/0/can_write"),
        ({"members": [{"partner_id": NOBODY, "can_read": False, "can_write": False}]}, None),
        ({"members": [{"partner_id": NOBODY, **BOTH}] * 2}, "/members"),
        ({"manager": NOBODY}, "/manager"),
    ],
)
def test_a_bad_group_is_refused_where_it_is_bad(platform: FakePartner, changes: dict[str, Any], pointer: str | None) -> None:
    document = {"title": "Desk E", "description": "", "shares_history": True, "members": []}
    answer = platform.post("sharing-groups", document | changes)
    assert (answer.status, answer.json.get("pointer")) == (400, pointer)


def test_a_member_without_a_right_and_one_that_is_no_id_are_refused(platform: FakePartner) -> None:
    path = f"sharing-groups/{make(platform, 'Desk F')['id']}/members"
    assert platform.put(f"{path}/{NOBODY}", {"can_read": False, "can_write": False}).status == 400
    assert platform.put(f"{path}/nobody", BOTH).status == 400
    assert platform.put(f"{path}/{NOBODY}", {"can_read": True}).status == 400


def test_the_same_key_makes_one_group_and_a_title_is_taken_once(platform: FakePartner, hotline: FakePartner) -> None:
    document = {"title": "Desk G", "shares_history": False}
    first, again = (platform.post("sharing-groups", document, headers={"Idempotency-Key": "g"}) for _ in range(2))
    assert (first.status, first.json) == (201, again.json)
    taken = hotline.post("sharing-groups", document)
    assert (taken.status, taken.code) == (409, "state-conflict")


def test_members_fetch_the_keys_for_their_tokens_and_no_answer_is_stored(platform: FakePartner, hotline: FakePartner) -> None:
    path = f"sharing-groups/{make(platform, 'Desk K', platform, hotline)['id']}/token-keys"
    mine, theirs = platform.get(path), hotline.get(path)
    assert (mine.status, mine.json, mine.headers["Cache-Control"]) == (200, theirs.json, "no-store")
    [key] = mine.json["keys"]
    assert key["key"].startswith("bwtk_")
    assert (key["number"], key["cause"], key["ended_at"]) == (1, "first", None)


def test_a_new_epoch_begins_on_request_and_when_a_member_leaves(platform: FakePartner, hotline: FakePartner) -> None:
    group = f"sharing-groups/{make(platform, 'Desk L', platform, hotline)['id']}"
    begun = platform.post(f"{group}/token-keys/rotation", {"epoch_days": 30})
    assert (begun.status, begun.json["epoch_days"], "key" in begun.json) == (201, 30, False)
    assert hotline.get(f"{group}/token-keys").json["keys"][0]["epoch"] == begun.json["epoch"]
    assert platform.post(f"{group}/token-keys/rotation", {}).code == "state-conflict"
    assert hotline.post(f"{group}/token-keys/rotation", {}).status == 403
    assert hotline.delete(f"{group}/members/{hotline.partner_id}").status == 200
    assert hotline.get(f"{group}/token-keys").status == 404
    assert hotline.post(f"{group}/token-keys/rotation", {}).status == 404
    after = platform.get(f"{group}/token-keys").json["keys"]
    assert [one["cause"] for one in after] == ["member-left", "request"]
    assert after[1]["ended_at"] == after[0]["begun_at"]


def test_keys_are_for_partners_that_read(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    writing = {"partner_id": hotline.partner_id, "can_read": False, "can_write": True}
    group_id = make(platform, "Desk M", members=[writing])["id"]
    for caller in (platform, hotline, running.operator):
        answer = caller.get(f"sharing-groups/{group_id}/token-keys")
        assert (answer.status, answer.code) == (403, "permission-missing")
