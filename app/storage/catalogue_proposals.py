"""Proposals to change the catalogue, and reviews of them.

A proposal is settled once, and a review is never changed. Kept by ``tests/storage/test_catalogue_proposals.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind, ProposalState, Review, Verdict
from app.storage.tables import catalogue_proposal, catalogue_review

_SETTLED = ("state", "settled_at", "release", "code")


def add_proposal(connection: Connection, value: Proposal) -> None:
    """Keep a new proposal."""
    connection.execute(insert(catalogue_proposal).values(**asdict(value)))


def proposal_by_id(connection: Connection, proposal_id: str) -> Proposal | None:
    """Give one proposal; None if there is none of this id."""
    found = connection.execute(select(catalogue_proposal).where(catalogue_proposal.c.proposal_id == proposal_id))
    row = found.one_or_none()
    return None if row is None else _proposal(row)


def list_proposals(
    connection: Connection, state: ProposalState | None, after: tuple[datetime, str] | None, limit: int
) -> list[Proposal]:
    """List proposals (of one state, or all), oldest first; ``after`` is time and id of the last one that was given before."""
    columns = catalogue_proposal.c
    statement = select(catalogue_proposal).order_by(columns.proposed_at, columns.proposal_id).limit(limit)
    if state is not None:
        statement = statement.where(columns.state == state)
    if after is not None:
        at, proposal_id = after
        same = and_(columns.proposed_at == at, columns.proposal_id > proposal_id)
        statement = statement.where(or_(columns.proposed_at > at, same))
    return [_proposal(row) for row in connection.execute(statement)]


def waiting_proposals(connection: Connection) -> list[Proposal]:
    """List all proposals of which something may still become, oldest first."""
    waiting = [one for one in ProposalState if one.is_waiting]
    columns = catalogue_proposal.c
    statement = select(catalogue_proposal).where(columns.state.in_(waiting)).order_by(columns.proposed_at, columns.proposal_id)
    return [_proposal(row) for row in connection.execute(statement)]


def proposals_of(connection: Connection, partner_id: str) -> list[Proposal]:
    """List what a partner proposed, oldest first."""
    columns = catalogue_proposal.c
    statement = select(catalogue_proposal).where(columns.partner_id == partner_id)
    return [_proposal(row) for row in connection.execute(statement.order_by(columns.proposed_at, columns.proposal_id))]


def reviews_by(connection: Connection, partner_id: str) -> list[Review]:
    """List what a partner's reviewers said, oldest first."""
    columns = catalogue_review.c
    statement = select(catalogue_review).where(columns.partner_id == partner_id)
    return [_review(row) for row in connection.execute(statement.order_by(columns.reviewed_at, columns.proposal_id))]


def settle(connection: Connection, value: Proposal) -> None:
    """Keep what became of a proposal; the order lock is held."""
    values = {name: getattr(value, name) for name in _SETTLED}
    connection.execute(update(catalogue_proposal).where(catalogue_proposal.c.proposal_id == value.proposal_id).values(values))


def add_review(connection: Connection, value: Review) -> None:
    """Keep a review; raises ``ConflictError`` (at the latest) where its organisation has one already."""
    connection.execute(insert(catalogue_review).values(**asdict(value)))


def reviews_of(connection: Connection, proposal_ids: Collection[str]) -> dict[str, list[Review]]:
    """Give the reviews of these proposals, each one's oldest first."""
    found: dict[str, list[Review]] = {one: [] for one in proposal_ids}
    statement = select(catalogue_review).where(catalogue_review.c.proposal_id.in_(found))
    for row in connection.execute(statement.order_by(catalogue_review.c.reviewed_at, catalogue_review.c.organisation)):
        found[row.proposal_id].append(_review(row))
    return found


def _proposal(row: Any) -> Proposal:
    values = row._asdict()
    words = {"kind": ProposalKind(row.kind), "entry": EntryKind(row.entry), "state": ProposalState(row.state)}
    return Proposal(**values | words)


def _review(row: Any) -> Review:
    return Review(**row._asdict() | {"verdict": Verdict(row.verdict)})
