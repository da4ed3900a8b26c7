"""Legal holds: what may not be erased while somebody is bound to keep it.

Kept by ``tests/storage/test_holds.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.approval import ApprovalKind, ApprovalState
from app.domain.legal_hold import LegalHold
from app.storage.batches import batches
from app.storage.objects import StoredVersion
from app.storage.stretches import Found, Place, SortedBy, Stretch, find_stretch
from app.storage.tables import approval, legal_hold, object_version, recall, recall_version


def add_hold(connection: Connection, hold: LegalHold) -> None:
    """Place a hold."""
    connection.execute(insert(legal_hold).values(**asdict(hold)))


def end_hold(connection: Connection, hold: LegalHold) -> None:
    """Keep that a hold was lifted, by whom and why; the id of the object that it was on goes."""
    this = update(legal_hold).where(legal_hold.c.hold_id == hold.hold_id)
    values = {name: getattr(hold, name) for name in ("lifted_by", "lifted_at", "lifted_reason")}
    connection.execute(this.values(**values, stix_id=None))


def hold_by_id(connection: Connection, hold_id: str) -> LegalHold | None:
    """Give a hold, lifted or not."""
    row = connection.execute(select(legal_hold).where(legal_hold.c.hold_id == hold_id)).one_or_none()
    return None if row is None else _hold(row)


def holds(connection: Connection) -> list[LegalHold]:
    """List all holds, those that were lifted as well, oldest first."""
    ordered = select(legal_hold).order_by(legal_hold.c.placed_at, legal_hold.c.hold_id)
    return [_hold(row) for row in connection.execute(ordered)]


def holds_listed(connection: Connection, stretch: Stretch) -> Found[LegalHold]:
    """Give some of them in the same order."""
    return find_stretch(connection, select(legal_hold), SortedBy(legal_hold.c.placed_at, legal_hold.c.hold_id), stretch, _hold)


def place_of(hold: LegalHold) -> Place:
    """Give where a hold stands in this list."""
    return Place(hold.placed_at, hold.hold_id)


def lifting_approvers(connection: Connection) -> dict[str, str]:
    """Give, for each hold that was lifted, the person who agreed to it."""
    ap = approval.c
    lifted = select(ap.subject, ap.decided_by).where(ap.kind == ApprovalKind.HOLD_LIFTING, ap.state == ApprovalState.APPROVED)
    return dict(connection.execute(lifted).all())


def held_among(connection: Connection, versions: Sequence[StoredVersion]) -> frozenset[int]:
    """Give the row ids of those of these versions that may not be erased now."""
    standing = connection.execute(select(legal_hold).where(legal_hold.c.lifted_at.is_(None))).all()
    if not standing:
        return frozenset()
    stix_ids = {row.stix_id for row in standing if row.stix_id is not None}
    owner_ids = {row.owner_id for row in standing if row.owner_id is not None}
    recalled = _recalled(connection, [row.recall_id for row in standing if row.recall_id is not None], versions)
    return frozenset(
        one.version_id for one in versions if one.stix_id in stix_ids or one.owner_id in owner_ids or one.version_id in recalled
    )


def held_by(connection: Connection, hold: LegalHold, most: int) -> int:
    """Count the versions that are stored and that a hold is on, ``most`` at most."""
    ov, rv = object_version.c, recall_version.c
    asked = select(ov.version_id)
    if hold.recall_id is not None:
        called_back = select(rv.version_id).join(recall, recall.c.recall_id == rv.recall_id)
        asked = asked.where(ov.version_id.in_(called_back.where(recall.c.public_id == hold.recall_id)))
    else:
        asked = asked.where(ov.stix_id == hold.stix_id if hold.stix_id is not None else ov.owner_id == hold.owner_id)
    number: int = connection.execute(select(func.count()).select_from(asked.limit(most).subquery())).scalar_one()
    return number


def _recalled(connection: Connection, public_ids: list[str], versions: Sequence[StoredVersion]) -> set[int]:
    rv = recall_version.c
    found: set[int] = set()
    for some in batches(one.version_id for one in versions) if public_ids else ():
        called_back = select(rv.version_id).join(recall, recall.c.recall_id == rv.recall_id)
        asked = called_back.where(recall.c.public_id.in_(public_ids), rv.version_id.in_(some))
        found.update(connection.execute(asked).scalars())
    return found


def _hold(row: Any) -> LegalHold:
    return LegalHold(**{name: getattr(row, name) for name in LegalHold.__dataclass_fields__})
