"""Operators are told once of each proposal that waits for a day, and every week while any waits."""

from __future__ import annotations

from datetime import timedelta

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind
from app.domain.paging import AlarmCode
from app.services.cataloguing.propose import NewProposal, propose, withdraw
from app.services.cataloguing.watch_proposals import WATCH_PROPOSALS, watch_proposals
from app.services.working.kinds import PERIODIC
from app.storage import alarms
from tests.factories.catalogue_changes import reworded
from tests.factories.members import Hub, Member

HOUR = timedelta(hours=1)


def proposed(hub: Hub, by: Member, code: str) -> Proposal:
    new = NewProposal(ProposalKind.CHANGE, EntryKind.BEHAVIOUR, code, reworded(code), (), "It reads better so.", 1)
    return propose(hub.exchange, by.principal, new)


def alarmed_after(hub: Hub, hours: int) -> int:
    """Look every hour for so long, and give how often the operators were alarmed by then."""
    for _ in range(hours):
        hub.clock.pass_time(HOUR)
        with hub.exchange.database.write() as connection:
            assert watch_proposals(connection, {}, hub.clock.now) == hub.clock.now + HOUR
    with hub.exchange.database.read() as connection:
        return alarms.counts(connection)[AlarmCode.CATALOGUE_WAITING]


def test_it_is_periodic_work() -> None:
    assert WATCH_PROPOSALS in PERIODIC


def test_each_proposal_alarms_after_a_day_and_any_that_waits_every_week(quick_hub: Hub) -> None:
    proposer = quick_hub.enrol("Proposer")
    first = proposed(quick_hub, proposer, "OP-001")
    assert alarmed_after(quick_hub, 23) == 0
    assert alarmed_after(quick_hub, 3) == 1
    second = proposed(quick_hub, proposer, "OP-002")
    assert alarmed_after(quick_hub, 25) == 2
    assert alarmed_after(quick_hub, 6 * 24) == 2
    assert alarmed_after(quick_hub, 25) == 3
    for one in (first, second):
        withdraw(quick_hub.exchange, proposer.principal, one.proposal_id)
    assert alarmed_after(quick_hub, 8 * 24) == 3
