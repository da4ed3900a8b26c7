"""Whatever is asked at once, an organisation is heard once, and a release is made once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind, ProposalState, Verdict
from app.domain.errors import ConflictError, ForbiddenError, UnauthenticatedError
from app.domain.partner import Principal
from app.domain.vocabulary import MemberRole
from app.services.authenticate import authenticate
from app.services.cataloguing.propose import NewProposal, propose, withdraw
from app.services.cataloguing.review import NewReview, release, review
from app.storage import catalogue_proposals, catalogue_releases, credentials, persons
from app.storage.catalogue_releases import KeptRelease
from app.storage.counter import take_order_lock
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


@pytest.mark.parametrize("how", ["revoked", "role", "late"])
def test_whoever_is_shut_out_while_a_review_waits_for_its_turn_is_not_heard(hub: Hub, how: str) -> None:
    """The caller was read before the lock, and is read again when the review has its turn."""
    proposal, by = proposed(hub), reviewer(hub, "Reviewer")
    with ThreadPoolExecutor() as threads:
        with hub.exchange.database.write() as connection:
            take_order_lock(connection)
            waiting = threads.submit(approve, hub, by, proposal)
            time.sleep(0.05)  # it stands at the lock; without that the test would pass as well, and see less
            if how == "revoked":
                credentials.revoke_credential(connection, by.credential.credential_id, hub.clock.now)
            elif how == "role":
                persons.set_roles(connection, str(by.credential.person_id), member_roles=[MemberRole.ANALYST])
            else:
                hub.clock.now = by.credential.expires_at
        failure = waiting.exception()
    assert isinstance(failure, ForbiddenError if how == "role" else UnauthenticatedError)
    with hub.exchange.database.read() as connection:
        assert catalogue_proposals.reviews_of(connection, [proposal.proposal_id]) == {proposal.proposal_id: []}


def test_who_proposes_takes_back_or_releases_is_asked_again_as_well(hub: Hub) -> None:
    proposal, operator = proposed(hub), hub.another_operator()
    proposer = hub.members[-1].principal
    with hub.exchange.database.write() as connection:
        for one in (proposer, operator):
            credentials.revoke_credential(connection, one.credential.credential_id, hub.clock.now)
    new = NewProposal(ProposalKind.CHANGE, EntryKind.BEHAVIOUR, "OP-002", reworded("OP-002"), (), "It reads better so.", 1)
    for act in (
        lambda: propose(hub.exchange, proposer, new),
        lambda: withdraw(hub.exchange, proposer, proposal.proposal_id),
        lambda: release(hub.exchange, operator),
    ):
        with pytest.raises(UnauthenticatedError):
            act()


def test_a_member_releases_nothing(hub: Hub) -> None:
    with pytest.raises(ForbiddenError):
        release(hub.exchange, reviewer(hub, "Reviewer"))
