"""A proposal is kept with who made it, and nothing of one that is refused is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.catalogue_proposal import EntryKind, ProposalKind, ProposalState
from app.domain.errors import BreakwaterError, Code, RefusedError
from app.domain.events import Event
from app.services.cataloguing.propose import NewProposal, propose, withdraw
from app.storage import catalogue_proposals
from app.storage.tables import event
from tests.factories.catalogue_changes import reworded
from tests.factories.members import Hub, Member, started_hub


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


def new(**changes: Any) -> NewProposal:
    said: dict[str, Any] = {
        "kind": ProposalKind.CHANGE,
        "entry": EntryKind.BEHAVIOUR,
        "code": "OP-001",
        "text": reworded("OP-001"),
    }
    return NewProposal(**said | {"replaced_by": (), "reason": "It reads better so.", "based_on": 1} | changes)


def test_a_proposal_waits_as_it_was_made_and_leaves_an_event(hub: Hub) -> None:
    member: Member = hub.enrol("Platform")
    made = propose(hub.exchange, member.principal, new())
    with hub.exchange.database.read() as connection:
        assert catalogue_proposals.waiting_proposals(connection) == [made]
        rows = connection.execute(select(event.c.event, event.c.subject, event.c.code).where(event.c.subject == made.proposal_id))
        assert [tuple(row) for row in rows] == [(Event.CATALOGUE_PROPOSE, made.proposal_id, "change")]
    assert (made.partner_id, made.state) == (member.id, ProposalState.OPEN)
    assert withdraw(hub.exchange, member.principal, made.proposal_id).state is ProposalState.WITHDRAWN


def test_nothing_is_kept_of_what_the_lint_refuses(hub: Hub) -> None:
    member = hub.enrol("Platform")
    with pytest.raises(RefusedError) as refused:
        propose(hub.exchange, member.principal, new(text=reworded("OP-001") | {"detection": "See paste.example.org for more."}))
    assert refused.value.code is Code.CATALOGUE_TEXT_REFUSED
    assert "example" not in refused.value.sentence
    with pytest.raises(BreakwaterError):
        propose(hub.exchange, member.principal, new(based_on=7))
    with hub.exchange.database.read() as connection:
        assert catalogue_proposals.list_proposals(connection, None, None, 10) == []
