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
    """Hide the objects of these findings from everybody, for this request. Gives of how many versions.

    What another request restricts already is counted: it stays hidden until both are lifted. Raises ``ConflictError`` if this
    request restricts all of them already, or none is there any more.
    """
    objects = {(one.owner_id, one.stix_id) for one in _stated(connection, numbers) if one.withdrawn_at is None}
    hidden = restrictions.restrict(connection, order, request_id, objects, now)
    if not hidden:
        raise ConflictError("Nothing of this is left that could be restricted.")
    return len(hidden)


def lift_found(connection: Connection, order: Order, request_id: str, numbers: Collection[int], now: datetime) -> int:
    """Take back what this request restricts of these findings. Gives how many versions come back.

    What no other request restricts is seen again, as what else decides on it says, and given to readers as a new arrival. Raises
    ``ConflictError`` if this request restricts none of them.
    """
    stated = {(one.owner_id, one.stix_id) for one in _stated(connection, numbers)}
    objects = {one for one in stated if request_id in restrictions.restricting(connection, *one)}
    if not objects:
        raise ConflictError("This request restricts nothing of this.")
    back = restrictions.lift(connection, order, request_id, objects, now)
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
    return without_notices(subjects.stored_versions(connection, numbers))
