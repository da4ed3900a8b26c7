from __future__ import annotations

from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import Caller, FakePartner, RunningExchange

REASON = {"reason": "It was looked into."}


def proposed(running: RunningExchange, partner: FakePartner) -> dict[str, Any]:
    running.suspend(partner)
    answer = running.operator.post(f"partners/{partner.partner_id}/reactivation", REASON)
    assert answer.status == 201
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"/api/v1/approvals/{made['id']}"
    return made


@pytest.fixture
def second(running: RunningExchange) -> Caller:
    """Another operator."""
    return running.staff(StaffRole.OPERATOR, Permission)


def test_a_second_person_approves_what_it_saw(running: RunningExchange, platform: FakePartner, second: Caller) -> None:
    made = proposed(running, platform)
    seen = second.get(f"approvals/{made['id']}").json
    assert (seen, seen["state"], seen["kind"]) == (made, "proposed", "partner-reactivation")
    assert second.get("approvals", query={"state": "proposed"}).json["approvals"] == [made]
    agreed = second.post(f"approvals/{made['id']}/approval", {"digest": seen["digest"], "reason": "Agreed."})
    assert (agreed.status, agreed.json["state"], agreed.json["decision_reason"]) == (200, "approved", "Agreed.")
    assert running.operator.get(f"partners/{platform.partner_id}").json["state"] == "active"
    assert running.operator.get("approvals", query={"state": "proposed"}).json["approvals"] == []


def test_the_proposer_does_not_approve_but_takes_back(running: RunningExchange, platform: FakePartner) -> None:
    made = proposed(running, platform)
    refused = running.operator.post(f"approvals/{made['id']}/approval", {"digest": made["digest"], "reason": "Agreed."})
    assert (refused.status, refused.code) == (403, "second-person-needed")
    taken_back = running.operator.post(f"approvals/{made['id']}/rejection", REASON)
    assert taken_back.json["state"] == "withdrawn"


def test_another_digest_is_a_conflict(running: RunningExchange, platform: FakePartner, second: Caller) -> None:
    made = proposed(running, platform)
    refused = second.post(f"approvals/{made['id']}/approval", {"digest": "0" * 64, "reason": "Agreed."})
    assert (refused.status, refused.code) == (409, "state-conflict")
    assert second.post(f"approvals/{made['id']}/rejection", REASON).json["state"] == "rejected"
    assert second.post(f"approvals/{made['id']}/rejection", REASON).status == 409


def test_an_auditor_sees_and_does_not_decide(running: RunningExchange, platform: FakePartner) -> None:
    auditor = running.staff(StaffRole.AUDITOR, Permission)
    made = proposed(running, platform)
    assert auditor.get(f"approvals/{made['id']}").json == made
    assert auditor.post(f"approvals/{made['id']}/rejection", REASON).code == "permission-missing"


def test_a_partner_that_is_not_suspended_is_not_let_in(running: RunningExchange, platform: FakePartner) -> None:
    answer = running.operator.post(f"partners/{platform.partner_id}/reactivation", REASON)
    assert (answer.status, answer.code) == (409, "state-conflict")
    absent = "partners/0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11/reactivation"
    assert running.operator.post(absent, REASON).status == 404
    assert platform.post(absent, REASON).status == 403


def test_a_repeated_proposal_is_the_same(running: RunningExchange, platform: FakePartner) -> None:
    running.suspend(platform)
    key = {"Idempotency-Key": "once"}
    path = f"partners/{platform.partner_id}/reactivation"
    made = [running.operator.post(path, REASON, headers=key).json for _ in range(2)]
    assert made[0] == made[1]
    assert running.operator.post(path, REASON).status == 409
