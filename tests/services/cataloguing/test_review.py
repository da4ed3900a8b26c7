"""Whatever is asked at once, an organisation is heard once, and a release is made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind, ProposalState, Verdict
from app.domain.errors import ConflictError, ForbiddenError
from app.domain.partner import Principal
from app.domain.vocabulary import MemberRole
from app.services.authenticate import authenticate
from app.services.cataloguing.propose import NewProposal, propose
from app.services.cataloguing.review import NewReview, release, review
from app.storage import catalogue_proposals, catalogue_releases
from app.storage.catalogue_releases import KeptRelease
from tests.factories.catalogue_changes import reworded
from tests.factories.members import Hub, at_once, started_hub


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


def proposed(hub: Hub, code: str = "OP-001") -> Proposal:
    new = NewProposal(ProposalKind.CHANGE, EntryKind.BEHAVIOUR, code, reworded(code), (), "It reads better so.", 1)
    return propose(hub.exchange, hub.enrol(f"Proposer of {code}").principal, new)


def reviewer(hub: Hub, name: str) -> Principal:
    member = hub.enrol(name)
    administrator = authenticate(hub.exchange, member.administrators_token())
    return member.person(administrator, MemberRole.REVIEWER)


def approve(hub: Hub, by: Principal, proposal: Proposal) -> Proposal:
    return review(hub.exchange, by, NewReview(proposal.proposal_id, Verdict.APPROVE, "So do we see it."))


def test_reviews_at_once_by_one_organisation_are_one_review(hub: Hub) -> None:
    proposal, by = proposed(hub), reviewer(hub, "Reviewer")
    ends = at_once(*(lambda: approve(hub, by, proposal) for _ in range(3)))
    assert sorted(type(one).__name__ for one in ends) == ["ForbiddenError", "ForbiddenError", "Proposal"]
    with hub.exchange.database.read() as connection:
        kept = catalogue_proposals.proposal_by_id(connection, proposal.proposal_id)
    assert kept is not None
    assert kept.state is ProposalState.OPEN


def test_releases_at_once_are_one_release(hub: Hub) -> None:
    proposal = proposed(hub)
    for name in ("First", "Second"):
        approve(hub, reviewer(hub, name), proposal)
    ends = at_once(*(lambda: release(hub.exchange, hub.operator) for _ in range(3)))
    assert sorted(type(one).__name__ for one in ends) == ["ConflictError", "ConflictError", "KeptRelease"]
    with hub.exchange.database.read() as connection:
        assert [one.release for one in catalogue_releases.releases(connection)] == [1, 2]


def test_a_release_takes_what_was_accepted_and_leaves_the_rest_waiting(hub: Hub) -> None:
    accepted, waiting = proposed(hub), proposed(hub, "OP-002")
    with pytest.raises(ConflictError):
        release(hub.exchange, hub.operator)
    for name in ("First", "Second"):
        approve(hub, reviewer(hub, name), accepted)
    made = release(hub.exchange, hub.operator)
    assert isinstance(made, KeptRelease)
    with hub.exchange.database.read() as connection:
        assert catalogue_proposals.waiting_proposals(connection) == [waiting]
        kept = catalogue_proposals.proposal_by_id(connection, accepted.proposal_id)
    assert kept is not None
    assert (kept.state, kept.release, kept.settled_at) == (ProposalState.RELEASED, 2, made.released_at)


def test_a_member_releases_nothing(hub: Hub) -> None:
    with pytest.raises(ForbiddenError):
        release(hub.exchange, reviewer(hub, "Reviewer"))
