"""Proposals that two persons must agree to, and what became of them.

A row is added as proposed and settled once. Expiry is no row: it is judged by the time of asking. Kept by
``tests/storage/test_approvals.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.storage.tables import approval

_SETTLED = ("state", "decided_by", "decided_at", "decision_reason")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which proposals: of one partner (None: all), and in one state at ``now`` (None: any)."""

    partner_id: str | None
    state: ApprovalState | None
    now: datetime


def add_approval(connection: Connection, value: Approval) -> None:
    """Keep a new proposal."""
    connection.execute(insert(approval).values(**asdict(value)))


def approval_by_id(connection: Connection, approval_id: str) -> Approval | None:
    """Give one proposal, whatever its state; None if there is none of this id."""
    row = connection.execute(select(approval).where(approval.c.approval_id == approval_id)).one_or_none()
    return None if row is None else _approval(row._asdict())


def find_open(connection: Connection, kind: ApprovalKind, subject: str, now: datetime) -> Approval | None:
    """Give the open proposal of a kind about a subject, None without one; under the order lock there is one at most."""
    about = and_(approval.c.kind == kind, approval.c.subject == subject)
    row = connection.execute(select(approval).where(about, _is_in(ApprovalState.PROPOSED, now)).limit(1)).one_or_none()
    return None if row is None else _approval(row._asdict())


def list_approvals(connection: Connection, sought: Sought, after: tuple[datetime, str] | None, limit: int) -> list[Approval]:
    """List proposals, oldest first; ``after`` is the time and the id of the last one that was given before."""
    statement = select(approval).order_by(approval.c.proposed_at, approval.c.approval_id).limit(limit)
    if sought.partner_id is not None:
        statement = statement.where(approval.c.partner_id == sought.partner_id)
    if sought.state is not None:
        statement = statement.where(_is_in(sought.state, sought.now))
    if after is not None:
        at, approval_id = after
        same = and_(approval.c.proposed_at == at, approval.c.approval_id > approval_id)
        statement = statement.where(or_(approval.c.proposed_at > at, same))
    return [_approval(row._asdict()) for row in connection.execute(statement)]


def settle(connection: Connection, value: Approval) -> bool:
    """Keep how an open proposal was settled; False if another decision came before this one."""
    still_open = and_(approval.c.approval_id == value.approval_id, approval.c.state == ApprovalState.PROPOSED)
    values = {name: getattr(value, name) for name in _SETTLED}
    return connection.execute(update(approval).where(still_open).values(values)).rowcount == 1


def _is_in(state: ApprovalState, now: datetime) -> ColumnElement[bool]:
    if state is ApprovalState.PROPOSED:
        return and_(approval.c.state == ApprovalState.PROPOSED, approval.c.expires_at > now)
    if state is ApprovalState.EXPIRED:
        return and_(approval.c.state == ApprovalState.PROPOSED, approval.c.expires_at <= now)
    return approval.c.state == state


def _approval(row: Mapping[str, Any]) -> Approval:
    return Approval(**{**row, "kind": ApprovalKind(row["kind"]), "state": ApprovalState(row["state"])})
