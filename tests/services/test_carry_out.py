from __future__ import annotations

import pytest

from app.domain.approval import ApprovalKind
from app.domain.errors import ConflictError
from app.domain.vocabulary import PartnerState
from app.policy.approvals import DECIDERS
from app.services.approval.decide import Decision
from app.services.carry_out import KINDS, approve, kinds_of
from app.services.membership.enrol_partner import change_state, get_partner, propose_reactivation
from tests.factories.members import Hub


def test_every_kind_that_is_carried_out_has_its_deciders() -> None:
    assert set(KINDS) <= set(DECIDERS)


def test_every_kind_is_carried_out(quick_hub: Hub) -> None:
    kinds = kinds_of(quick_hub.exchange, quick_hub.operator, Decision("approval", "Agreed."))
    assert set(kinds) == set(DECIDERS) == set(ApprovalKind)


def test_a_suspended_partner_is_let_in_by_two_persons(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    change_state(hub.exchange, hub.operator, member.id, PartnerState.SUSPENDED)
    proposed = propose_reactivation(hub.exchange, hub.operator, member.id, "It was looked into.")
    assert get_partner(hub.exchange, hub.operator, member.id).state is PartnerState.SUSPENDED
    second = hub.another_operator()
    approve(hub.exchange, second, Decision(proposed.approval_id, "Agreed.", proposed.digest))
    assert get_partner(hub.exchange, hub.operator, member.id).state is PartnerState.ACTIVE
    assert member.principal.partner is not None


def test_a_partner_that_ended_meanwhile_stays_ended(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    change_state(hub.exchange, hub.operator, member.id, PartnerState.SUSPENDED)
    proposed = propose_reactivation(hub.exchange, hub.operator, member.id, "It was looked into.")
    change_state(hub.exchange, hub.operator, member.id, PartnerState.ENDED)
    with pytest.raises(ConflictError, match="ended"):
        approve(hub.exchange, hub.another_operator(), Decision(proposed.approval_id, "Agreed.", proposed.digest))
    assert get_partner(hub.exchange, hub.operator, member.id).state is PartnerState.ENDED
