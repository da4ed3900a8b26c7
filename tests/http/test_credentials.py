from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.permissions import Permission
from tests.factories.exchanges import PARTNER_SCOPES, Caller, FakePartner, RunningExchange, Wanted

LONG = "2099-01-01T00:00:00.000000Z"
SOON = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")


def wanted(**changes: Any) -> dict[str, Any]:
    return {"account": "sync", "scopes": ["objects:read"], "tlp_ceiling": "green", "expires_at": SOON} | changes


def test_an_operator_issues_a_token_that_works(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A")
    document = wanted(partner_id=partner.partner_id, purpose="detection", expires_at=LONG)
    answer = running_on_both.operator.post("credentials", document)
    assert answer.status == 201
    issued = answer.json
    record = issued["credential"]
    assert record | {"id": "", "issued_by": "", "created_at": ""} == {
        "id": "",
        "name": "sync",
        "partner_id": partner.partner_id,
        "person_id": None,
        "issued_by": "",
        "scopes": ["objects:read"],
        "purpose": "detection",
        "tlp_ceiling": "green",
        "created_at": "",
        "expires_at": LONG,
        "revoked_at": None,
    }
    assert Caller(running_on_both.transport, issued["token"]).get("objects").status == 200
    listed = running_on_both.operator.get("credentials").json["credentials"]
    assert record in listed
    assert issued["token"] not in str(listed)


def test_a_partner_issues_to_itself_no_more_than_it_has(platform: FakePartner) -> None:
    assert platform.post("credentials", wanted()).json["credential"]["partner_id"] == platform.partner_id
    for more in ({"scopes": ["partners:read"]}, {"tlp_ceiling": "red"}, {"expires_at": LONG}):
        answer = platform.post("credentials", wanted(**more))
        assert (answer.status, answer.code) == (403, "permission-missing")


def test_a_partner_issues_to_nobody_else(platform: FakePartner, hotline: FakePartner) -> None:
    assert platform.post("credentials", wanted(partner_id=hotline.partner_id)).status == 404
    assert platform.post("credentials", wanted(partner_id=platform.partner_id)).status == 201


def test_an_operator_names_the_partner(running: RunningExchange) -> None:
    for document in (wanted(), wanted(partner_id=None), wanted(partner_id="0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11")):
        assert running.operator.post("credentials", document).status == 404


def test_a_partner_lists_its_own_credentials(platform: FakePartner, hotline: FakePartner) -> None:
    assert {one["partner_id"] for one in platform.get("credentials").json["credentials"]} == {platform.partner_id}
    assert hotline.partner_id != platform.partner_id


def test_credentials_come_in_pages(platform: FakePartner) -> None:
    ids = [platform.post("credentials", wanted()).json["credential"]["id"] for _ in range(3)]
    first = platform.get("credentials", query={"limit": "2"}).json
    second = platform.get("credentials", query={"limit": "2", "next": first["next"]}).json
    assert sorted(one["id"] for page in (first, second) for one in page["credentials"] if one["id"] in ids) == sorted(ids)
    assert [(page["first"], page["count"], page["more"]) for page in (first, second)] == [(1, 4, True), (3, 4, False)]
    assert platform.get("credentials", query={"limit": "2", "next": second["previous"]}).json == first
    assert platform.get("credentials", query={"next": "A" * 40}).code == "cursor-invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": ["objects:everything"]},
        {"scopes": "objects:read"},
        {"account": ""},
        {"account": "x" * 101},
        {"account": "a\u0000b"},
        {"purpose": "curiosity"},
        {"tlp_ceiling": "white"},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "soon"},
        {"partner_id": "x"},
        {"token": "mine"},
    ],
)
def test_a_malformed_request_issues_nothing(platform: FakePartner, change: dict[str, Any]) -> None:
    before = platform.get("credentials").json
    assert platform.post("credentials", wanted(**change)).status == 400
    assert platform.get("credentials").json == before


def test_a_revoked_token_is_nobodys(running: RunningExchange, platform: FakePartner) -> None:
    issued = platform.post("credentials", wanted()).json
    path = f"credentials/{issued['credential']['id']}/revocation"
    first = running.operator.post(path)
    assert first.json["revoked_at"] is not None
    assert platform.post(path).json == first.json
    assert Caller(running.transport, issued["token"]).get("objects").status == 401


def test_what_a_credential_issued_is_revoked_with_it_if_asked(running: RunningExchange, platform: FakePartner) -> None:
    first = platform.post("credentials", wanted(scopes=["credentials:write"])).json
    further = Caller(running.transport, first["token"]).post("credentials", wanted(scopes=[])).json["credential"]
    assert further["issued_by"] == first["credential"]["id"]
    path = f"credentials/{first['credential']['id']}/revocation"
    for asked, ends in (("false", False), ("true", True)):
        assert platform.post(path, query={"issued_too": asked}).status == 200
        [listed] = [one for one in platform.get("credentials").json["credentials"] if one["id"] == further["id"]]
        assert (listed["revoked_at"] is not None) is ends
    assert platform.post(path, query={"issued_too": "perhaps"}).status == 400


def test_nobody_revokes_anothers_credential(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    issued = platform.post("credentials", wanted()).json
    path = f"credentials/{issued['credential']['id']}/revocation"
    assert hotline.post(path).status == 404
    assert hotline.post("credentials/absent/revocation").body[:100] == hotline.post(path).body[:100]
    operators = [one for one in running.operator.get("credentials").json["credentials"] if one["partner_id"] is None]
    assert hotline.post(f"credentials/{operators[0]['id']}/revocation").status == 404
    assert Caller(running.transport, issued["token"]).get("objects", headers={"Breakwater-Purpose": "detection"}).status == 200


def test_an_expired_token_is_nobodys(running: RunningExchange, platform: FakePartner) -> None:
    running.clock.shift = timedelta(days=801)
    assert platform.get("policy/mine").status == 401


def test_a_scope_is_needed_for_each_thing(running: RunningExchange) -> None:
    bare = running.enrol("Platform A", Wanted(scopes=frozenset({Permission.POLICY_READ})))
    assert bare.get("policy/mine").status == 200
    assert bare.pull().code == "permission-missing"
    assert Permission.OBJECTS_READ in PARTNER_SCOPES
