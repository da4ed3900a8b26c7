from __future__ import annotations

from typing import Any

import pytest

from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError
from app.domain.events import Event
from app.domain.partner import Principal
from app.services.approval.propose import Proposal, propose
from app.storage import approvals, events
from app.storage.counter import take_order_lock
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW

DOCUMENT = {"type": "person-roles", "b": 1, "a": ["ä"]}


def made(hub: Hub, principal: Principal, **differences: Any) -> Approval:
    given: dict[str, Any] = {
        "kind": ApprovalKind.PERSON_ROLES,
        "subject": "person-1",
        "partner_id": None,
        "document": DOCUMENT,
        "reason": "She took over.",
    }
    with hub.exchange.database.write() as connection:
        take_order_lock(connection)
        return propose(connection, principal, Proposal(**given | differences), hub.clock.now)


def test_a_proposal_holds_what_will_be_done_in_canonical_form_for_seven_days(hub: Hub) -> None:
    proposed = made(hub, hub.operator)
    assert proposed.document == '{"a":["ä"],"b":1,"type":"person-roles"}'
    assert (proposed.state, proposed.proposed_at, proposed.expires_at) == (ApprovalState.PROPOSED, NOW, NOW + 7 * DAY)
    assert proposed.proposed_by == hub.first_operator.person.person_id
    with hub.exchange.database.read() as connection:
        assert approvals.approval_by_id(connection, proposed.approval_id) == proposed
        recorded = [one for _, one in events.events(connection, 0, 100) if one.event is Event.APPROVAL_PROPOSE]
    assert [(one.subject, one.code, one.partner_id) for one in recorded] == [(proposed.approval_id, "person-roles", None)]


def test_the_same_is_proposed_once_at_a_time(quick_hub: Hub) -> None:
    made(quick_hub, quick_hub.operator)
    with pytest.raises(ConflictError):
        made(quick_hub, quick_hub.operator)
    made(quick_hub, quick_hub.operator, subject="person-2")
    quick_hub.clock.pass_time(7 * DAY)
    made(quick_hub, quick_hub.operator)


def test_a_service_account_proposes_nothing(quick_hub: Hub, publisher: Member) -> None:
    with pytest.raises(ForbiddenError) as refused:
        made(quick_hub, publisher.principal)
    assert refused.value.code is Code.SECOND_PERSON_NEEDED


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501, "She took over\u202e.", "She\x1b[2K took over."])
def test_a_reason_is_needed_bounded_and_legible(quick_hub: Hub, reason: str) -> None:
    with pytest.raises(MalformedInputError) as refused:
        made(quick_hub, quick_hub.operator, reason=reason)
    assert refused.value.pointer == "/reason"
