from __future__ import annotations

import pytest

from app.domain.approval import Approval, ApprovalState
from app.domain.errors import ConflictError, ForbiddenError
from app.services.answer_once import key_use
from app.services.approval.decide import Decision
from app.services.carry_out import approve
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.change_policy import list_agreements
from app.services.membership.propose_agreement import propose_agreement
from tests.factories import policy_values
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW


def new(member: Member, **differences: object) -> NewAgreement:
    default = policy_values.default_handling(audience_id=member.everybody)
    terms = {"starts_at": None, "ends_at": None, "is_listed": True} | differences
    read, write = policy_values.read_terms(), policy_values.write_terms()
    return NewAgreement(partner_id=member.id, read=read, write=write, default_handling=default, **terms)  # type: ignore[arg-type]  # by name


def agreed(hub: Hub, proposed: Approval) -> Approval:
    return approve(hub.exchange, hub.another_operator(), Decision(proposed.approval_id, "Agreed.", proposed.digest))


def test_what_two_persons_agreed_to_is_made(quick_hub: Hub, publisher: Member) -> None:
    proposed = propose_agreement(quick_hub.exchange, quick_hub.operator, new(publisher), "They asked for it.")
    assert len(list_agreements(quick_hub.exchange, publisher.principal, None)) == 1
    quick_hub.clock.pass_time(DAY)
    assert agreed(quick_hub, proposed).state is ApprovalState.APPROVED
    made = list_agreements(quick_hub.exchange, publisher.principal, None)[-1]
    assert (made.version, made.is_listed, made.starts_at) == (2, True, NOW + DAY)


@pytest.mark.parametrize("times", [{"starts_at": NOW + DAY}, {"ends_at": NOW + DAY}])
def test_what_was_proposed_for_a_time_that_has_passed_is_not_made(
    quick_hub: Hub, publisher: Member, times: dict[str, object]
) -> None:
    proposed = propose_agreement(quick_hub.exchange, quick_hub.operator, new(publisher, **times), "From then on.")
    quick_hub.clock.pass_time(2 * DAY)
    with pytest.raises(ConflictError, match="has passed"):
        agreed(quick_hub, proposed)


def test_a_version_that_was_made_meanwhile_is_a_conflict(quick_hub: Hub, publisher: Member) -> None:
    proposed = propose_agreement(quick_hub.exchange, quick_hub.operator, new(publisher), "They asked for it.")
    publisher.agree()
    with pytest.raises(ConflictError, match="Another version"):
        agreed(quick_hub, proposed)
    assert len(list_agreements(quick_hub.exchange, publisher.principal, None)) == 2


def test_one_version_of_a_partner_is_proposed_at_a_time(quick_hub: Hub, publisher: Member, other: Member) -> None:
    propose_agreement(quick_hub.exchange, quick_hub.operator, new(publisher), "They asked for it.")
    with pytest.raises(ConflictError, match="One proposal of this kind"):
        propose_agreement(quick_hub.exchange, quick_hub.operator, new(publisher, is_listed=False), "Or so.")
    propose_agreement(quick_hub.exchange, quick_hub.operator, new(other), "They too.")


def test_a_partner_proposes_nothing(quick_hub: Hub, publisher: Member) -> None:
    with pytest.raises(ForbiddenError):
        propose_agreement(quick_hub.exchange, publisher.principal, new(publisher), "More for us.")


def test_a_repeated_request_proposes_once(quick_hub: Hub, publisher: Member) -> None:
    use = key_use(quick_hub.operator, "agreements/proposals", "key-1", b"body")
    first = propose_agreement(quick_hub.exchange, quick_hub.operator, new(publisher), "They asked for it.", use)
    assert propose_agreement(quick_hub.exchange, quick_hub.operator, new(publisher), "They asked for it.", use) == first
