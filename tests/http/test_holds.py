from __future__ import annotations

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange


def test_a_hold_is_placed_seen_and_lifted_by_two(running: RunningExchange, platform: FakePartner) -> None:
    protection = running.staff(StaffRole.DATA_PROTECTION, Permission)
    new = {"owner": platform.partner_id, "reference": "court-1"}
    placed = protection.post("holds", new, headers={"Idempotency-Key": "k"})
    assert placed.status == 201
    assert protection.post("holds", new, headers={"Idempotency-Key": "k"}).json == placed.json
    listed = running.operator.get("holds").json
    assert (listed["holds"], listed["count"], listed["more"]) == ([placed.json], 1, False)
    assert running.operator.get("holds", query={"next": "A" * 40}).code == "cursor-invalid"
    proposed = running.operator.post(f"holds/{placed.json['id']}/lifting", {"reason": "The court let it go."})
    assert proposed.status == 201
    second = running.staff(StaffRole.OPERATOR, Permission)
    decision = {"digest": proposed.json["digest"], "reason": "Agreed."}
    agreed = second.post(f"approvals/{proposed.json['id']}/approval", decision)
    assert agreed.status == 200
    [lifted] = protection.get("holds").json["holds"]
    assert lifted["lifted_at"] is not None
    assert (lifted["lifted_by"], lifted["lifting_approved_by"]) == (agreed.json["proposed_by"], agreed.json["decided_by"])


def test_a_hold_on_nothing_is_refused(running: RunningExchange) -> None:
    assert running.operator.post("holds", {"reference": "court-1"}).status == 400
