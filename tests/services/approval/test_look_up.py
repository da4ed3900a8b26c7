from __future__ import annotations

import pytest

from app.domain.approval import Approval, ApprovalState
from app.domain.errors import Code, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.vocabulary import PartnerState
from app.services.approval.look_up import ApprovalQuery, document_digest, get_approval, list_approvals
from app.services.membership.enrol_partner import change_state, propose_reactivation
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, SECOND

ANY_STATE = ApprovalQuery(None, None, 100)


def proposed(hub: Hub, member: Member) -> Approval:
    change_state(hub.exchange, hub.operator, member.id, PartnerState.SUSPENDED)
    hub.clock.pass_time(SECOND)
    return propose_reactivation(hub.exchange, hub.operator, member.id, "It was looked into.")


def test_staff_page_through_all_proposals(hub: Hub) -> None:
    made = [proposed(hub, hub.enrol(name)) for name in ("A", "B", "C")]
    first = list_approvals(hub.exchange, hub.operator, ApprovalQuery(None, None, 2))
    assert ([one.approval for one in first.approvals], first.more) == (made[:2], True)
    rest = list_approvals(hub.exchange, hub.operator, ApprovalQuery(None, first.next, 2))
    assert ([one.approval for one in rest.approvals], rest.more) == (made[2:], False)
    last = proposed(hub, hub.enrol("D"))
    later = list_approvals(hub.exchange, hub.operator, ApprovalQuery(None, rest.next, 2))
    assert [one.approval for one in later.approvals] == [last]
    assert get_approval(hub.exchange, hub.operator, last.approval_id).approval == last


def test_an_empty_list_can_be_gone_on_from(quick_hub: Hub) -> None:
    none = list_approvals(quick_hub.exchange, quick_hub.operator, ANY_STATE)
    assert (none.approvals, none.more) == ([], False)
    made = proposed(quick_hub, quick_hub.enrol("A"))
    page = list_approvals(quick_hub.exchange, quick_hub.operator, ApprovalQuery(None, none.next, 100))
    assert [one.approval for one in page.approvals] == [made]


def test_a_state_is_that_of_now(quick_hub: Hub) -> None:
    made = proposed(quick_hub, quick_hub.enrol("A"))
    quick_hub.clock.pass_time(7 * DAY)
    open_ones = list_approvals(quick_hub.exchange, quick_hub.operator, ApprovalQuery(ApprovalState.PROPOSED, None, 100))
    expired = list_approvals(quick_hub.exchange, quick_hub.operator, ApprovalQuery(ApprovalState.EXPIRED, None, 100))
    assert (open_ones.approvals, [one.state for one in expired.approvals]) == ([], [ApprovalState.EXPIRED])
    assert get_approval(quick_hub.exchange, quick_hub.operator, made.approval_id).state is ApprovalState.EXPIRED


def test_a_cursor_is_for_the_list_that_it_was_given_with(quick_hub: Hub) -> None:
    page = list_approvals(quick_hub.exchange, quick_hub.operator, ANY_STATE)
    with pytest.raises(MalformedInputError) as refused:
        list_approvals(quick_hub.exchange, quick_hub.operator, ApprovalQuery(ApprovalState.PROPOSED, page.next, 100))
    assert refused.value.code is Code.CURSOR_INVALID


def test_service_accounts_are_shown_no_proposal(quick_hub: Hub, publisher: Member) -> None:
    made = proposed(quick_hub, quick_hub.enrol("A"))
    with pytest.raises(ForbiddenError):
        list_approvals(quick_hub.exchange, publisher.principal, ANY_STATE)
    with pytest.raises((ForbiddenError, NotFoundError)):
        get_approval(quick_hub.exchange, publisher.principal, made.approval_id)


def test_an_unknown_proposal_is_not_found(quick_hub: Hub) -> None:
    with pytest.raises(NotFoundError):
        get_approval(quick_hub.exchange, quick_hub.operator, "absent")


def test_the_digest_of_a_document_does_not_hang_on_its_spelling(quick_hub: Hub) -> None:
    made = proposed(quick_hub, quick_hub.enrol("A"))
    assert made.digest == document_digest({"type": "partner-reactivation", "state": "active", "partner": made.subject})
