"""Members see proposals and not whose they are; staff see both."""

from __future__ import annotations

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind, Verdict
from app.domain.partner import Principal
from app.domain.vocabulary import MemberRole
from app.services.cataloguing.proposals import ProposalQuery, get_proposal, list_proposals
from app.services.cataloguing.propose import NewProposal, propose
from app.services.cataloguing.review import NewReview, review
from tests.factories.catalogue_changes import reworded
from tests.factories.members import Hub, Member, started_hub


def test_whose_a_proposal_is_is_told_to_its_own_and_to_staff(database_url: str) -> None:
    with started_hub(database_url) as hub:
        proposer, other = hub.enrol("Proposer"), hub.enrol("Other")
        new = NewProposal(ProposalKind.CHANGE, EntryKind.BEHAVIOUR, "OP-001", reworded("OP-001"), (), "It reads better.", 1)
        made = propose(hub.exchange, proposer.principal, new)
        told = {
            name: get_proposal(hub.exchange, principal, made.proposal_id).partner_id
            for name, principal in {"own": proposer.principal, "other": other.principal, "staff": hub.operator}.items()
        }
        assert told == {"own": proposer.id, "other": None, "staff": proposer.id}
        page = list_proposals(hub.exchange, other.principal, ProposalQuery(None, None, 10))
        assert [one.proposal for one in page.proposals] == [made]
        later = list_proposals(hub.exchange, other.principal, ProposalQuery(None, page.next, 10))
        assert (later.proposals, later.more) == ([], False)


def reviewer(member: Member) -> Principal:
    return member.person(member.administrator(), MemberRole.REVIEWER)


def waits_for(hub: Hub, made: Proposal, *callers: Principal) -> list[bool]:
    return [get_proposal(hub.exchange, one, made.proposal_id).waits_for_you for one in callers]


def test_a_proposal_waits_for_reviewers_of_organisations_that_were_not_heard(quick_hub: Hub) -> None:
    hub = quick_hub
    proposer, others = hub.enrol("Proposer"), [hub.enrol(f"Reviewer {number}") for number in range(2)]
    new = NewProposal(ProposalKind.CHANGE, EntryKind.BEHAVIOUR, "OP-001", reworded("OP-001"), (), "It reads better.", 1)
    made = propose(hub.exchange, proposer.principal, new)
    own, first, second = (reviewer(one) for one in (proposer, *others))
    callers = (own, first, second, others[0].principal, hub.operator)
    assert waits_for(hub, made, *callers) == [False, True, True, False, True]
    review(hub.exchange, first, NewReview(made.proposal_id, Verdict.APPROVE, "So do we see it."))
    assert waits_for(hub, made, *callers) == [False, False, True, False, True]
    review(hub.exchange, second, NewReview(made.proposal_id, Verdict.APPROVE, "So do we see it."))
    assert waits_for(hub, made, *callers) == [False] * 5
