"""Drafts, kept for their authors and their organisations. Kept by ``tests/storage/test_drafts.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from app.domain.draft import Draft, DraftState
from app.storage.tables import draft

_D = draft.c


def add_draft(connection: Connection, value: Draft) -> None:
    """Keep a new draft."""
    connection.execute(insert(draft).values(asdict(value)))


def draft_by_id(connection: Connection, partner_id: str, draft_id: str) -> Draft | None:
    """Give one draft of an organisation's, None if it has none of this id."""
    mine = and_(_D.draft_id == draft_id, _D.partner_id == partner_id)
    row = connection.execute(select(draft).where(mine)).one_or_none()
    return None if row is None else _draft(row._asdict())


def drafts_of(connection: Connection, partner_id: str, author_id: str) -> list[Draft]:
    """List a person's drafts, the one that was changed last first."""
    mine = and_(_D.partner_id == partner_id, _D.author_id == author_id)
    return _drafts(connection, select(draft).where(mine).order_by(_D.changed_at.desc(), _D.draft_id))


def drafts_in_state(connection: Connection, partner_id: str, state: DraftState) -> list[Draft]:
    """List an organisation's drafts of a state, the one that waits longest first."""
    theirs = and_(_D.partner_id == partner_id, _D.state == state)
    return _drafts(connection, select(draft).where(theirs).order_by(_D.changed_at, _D.draft_id))


def all_drafts_of(connection: Connection, partner_id: str) -> list[Draft]:
    """List all drafts of an organisation by id."""
    return _drafts(connection, select(draft).where(_D.partner_id == partner_id).order_by(_D.draft_id))


def drafts_after(connection: Connection, draft_id: str, limit: int) -> list[Draft]:
    """List drafts of everybody by id, after one of them (``""``: from the first)."""
    return _drafts(connection, select(draft).where(_D.draft_id > draft_id).order_by(_D.draft_id).limit(limit))


def count_unsent(connection: Connection, author_id: str) -> int:
    """Count a person's drafts that are not sent."""
    counted = select(func.count()).where(_D.author_id == author_id, _D.state != DraftState.SENT)
    return int(connection.execute(counted).scalar_one())


def change_draft(connection: Connection, value: Draft) -> Draft | None:
    """Keep a draft in the place of its revision ``value.revision``, as the next one; None where another was faster."""
    changed = replace(value, revision=value.revision + 1)
    mine = and_(_D.draft_id == value.draft_id, _D.revision == value.revision)
    done = connection.execute(update(draft).where(mine).values(asdict(changed)))
    return changed if done.rowcount == 1 else None


def remove_draft(connection: Connection, draft_id: str) -> None:
    """Erase a draft, whatever became of it meanwhile."""
    connection.execute(delete(draft).where(_D.draft_id == draft_id))


def remove_as_seen(connection: Connection, value: Draft) -> bool:
    """Erase a draft in the revision that was seen; False where another was faster, and nothing is erased."""
    done = connection.execute(delete(draft).where(_D.draft_id == value.draft_id, _D.revision == value.revision))
    return bool(done.rowcount == 1)


def _drafts(connection: Connection, statement: Any) -> list[Draft]:
    return [_draft(row._asdict()) for row in connection.execute(statement)]


def _draft(row: Mapping[str, Any]) -> Draft:
    return Draft(**{**row, "state": DraftState(row["state"])})
