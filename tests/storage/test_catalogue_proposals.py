"""Proposals and reviews, as they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.catalogue_proposal import ProposalState, Verdict
from app.domain.errors import ConflictError
from app.domain.partner import Person
from app.storage import catalogue_proposals, catalogue_releases, members
from app.storage.session import Connection, Database
from tests.factories.catalogue_rows import kept_release, proposal, review
from tests.factories.policy_values import NOW
from tests.storage import samples

FIRST, SECOND = proposal(proposed_at=NOW), proposal(proposed_at=NOW + timedelta(seconds=1), code=None)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    samples.found_exchange(database)
    with database.write() as connection:
        catalogue_releases.add_release(connection, kept_release())
        for one in (SECOND, FIRST):
            catalogue_proposals.add_proposal(connection, one)
        yield connection


def test_proposals_come_oldest_first_and_page_by_page(connection: Connection) -> None:
    assert catalogue_proposals.list_proposals(connection, None, None, 10) == [FIRST, SECOND]
    assert catalogue_proposals.list_proposals(connection, None, None, 1) == [FIRST]
    after = (FIRST.proposed_at, FIRST.proposal_id)
    assert catalogue_proposals.list_proposals(connection, None, after, 10) == [SECOND]
    assert catalogue_proposals.proposal_by_id(connection, SECOND.proposal_id) == SECOND
    assert catalogue_proposals.proposal_by_id(connection, "nobody's") is None


def test_a_settled_proposal_waits_no_more(connection: Connection) -> None:
    settled = replace(SECOND, state=ProposalState.RELEASED, settled_at=NOW, release=1, code="OP-026")
    catalogue_proposals.settle(connection, settled)
    assert catalogue_proposals.waiting_proposals(connection) == [FIRST]
    assert catalogue_proposals.list_proposals(connection, ProposalState.RELEASED, None, 10) == [settled]


def test_an_organisation_is_heard_once(connection: Connection) -> None:
    members.add_person(connection, Person("person-a", "Somebody", samples.OWNER))
    one = review(FIRST, partner_id=samples.OWNER, organisation=samples.OWNER, verdict=Verdict.REJECT)
    catalogue_proposals.add_review(connection, one)
    found = catalogue_proposals.reviews_of(connection, [FIRST.proposal_id, SECOND.proposal_id])
    assert found == {FIRST.proposal_id: [one], SECOND.proposal_id: []}


def test_what_two_say_at_once_for_one_organisation_is_a_conflict(database: Database) -> None:
    samples.found_exchange(database)
    one = review(FIRST, partner_id=samples.OWNER, organisation=samples.OWNER)
    with database.write() as connection:
        catalogue_releases.add_release(connection, kept_release())
        catalogue_proposals.add_proposal(connection, FIRST)
        members.add_person(connection, Person("person-a", "Somebody", samples.OWNER))
        catalogue_proposals.add_review(connection, one)
    with pytest.raises(ConflictError), database.write() as connection:
        catalogue_proposals.add_review(connection, one)
