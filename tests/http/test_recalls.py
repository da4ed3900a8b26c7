from __future__ import annotations

from typing import Any

import pytest

from app.domain.permissions import Permission
from tests.factories.exchanges import PARTNER_SCOPES, FakePartner, RunningExchange
from tests.factories.stix_objects import indicator, newer

ABSENT = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
SECOND = "2026-01-06T10:00:00.000Z"


def withdraw(partner: FakePartner, stix_id: str, document: Any = None, **options: Any) -> Any:
    return partner.post(f"objects/{stix_id}/withdrawal", {} if document is None else document, **options)


def test_an_owner_takes_its_object_back_and_who_was_given_it_is_told(running_on_both: RunningExchange) -> None:
    owner, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    value = indicator()
    owner.submit(value, newer(value, SECOND))
    cursor = reader.pull().json["next"]
    answer = withdraw(owner, value["id"], {"reason": "error", "act": "delete"})
    assert answer.status == 201
    recall_id = answer.json["recall_id"]
    assert answer.headers["Location"] == f"/api/v1/recalls/{recall_id}"
    for partner in (owner, reader):
        for rest in ("", "/versions", f"/versions/{SECOND}"):
            refused = partner.read(f"/{value['id']}{rest}")
            assert (refused.status, refused.code) == (404, "not-found")
    assert owner.get(f"recalls/{recall_id}").json["notified_at"] is None
    running_on_both.do_all_work()
    [notice] = reader.pull(next=cursor).json["objects"]
    assert (notice["type"], notice["reason"], notice["act"]) == ("recall-notice", "error", "delete")
    assert [one["stix_id"] for one in notice["recalled"]] == [value["id"]] * 2
    recall = owner.get(f"recalls/{recall_id}").json
    assert recall["notified_at"] is not None
    [told] = recall["told"]
    assert (told["id"], told["name"], told["answered_at"], told["outcomes"]) == (reader.partner_id, "Hotline A", None, {})
    assert [(one["id"], one["version"]) for one in recall["objects"]] == [(value["id"], value["modified"]), (value["id"], SECOND)]
    assert [one["payload_digest"] for one in recall["objects"]] == [one["payload_digest"] for one in notice["recalled"]]


def test_one_version_is_taken_back(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    platform.submit(value, newer(value, SECOND))
    assert withdraw(platform, value["id"], {"versions": ["2026-01-06T10:00:00Z"]}).status == 201
    assert [one["version"] for one in hotline.read(f"/{value['id']}/versions").json["versions"]] == [value["modified"]]
    assert withdraw(platform, value["id"], {"versions": [SECOND]}).status == 404


def test_what_is_absent_and_what_is_withdrawn_answer_alike(platform: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    withdraw(platform, value["id"])
    absent, gone = (withdraw(platform, stix_id, headers={"X-Request-Id": "same"}) for stix_id in (ABSENT, value["id"]))
    assert (absent.status, absent.body) == (404, gone.body)


def test_anothers_object_is_not_withdrawn(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    assert hotline.object(value["id"]).status == 200
    assert withdraw(hotline, value["id"]).status == 404
    assert platform.object(value["id"]).status == 200


def test_a_withdrawn_version_sent_again_is_refused_per_object(platform: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    withdraw(platform, value["id"])
    again, fresh = platform.submit(value, newer(value, SECOND)).json["results"]
    assert (again["status"], again["code"], again["refusal_pointer"]) == ("refused", "version-withdrawn", "/objects/0/modified")
    assert fresh["status"] == "stored"


def test_the_same_key_withdraws_once(platform: FakePartner) -> None:
    value, other = indicator(), indicator()
    platform.submit(value, other)
    key = {"Idempotency-Key": "once"}
    first, again = (withdraw(platform, value["id"], headers=key) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json)
    assert withdraw(platform, value["id"], {"act": "delete"}, headers=key).code == "idempotency-key-reused"
    assert withdraw(platform, other["id"], headers=key).code == "idempotency-key-reused"


@pytest.mark.parametrize(
    "document", [{"version": SECOND}, {"versions": []}, {"reason": "regret"}, {"act": "burn"}, {"act": "review"}, []]
)
def test_a_body_that_is_not_understood_withdraws_nothing(platform: FakePartner, document: Any) -> None:
    value = indicator()
    platform.submit(value)
    assert withdraw(platform, value["id"], document).status == 400
    assert platform.object(value["id"]).status == 200


def test_a_credential_without_the_right_to_submit_withdraws_nothing(running: RunningExchange) -> None:
    reader = running.enrol("Reader alone", scopes=PARTNER_SCOPES - {Permission.OBJECTS_SUBMIT})
    assert (withdraw(reader, ABSENT).status, withdraw(reader, ABSENT).code) == (403, "permission-missing")


def test_recalls_are_listed_page_by_page_to_their_owner_alone(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    values = [indicator() for _ in range(3)]
    platform.submit(*values)
    made = [withdraw(platform, value["id"]).json["recall_id"] for value in values]
    running.do_all_work()
    first = platform.get("recalls", query={"limit": 2}).json
    assert ([one["id"] for one in first["recalls"]], first["more"]) == (made[:2], True)
    last = platform.get("recalls", query={"limit": 2, "next": first["next"]}).json
    assert ([one["id"] for one in last["recalls"]], last["more"]) == (made[2:], False)
    assert platform.get("recalls", query={"next": last["next"]}).json["recalls"] == []
    assert hotline.get("recalls").json["recalls"] == []
    assert hotline.get("recalls", query={"next": first["next"]}).code == "cursor-invalid"
    assert hotline.get(f"recalls/{made[0]}").status == 404
    assert platform.get("recalls/nonsense").status == 404


def test_the_exchanges_key_is_found_as_a_partners(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    hotline.pull()
    withdraw(platform, value["id"])
    running.do_all_work()
    [notice] = hotline.pull_all(type="recall-notice")
    [entry] = next(one for one in notice["extensions"].values() if "signatures" in one)["signatures"]
    known = hotline.get(f"keys/{entry['keyid']}").json
    home = running.anybody.get("exchange").json
    assert (known["key"]["keyid"], known["key"]["public_key"]) == (home["keyid"], home["public_key"])
    assert known["owner"]["identity_id"] == entry["signer"] == notice["created_by_ref"] == f"identity--{home['id']}"
    assert known["key"]["state"] == "active"
