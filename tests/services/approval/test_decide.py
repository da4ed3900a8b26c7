from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    UnauthenticatedError,
)
from app.domain.events import Event
from app.domain.partner import Principal
from app.services.answer_once import key_use
from app.services.approval.decide import Decision, approve, logged, reject
from app.services.approval.propose import Proposal, propose
from app.storage import approvals, credentials, events, log, members, persons
from app.storage.counter import Order, read_order, take_order_lock
from app.storage.session import Connection
from tests.factories.members import Hub, Member, at_once
from tests.factories.policy_values import DAY

KIND = ApprovalKind.PERSON_ROLES
WHY = "I looked at it."


class Deeds:
    """What was carried out: an action that writes a name, so that what is rolled back shows."""

    def __init__(self) -> None:
        self.applies = True

    def __call__(self, connection: Connection, order: Order, document: Mapping[str, Any], now: datetime) -> None:
        assert order.next_position(now)
        members.find_exchange(connection)
        events.add_events(connection, [events.EventRecord(Event.PERSON_CHANGE, now, subject=document["person"])])
        if not self.applies:
            raise ConflictError("This does not apply any more.")

    def done(self, hub: Hub) -> list[str | None]:
        with hub.exchange.database.read() as connection:
            found = events.events(connection, 0, 1000)
        return [one.subject for _, one in found if one.event is Event.PERSON_CHANGE]


def proposed(hub: Hub, principal: Principal | None = None, partner_id: str | None = None) -> Approval:
    with hub.exchange.database.write() as connection:
        take_order_lock(connection)
        document = {"type": KIND.value, "person": "person-1"}
        proposal = Proposal(KIND, "person-1", partner_id, document, "She took over.")
        return propose(connection, principal or hub.operator, proposal, hub.clock.now)


def agreed(hub: Hub, principal: Principal, approval: Approval, deeds: Deeds, **differences: Any) -> Approval:
    decision = Decision(**{"approval_id": approval.approval_id, "reason": WHY, "digest": approval.digest} | differences)
    return approve(hub.exchange, principal, decision, {KIND: deeds})


def refused(hub: Hub, principal: Principal, approval: Approval) -> Approval:
    return reject(hub.exchange, principal, Decision(approval.approval_id, WHY))


def kept(hub: Hub, approval: Approval) -> Approval:
    with hub.exchange.database.read() as connection:
        found = approvals.approval_by_id(connection, approval.approval_id)
    assert found is not None
    return found


def statements(hub: Hub, approval: Approval) -> list[dict[str, Any]]:
    with hub.exchange.database.read() as connection:
        return [json.loads(one.document) for one in log.statements(connection, "approval", approval.approval_id)]


@pytest.fixture
def deeds() -> Deeds:
    return Deeds()


def test_what_a_second_person_approves_is_done_and_logged(hub: Hub, deeds: Deeds) -> None:
    approval, second = proposed(hub), hub.another_operator()
    settled = agreed(hub, second, approval, deeds)
    assert settled == kept(hub, approval)
    assert (settled.state, settled.decided_by, settled.decision_reason) == (
        ApprovalState.APPROVED,
        second.credential.person_id,
        WHY,
    )
    assert deeds.done(hub) == ["person-1"]
    [statement] = statements(hub, approval)
    assert statement == {**logged(settled), "recorded_at": logged(settled)["decided_at"]}
    assert statement["document_digest"] == approval.digest
    assert statement["decision_reason_digest"] == hashlib.sha256(WHY.encode()).hexdigest()
    assert WHY not in json.dumps(statement)
    with hub.exchange.database.read() as connection:
        assert read_order(connection).log_index == log.statements(connection, "approval", approval.approval_id)[0].log_index
        assert read_order(connection).position == 1
        last = events.events(connection, 0, 1000)[-1][1]
    assert (last.event, last.subject, last.code) == (Event.APPROVAL_APPROVE, approval.approval_id, KIND)


def test_whoever_proposed_cannot_approve_with_whatever_token(quick_hub: Hub, deeds: Deeds) -> None:
    with pytest.raises(ForbiddenError) as caught:
        agreed(quick_hub, quick_hub.operator, proposed(quick_hub), deeds)
    assert caught.value.code is Code.SECOND_PERSON_NEEDED
    assert deeds.done(quick_hub) == []


def test_what_does_not_apply_any_more_is_not_approved(hub: Hub, deeds: Deeds) -> None:
    approval, second = proposed(hub), hub.another_operator()
    deeds.applies = False
    with pytest.raises(ConflictError):
        agreed(hub, second, approval, deeds)
    assert (kept(hub, approval), deeds.done(hub), statements(hub, approval)) == (approval, [], [])
    deeds.applies = True
    assert agreed(hub, second, approval, deeds).state is ApprovalState.APPROVED


@pytest.mark.parametrize("digest", [None, "", "0" * 64, "ä"])
def test_only_what_was_seen_is_approved(quick_hub: Hub, deeds: Deeds, digest: str | None) -> None:
    approval = proposed(quick_hub)
    with pytest.raises(ConflictError, match="digest"):
        agreed(quick_hub, quick_hub.another_operator(), approval, deeds, digest=digest)
    assert kept(quick_hub, approval) == approval


def test_a_decision_needs_a_reason(quick_hub: Hub, deeds: Deeds) -> None:
    approval, second = proposed(quick_hub), quick_hub.another_operator()
    with pytest.raises(MalformedInputError):
        agreed(quick_hub, second, approval, deeds, reason=" ")
    assert (kept(quick_hub, approval), deeds.done(quick_hub)) == (approval, [])


def test_another_person_rejects_and_the_proposer_takes_back(hub: Hub) -> None:
    rejected = refused(hub, hub.another_operator(), first := proposed(hub))
    withdrawn = refused(hub, hub.operator, second := proposed(hub))
    assert (rejected.state, withdrawn.state) == (ApprovalState.REJECTED, ApprovalState.WITHDRAWN)
    assert withdrawn.decided_by == withdrawn.proposed_by
    assert [one["state"] for approval in (first, second) for one in statements(hub, approval)] == ["rejected", "withdrawn"]


@pytest.mark.parametrize("end", ["approved", "rejected", "withdrawn", "expired"])
def test_what_is_settled_is_decided_no_more(quick_hub: Hub, deeds: Deeds, end: str) -> None:
    approval, second = proposed(quick_hub), quick_hub.another_operator()
    ends: dict[str, Callable[[], object]] = {
        "approved": lambda: agreed(quick_hub, second, approval, deeds),
        "rejected": lambda: refused(quick_hub, second, approval),
        "withdrawn": lambda: refused(quick_hub, quick_hub.operator, approval),
        "expired": lambda: quick_hub.clock.pass_time(7 * DAY),
    }
    ends[end]()
    before, done = kept(quick_hub, approval), deeds.done(quick_hub)
    for late in (ends["approved"], ends["rejected"], ends["withdrawn"]):
        with pytest.raises(ConflictError, match=end):
            late()
    assert (kept(quick_hub, approval), deeds.done(quick_hub)) == (before, done)


def test_a_proposer_who_left_the_role_does_not_count(quick_hub: Hub, deeds: Deeds) -> None:
    first = quick_hub.another_operator()
    approval = proposed(quick_hub, first)
    with quick_hub.exchange.database.write() as connection:
        persons.set_roles(connection, str(first.credential.person_id), staff_roles=frozenset())
    with pytest.raises(ConflictError, match="anew"):
        agreed(quick_hub, quick_hub.operator, approval, deeds)


def test_a_decider_who_left_or_whose_credential_ended_meanwhile_does_not_count(hub: Hub, deeds: Deeds) -> None:
    """As after waiting for the lock: the caller was read before, and the act comes after."""
    approval = proposed(hub)
    revoked, left, late = (hub.another_operator() for _ in range(3))
    late = replace(late, credential=replace(late.credential, expires_at=hub.clock.now))
    with hub.exchange.database.write() as connection:
        credentials.revoke_credential(connection, revoked.credential.credential_id, hub.clock.now)
        persons.set_roles(connection, str(left.credential.person_id), staff_roles=frozenset())
        credentials.shorten_credential(connection, late.credential.credential_id, hub.clock.now)
    for who, error in ((revoked, UnauthenticatedError), (late, UnauthenticatedError), (left, ForbiddenError)):
        with pytest.raises(error):
            agreed(hub, who, approval, deeds)
        with pytest.raises(error):
            refused(hub, who, approval)
    assert (kept(hub, approval), deeds.done(hub)) == (approval, [])


def test_partners_find_no_proposal_of_the_exchange(quick_hub: Hub, publisher: Member, deeds: Deeds) -> None:
    approval = proposed(quick_hub)
    for act in (agreed, refused):
        arguments = (deeds,) if act is agreed else ()
        with pytest.raises((NotFoundError, ForbiddenError)):
            act(quick_hub, publisher.principal, approval, *arguments)  # type: ignore[operator]  # both take these


def test_an_unknown_proposal_is_not_found(quick_hub: Hub, deeds: Deeds) -> None:
    with pytest.raises(NotFoundError):
        agreed(quick_hub, quick_hub.operator, proposed(quick_hub), deeds, approval_id="absent")


def test_a_repeated_decision_is_answered_and_not_made_again(quick_hub: Hub, deeds: Deeds) -> None:
    approval, second = proposed(quick_hub), quick_hub.another_operator()
    use = key_use(second, "approvals", "key-1", b"body")
    decision = Decision(approval.approval_id, WHY, approval.digest)
    answers = [approve(quick_hub.exchange, second, decision, {KIND: deeds}, use) for _ in range(2)]
    assert answers[0] == answers[1]
    assert deeds.done(quick_hub) == ["person-1"]
    third = proposed(quick_hub)
    use = key_use(second, "rejection", "key-1", b"body")
    both = [reject(quick_hub.exchange, second, Decision(third.approval_id, WHY), use) for _ in range(2)]
    assert both[0] == both[1]


def test_of_decisions_at_once_one_counts(hub: Hub, deeds: Deeds) -> None:
    approval, others = proposed(hub), [hub.another_operator() for _ in range(3)]
    ends = at_once(
        lambda: agreed(hub, others[0], approval, deeds),
        lambda: agreed(hub, others[1], approval, deeds),
        lambda: refused(hub, others[2], approval),
        lambda: refused(hub, hub.operator, approval),
    )
    settled = [one for one in ends if isinstance(one, Approval)]
    assert settled == [kept(hub, approval)]
    assert all(isinstance(one, ConflictError) for one in ends if not isinstance(one, Approval)), ends
    assert deeds.done(hub) == ["person-1"] * (settled[0].state is ApprovalState.APPROVED)
    assert len(statements(hub, approval)) == 1


def test_a_failure_of_what_is_done_leaves_the_proposal_open(quick_hub: Hub) -> None:
    approval, second = proposed(quick_hub), quick_hub.another_operator()

    def break_down(*_: object) -> None:
        raise BreakwaterError("A mistake of ours.")

    with pytest.raises(BreakwaterError):
        approve(quick_hub.exchange, second, Decision(approval.approval_id, WHY, approval.digest), {KIND: break_down})
    assert kept(quick_hub, approval) == approval
