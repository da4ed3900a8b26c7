from __future__ import annotations

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole
from app.services.offline.make_token import make_token
from tests.factories.exchanges import Caller, FakePartner, RunningExchange

ANALYST = {"name": "Analyst A", "member_roles": ["analyst"]}


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Caller:
    """A person who administers the platform."""
    return running.person(platform, running.operator, MemberRole.ADMINISTRATOR)


def test_an_administrator_adds_changes_and_lets_go(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A")
    admin = running_on_both.person(partner, running_on_both.operator, MemberRole.ADMINISTRATOR)
    answer = admin.post("persons", ANALYST)
    assert answer.status == 201
    made = answer.json
    assert (made["name"], made["member_roles"], made["partner_id"]) == ("Analyst A", ["analyst"], partner.partner_id)
    path = answer.headers["Location"]
    assert path == f"/api/v1/persons/{made['id']}"
    changed = admin.patch(path, {"member_roles": ["reviewer", "analyst"]})
    assert (changed.status, changed.json["member_roles"]) == (200, ["analyst", "reviewer"])
    assert changed.json in admin.get("persons").json["persons"]
    gone = admin.post(f"{path}/departure")
    assert gone.json["left_at"] is not None
    assert admin.get(path).json == gone.json == admin.post(f"{path}/departure").json


def test_roles_count_from_the_next_request_on(running: RunningExchange, platform: FakePartner, administrator: Caller) -> None:
    analyst = running.person(platform, administrator, MemberRole.ANALYST)
    assert analyst.post("submissions", {"objects": []}).status == 400
    [person_id] = [one["id"] for one in administrator.get("persons").json["persons"] if one["member_roles"] == ["analyst"]]
    administrator.patch(f"persons/{person_id}", {"member_roles": ["read-only"]})
    assert analyst.post("submissions", {"objects": []}).code == "permission-missing"
    assert analyst.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 200
    administrator.post(f"persons/{person_id}/departure")
    assert analyst.get("objects", headers={"Breakwater-Purpose": "detection"}).status == 401


def test_a_data_protection_person_reads_what_was_disclosed_and_no_objects(
    running: RunningExchange, platform: FakePartner, administrator: Caller
) -> None:
    protection = running.person(platform, administrator, MemberRole.DATA_PROTECTION)
    assert protection.get("disclosures", query={"object": "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"}).status == 200
    assert protection.get("persons").status == 200
    assert protection.get("approvals").json["approvals"] == []
    assert protection.get("objects", headers={"Breakwater-Purpose": "audit"}).code == "permission-missing"
    assert protection.post("persons", ANALYST).code == "permission-missing"


def test_persons_come_in_pages(administrator: Caller) -> None:
    ids = [administrator.post("persons", ANALYST | {"name": f"Analyst {number}"}).json["id"] for number in range(3)]
    first = administrator.get("persons", query={"limit": "2"}).json
    second = administrator.get("persons", query={"limit": "2", "next": first["next"]}).json
    assert [one["id"] for page in (first, second) for one in page["persons"]][1:] == ids
    assert [(page["first"], page["count"], page["more"]) for page in (first, second)] == [(1, 4, True), (3, 4, False)]
    assert administrator.get("persons", query={"limit": "2", "next": second["previous"]}).json == first
    assert administrator.get("persons", query={"next": "A" * 40}).code == "cursor-invalid"


def test_another_partners_person_is_not_found(running: RunningExchange, hotline: FakePartner, administrator: Caller) -> None:
    theirs = running.person(hotline, running.operator, MemberRole.ADMINISTRATOR).get("persons").json["persons"][0]["id"]
    absent = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
    for method, rest, body in (("GET", "", None), ("PATCH", "", {"member_roles": []}), ("POST", "/departure", {})):
        hidden = administrator.send(method, f"persons/{theirs}{rest}", document=body)
        none = administrator.send(method, f"persons/{absent}{rest}", document=body)
        assert (hidden.status, hidden.json | {"request_id": ""}) == (404, none.json | {"request_id": ""})
    assert administrator.get("persons", query={"partner_id": hotline.partner_id}).status == 404


def test_a_partners_person_sees_what_is_decided_about_it(running: RunningExchange, platform: FakePartner) -> None:
    admin = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    running.suspend(platform)
    running.reactivate(platform)
    [seen] = admin.get("approvals").json["approvals"]
    assert (seen["subject"], seen["state"]) == (platform.partner_id, "approved")
    assert admin.post(f"approvals/{seen['id']}/rejection", {"reason": "No."}).code == "permission-missing"


def test_two_operators_add_an_auditor_who_made_the_token(running: RunningExchange) -> None:
    own, second = make_token(), running.staff(StaffRole.OPERATOR, Permission)
    wanted = {"name": "Auditor A", "staff_roles": ["auditor"], "token_digest": own.digest, "reason": "We need one."}
    proposed = running.operator.post("persons/staff", wanted)
    assert (proposed.status, proposed.json["kind"]) == (201, "staff-addition")
    path = proposed.headers["Location"]
    assert Caller(running.transport, own.token).get("persons").status == 401
    decision = {"digest": proposed.json["digest"], "reason": "Agreed."}
    assert second.post(f"{path}/approval", decision).status == 200
    auditor = Caller(running.transport, own.token)
    assert auditor.get(f"persons/{proposed.json['subject']}").json["staff_roles"] == ["auditor"]
    assert auditor.post("persons/staff", wanted).code == "permission-missing"


def test_a_further_role_is_proposed_and_a_lost_one_is_lost_at_once(running: RunningExchange) -> None:
    second = running.staff(StaffRole.OPERATOR, Permission)
    third = running.staff(StaffRole.AUDITOR, Permission)
    [person_id] = [one["id"] for one in third.get("persons").json["persons"] if one["staff_roles"] == ["auditor"]]
    both = {"staff_roles": ["auditor", "data-protection"]}
    alone = running.operator.patch(f"persons/{person_id}", both)
    assert (alone.status, alone.code) == (403, "approval-needed")
    proposed = running.operator.post(f"persons/{person_id}/roles", both | {"reason": "She took over."})
    decision = {"digest": proposed.json["digest"], "reason": "Agreed."}
    assert second.post(f"approvals/{proposed.json['id']}/approval", decision).status == 200
    assert third.get(f"persons/{person_id}").json["staff_roles"] == both["staff_roles"]
    lost = running.operator.patch(f"persons/{person_id}", {"staff_roles": []})
    assert (lost.status, lost.json["staff_roles"]) == (200, [])
    assert third.get("persons").code == "permission-missing"


def test_names_are_in_no_event_and_no_statement_of_the_log(running: RunningExchange, platform: FakePartner) -> None:
    admin = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    admin.post("persons", ANALYST | {"name": "Zebedee Quux"})
    with running.exchange.database.engine.connect() as connection:
        for table in ("event", "log_statement", "credential", "work", "idempotency_key"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608  # names from above
            assert "Zebedee" not in repr(rows)
            assert "Somebody of" not in repr(rows)


def test_a_colleague_is_invited_by_a_link_that_is_shown_once(
    running: RunningExchange, hotline: FakePartner, administrator: Caller
) -> None:
    made = administrator.post("persons", ANALYST).json
    answer = administrator.post(f"persons/{made['id']}/invitations", headers={"Idempotency-Key": "an-invitation-1"})
    assert answer.status == 201
    assert answer.json["person_id"] == made["id"]
    assert answer.json["link"].startswith("http://localhost:8000/portal/invitations/bws_")
    again = administrator.post(f"persons/{made['id']}/invitations", headers={"Idempotency-Key": "an-invitation-1"})
    assert (again.status, again.json["link"] == answer.json["link"]) == (201, False)
    theirs = running.person(hotline, running.operator, MemberRole.ADMINISTRATOR)
    absent = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
    hidden = theirs.post(f"persons/{made['id']}/invitations")
    assert (hidden.status, hidden.code) == (404, theirs.post(f"persons/{absent}/invitations").code)
