"""``/signing-tasks`` from outside: a signer with its token, and all who must not."""

from __future__ import annotations

from typing import Any

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.signing_tasks import waiting_task
from tests.factories.stix_objects import indicator


def signed(partner: FakePartner, document: dict[str, Any]) -> dict[str, Any]:
    return {"signed": document | {"objects": [partner.sign(value) for value in document["objects"]]}}


def test_a_signer_fetches_signs_and_hands_in_once(running: RunningExchange, platform: FakePartner) -> None:
    value = indicator()
    made = waiting_task(running, platform.partner_id, value)
    [listed] = platform.get("signing-tasks", query={"state": "waiting"}).json["tasks"]
    assert (listed["id"], listed["digest"], "document" in listed) == (made.task_id, made.digest, False)
    path = f"signing-tasks/{made.task_id}"
    seen = platform.get(path).json
    assert (seen["state"], seen["made_by"], seen["approved_by"]) == ("waiting", made.made_by, made.approved_by)
    handed = signed(platform, seen["document"])
    done = platform.post(f"{path}/signed", handed)
    assert (done.status, done.json["state"], done.json["document"]) == (200, "done", None)
    assert platform.post(f"{path}/signed", handed).json == done.json
    assert platform.get(path).json == done.json
    assert platform.get(f"submissions/{done.json['reference']}").json["results"][0]["id"] == value["id"]
    assert platform.get("signing-tasks", query={"state": "waiting"}).json["tasks"] == []


def test_another_partners_task_is_absent(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    made = waiting_task(running, platform.partner_id)
    path = f"signing-tasks/{made.task_id}"
    handed = signed(hotline, platform.get(path).json["document"])
    absent = hotline.get("signing-tasks/00000000-0000-4000-8000-000000000000")
    for answer in (hotline.get(path), hotline.post(f"{path}/signed", handed)):
        assert (answer.status, answer.json["detail"]) == (404, absent.json["detail"])
    assert hotline.get("signing-tasks").json["tasks"] == []


def test_a_changed_object_another_key_or_no_signature_is_refused(running: RunningExchange, platform: FakePartner) -> None:
    made = waiting_task(running, platform.partner_id)
    path = f"signing-tasks/{made.task_id}"
    document = platform.get(path).json["document"]
    other = {"signed": document | {"objects": [platform.sign(indicator())]}}
    assert platform.post(f"{path}/signed", other).code == "request-invalid"
    assert platform.post(f"{path}/signed", {"signed": document}).code == "signature-missing"
    assert platform.post(f"{path}/signed", {"signed": {}}).status == 400
    platform.post(f"keys/{platform.key.public.keyid}/revocation")
    assert platform.post(f"{path}/signed", signed(platform, document)).code == "key-not-active"
    assert platform.get(path).json["state"] == "waiting"


def test_a_reviewer_looks_and_does_not_sign_and_a_reader_does_neither(running: RunningExchange, platform: FakePartner) -> None:
    made = waiting_task(running, platform.partner_id)
    path, administrator = f"signing-tasks/{made.task_id}", running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    document = platform.get(path).json["document"]
    reviewer = running.person(platform, administrator, MemberRole.REVIEWER)
    assert reviewer.get(path).status == 200
    assert reviewer.post(f"{path}/signed", signed(platform, document)).code == "permission-missing"
    reader = running.person(platform, administrator, MemberRole.READ_ONLY)
    assert reader.get(path).code == reader.get("signing-tasks").code == "permission-missing"
    analyst = running.person(platform, administrator, MemberRole.ANALYST)
    assert analyst.post(f"{path}/signed", signed(platform, document)).json["state"] == "done"


def test_pages_of_tasks_go_on(running: RunningExchange, platform: FakePartner) -> None:
    made = [waiting_task(running, platform.partner_id).task_id for _ in range(3)]
    first = platform.get("signing-tasks", query={"limit": "2"}).json
    rest = platform.get("signing-tasks", query={"limit": "2", "next": first["next"]}).json
    assert {one["id"] for one in first["tasks"] + rest["tasks"]} == set(made)
    assert (first["more"], rest["more"]) == (True, False)
