from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.domain.partner import Person
from app.storage import approvals, members
from app.storage.approvals import Sought
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW, SECOND, approval
from tests.storage.samples import OWNER, READER

FIRST = approval(approval_id="a", partner_id=READER)
SETTLED = {"decided_by": "person-operator-b", "decided_at": NOW + SECOND, "decision_reason": "Agreed."}


@pytest.fixture
def proposed(exchange: Database) -> Database:
    """An exchange with two operators and one proposal."""
    with exchange.write() as connection:
        for name in ("a", "b"):
            members.add_person(connection, Person(f"person-operator-{name}", name, None))
        approvals.add_approval(connection, FIRST)
    return exchange


def listed(database: Database, sought: Sought, after: Approval | None = None, limit: int = 10) -> list[str]:
    with database.read() as connection:
        reached = (after.proposed_at, after.approval_id) if after else None
        return [one.approval_id for one in approvals.list_approvals(connection, sought, reached, limit)]


def test_a_proposal_comes_back_as_it_was(proposed: Database) -> None:
    with proposed.read() as connection:
        assert approvals.approval_by_id(connection, "a") == FIRST
        assert approvals.approval_by_id(connection, "absent") is None


def test_an_open_proposal_is_found_by_what_it_is_about(proposed: Database) -> None:
    about = (FIRST.kind, FIRST.subject)
    with proposed.read() as connection:
        assert approvals.find_open(connection, *about, NOW) == FIRST
        assert approvals.find_open(connection, *about, FIRST.expires_at) is None
        assert approvals.find_open(connection, ApprovalKind.KEY_RECOVERY, FIRST.subject, NOW) is None
        assert approvals.find_open(connection, FIRST.kind, "other", NOW) is None


def test_a_proposal_is_settled_once(proposed: Database) -> None:
    approved = replace(FIRST, state=ApprovalState.APPROVED, **SETTLED)
    with proposed.write() as connection:
        assert approvals.settle(connection, approved)
        assert not approvals.settle(connection, replace(FIRST, state=ApprovalState.REJECTED, **SETTLED))
    with proposed.read() as connection:
        assert approvals.approval_by_id(connection, "a") == approved
        assert approvals.find_open(connection, FIRST.kind, FIRST.subject, NOW) is None


def test_proposals_are_listed_in_order_by_partner_and_by_state(proposed: Database) -> None:
    later = NOW + timedelta(hours=1)
    others = [
        approval(approval_id="c", partner_id=None, proposed_at=later),
        approval(approval_id="b", partner_id=OWNER, proposed_at=later, state=ApprovalState.REJECTED),
        approval(approval_id="d", partner_id=OWNER, proposed_at=later, expires_at=NOW + DAY),
    ]
    with proposed.write() as connection:
        for one in others:
            approvals.add_approval(connection, one)
    assert listed(proposed, Sought(None, None, NOW)) == ["a", "b", "c", "d"]
    assert listed(proposed, Sought(None, None, NOW), after=FIRST, limit=2) == ["b", "c"]
    assert listed(proposed, Sought(None, None, NOW), after=others[0]) == ["d"]
    assert listed(proposed, Sought(OWNER, None, NOW)) == ["b", "d"]
    assert listed(proposed, Sought(None, ApprovalState.PROPOSED, NOW)) == ["a", "c", "d"]
    assert listed(proposed, Sought(None, ApprovalState.PROPOSED, NOW + DAY)) == ["a", "c"]
    assert listed(proposed, Sought(None, ApprovalState.EXPIRED, NOW + DAY)) == ["d"]
    assert listed(proposed, Sought(OWNER, ApprovalState.REJECTED, NOW)) == ["b"]
