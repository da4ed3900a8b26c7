from __future__ import annotations

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange

NEW = {"name": "Platform A", "role": "platform", "jurisdiction": "NL"}
REASON = {"reason": "It was looked into."}
IDENTITY = "identity--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def test_an_operator_enrols_a_partner(running_on_both: RunningExchange) -> None:
    answer = running_on_both.operator.post("partners", NEW | {"identity_id": IDENTITY})
    assert answer.status == 201
    made = answer.json
    expected = NEW | {"id": "", "identity_id": IDENTITY, "state": "active", "enrolled_at": "", "parent_id": None}
    assert made | {"id": "", "enrolled_at": ""} == expected
    assert answer.headers["Location"] == f"/api/v1/partners/{made['id']}"
    assert running_on_both.operator.get(answer.headers["Location"]).json == made
    assert running_on_both.operator.get("partners").json == {"partners": [made]}


def test_partners_are_listed_by_name(empty: RunningExchange) -> None:
    for name in ("C", "A", "B"):
        empty.operator.post("partners", NEW | {"name": name})
    assert [one["name"] for one in empty.operator.get("partners").json["partners"]] == ["A", "B", "C"]


def test_an_identity_is_made_where_none_is_given(running: RunningExchange) -> None:
    assert running.operator.post("partners", NEW).json["identity_id"].startswith("identity--")


def test_names_and_identities_are_taken_once(running: RunningExchange) -> None:
    assert running.operator.post("partners", NEW | {"identity_id": IDENTITY}).status == 201
    for again in (NEW, NEW | {"name": "Other", "identity_id": IDENTITY}):
        answer = running.operator.post("partners", again)
        assert (answer.status, answer.code) == (409, "state-conflict")


def test_a_suspended_partner_is_refused_until_it_is_active_again(running: RunningExchange, platform: FakePartner) -> None:
    path = f"partners/{platform.partner_id}"
    assert running.operator.patch(path, {"state": "suspended"}).json["state"] == "suspended"
    refused = platform.get("policy/mine")
    assert (refused.status, refused.code) == (403, "partner-not-active")
    one_alone = running.operator.patch(path, {"state": "active"})
    assert (one_alone.status, one_alone.code) == (403, "approval-needed")
    running.reactivate(platform)
    assert platform.get("policy/mine").status == 200


def test_an_ended_partner_stays_ended(running: RunningExchange, platform: FakePartner) -> None:
    path = f"partners/{platform.partner_id}"
    assert running.operator.patch(path, {"state": "ended"}).status == 200
    for answer in (running.operator.patch(path, {"state": "active"}), running.operator.post(f"{path}/reactivation", REASON)):
        assert (answer.status, answer.code) == (409, "state-conflict")


@pytest.mark.parametrize("changes", [{}, {"state": "gone"}, {"role": "ngo"}, {"state": "active", "name": "X"}])
def test_only_the_state_can_be_changed(running: RunningExchange, platform: FakePartner, changes: dict[str, str]) -> None:
    path = f"partners/{platform.partner_id}"
    before = running.operator.get(path).json
    assert running.operator.patch(path, changes).status == 400
    assert running.operator.get(path).json == before


def test_an_absent_partner_is_not_found(running: RunningExchange) -> None:
    absent = "partners/0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
    assert running.operator.get(absent).status == 404
    assert running.operator.patch(absent, {"state": "active"}).status == 404


def test_partners_do_not_see_the_members_list(platform: FakePartner) -> None:
    for path in ("partners", f"partners/{platform.partner_id}"):
        assert platform.get(path).code == "permission-missing"


def test_relations_are_said_by_operators_and_shown_to_the_partner(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    path = f"partners/{platform.partner_id}/relations"
    said = {"parent_id": hotline.partner_id, "client_of": [hotline.partner_id]}
    assert running.operator.put(path, said).json == said == platform.get(path).json
    assert hotline.get(path).status == 404
    assert platform.put(path, said).code == "permission-missing"


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\u2066"])
def test_a_name_holds_only_what_can_be_seen(running: RunningExchange, platform: FakePartner, unseen: str) -> None:
    refused = running.operator.post("partners", NEW | {"name": f"Platform {unseen}A"})
    assert (refused.status, refused.json["pointer"]) == (400, "/name")
    new = {"partner_id": platform.partner_id, "name": f"Person {unseen}A", "member_roles": ["administrator"]}
    refused = running.operator.post("persons", new)
    assert (refused.status, refused.json["pointer"]) == (400, "/name"), refused.body
