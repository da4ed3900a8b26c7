"""Restricting found objects, lifting that, and erasing found versions, once two persons agreed.

Owns which of what was found is meant: objects with all their versions are restricted, versions are erased, and what the exchange
itself states (notices of recalls) is neither. The owner does not see its own restricted object either. Kept by
``tests/services/subjects/test_restrict.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from app.domain.errors import ConflictError
from app.services.intake.withdraw import without_notices
from app.services.retention.erase import Erasure, erase_versions
from app.storage import embargoes, restrictions, subjects
from app.storage.counter import Order
from app.storage.objects import StoredVersion
from app.storage.session import Connection


def restrict_found(connection: Connection, order: Order, request_id: str, numbers: Collection[int], now: datetime) -> int:
    """Hide the objects of these findings from everybody. Gives how many versions that hides.

    Raises ``ConflictError`` if all of them are hidden already, or none is there any more.
    """
    objects = {(one.owner_id, one.stix_id) for one in _stated(connection, numbers) if one.withdrawn_at is None}
    hidden = restrictions.restrict(connection, order, request_id, objects, now)
    if not hidden:
        raise ConflictError("Nothing of this is left that could be restricted.")
    return len(hidden)


def lift_found(connection: Connection, order: Order, numbers: Collection[int], now: datetime) -> int:
    """Let the objects of these findings be seen again, as what else decides on them says. Gives how many versions come back.

    Whoever sees one again is given it as a new arrival. Raises ``ConflictError`` if none of them is restricted.
    """
    found = _stated(connection, numbers)
    objects = {
        (one.owner_id, one.stix_id) for one in found if restrictions.is_restricted(connection, one.owner_id, [one.stix_id])
    }
    if not objects:
        raise ConflictError("Nothing of this is restricted.")
    back = restrictions.lift(connection, order, objects, now)
    embargoes.renew_everywhere(connection, order, back, now)
    return len(back)


def erase_found(connection: Connection, order: Order, numbers: Collection[int], journal: Path | None, now: datetime) -> int:
    """Erase the versions of these findings; whoever was given one is asked to delete it. Gives how many were erased.

    Raises ``ConflictError``: ``legal-hold``, or nothing of it is left.
    """
    versions = _stated(connection, numbers)
    erased = erase_versions(connection, order, Erasure(versions, None, journal), now)
    if not erased.count:
        raise ConflictError("Nothing of this is left that could be erased.")
    return erased.count


def _stated(connection: Connection, numbers: Collection[int]) -> list[StoredVersion]:
    return without_notices(connection, subjects.stored_versions(connection, numbers))
