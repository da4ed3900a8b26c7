"""Members see proposals and not whose they are; staff see both."""

from __future__ import annotations

from app.domain.catalogue_proposal import EntryKind, ProposalKind
from app.services.cataloguing.proposals import ProposalQuery, get_proposal, list_proposals
from app.services.cataloguing.propose import NewProposal, propose
from tests.factories.catalogue_changes import reworded
from tests.factories.members import started_hub


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
