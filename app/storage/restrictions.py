"""What nobody sees until two persons lift it: an owner's object with all its versions, those to come as well.

Restrictions are kept by request: several may restrict one object, which is seen again once none does any more.
Owns the rule that until when a version is seen is kept apart while it is restricted: admission goes on with that (newer versions,
narrowing, withdrawal), so that what is lifted stands as if it had never been restricted. Places after lifting are ``embargoes``'.
Kept by ``tests/storage/test_restrictions.py`` and ``tests/services/subjects/test_restrict.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, delete, func, insert, select, tuple_, update

from app.storage import history
from app.storage.batches import batches
from app.storage.counter import Moment, Order
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import object_version, restricted_version, restriction
from app.storage.withdrawals import OVER

_RESTRICTED = Prepared(
    select(restriction.c.stix_id, restriction.c.request_id).where(
        restriction.c.owner_id == bindparam("owner_id"), IsOneOf(restriction.c.stix_id, "stix_ids")
    )
)

JOINED = and_(restricted_version.c.version_id == object_version.c.version_id, object_version.c.withdrawn_at.is_(None))
"""The join of a version with its row here, if it is restricted and was not withdrawn."""


def seen_until() -> ColumnElement[datetime]:
    """Give until when a version is seen, as far as restrictions do not matter; where it is joined by ``JOINED``."""
    return func.coalesce(
        restricted_version.c.visible_until, object_version.c.visible_until, type_=object_version.c.visible_until.type
    )


def restrict(
    connection: Connection, order: Order, request_id: str, objects: Collection[tuple[str, str]], now: datetime
) -> list[int]:
    """Hide objects (owner, id) for a request from everybody, from this commit on.

    Gives the versions of those that this request did not restrict before, whether or not another one did. The order lock must be
    held. What was withdrawn stays as it is.
    """
    version_ids, hidden = list[int](), list[int]()
    for owner_id, stix_id in sorted(objects):
        by = restricting(connection, owner_id, stix_id)
        if request_id in by:
            continue
        connection.execute(insert(restriction).values(owner_id=owner_id, stix_id=stix_id, request_id=request_id))
        ov = object_version.c
        these = (ov.owner_id == owner_id, ov.stix_id == stix_id, ov.withdrawn_at.is_(None))
        versions = connection.execute(select(ov.version_id).where(*these)).scalars().all()
        version_ids += versions
        hidden += [] if by else versions
    hide(connection, hidden, order.next_moment(now))
    return version_ids


def hide_new(connection: Connection, owner_id: str, versions: Collection[tuple[str, int]]) -> None:
    """Hide those of these new versions (id, row) of which the object is restricted; they were never seen."""
    restricted = is_restricted(connection, owner_id, {stix_id for stix_id, _ in versions})
    if restricted:
        hide(connection, [version_id for stix_id, version_id in versions if stix_id in restricted], None)


def is_restricted(connection: Connection, owner_id: str, stix_ids: Collection[str]) -> frozenset[str]:
    """Give those of an owner's ids that are restricted."""
    rows = _RESTRICTED.rows(connection, owner_id=owner_id, stix_ids=sorted(stix_ids)) if stix_ids else []
    return frozenset(row.stix_id for row in rows)


def restricting(connection: Connection, owner_id: str, stix_id: str) -> frozenset[str]:
    """Give the requests that restrict an owner's object."""
    return frozenset(row.request_id for row in _RESTRICTED.rows(connection, owner_id=owner_id, stix_ids=[stix_id]))


def hide(connection: Connection, version_ids: Collection[int], moment: Moment | None) -> None:
    """Keep apart until when versions are seen, and let them be seen by nobody; ``moment`` None: they were not there before."""
    ov = object_version.c
    if moment is not None:
        history.keep_versions(connection, version_ids, moment)
    for some in batches(version_ids):
        stands = select(ov.version_id, ov.visible_until).where(ov.version_id.in_(some))
        connection.execute(insert(restricted_version).from_select(["version_id", "visible_until"], stands))
        connection.execute(update(object_version).where(ov.version_id.in_(some)).values(visible_until=OVER))


def shorten(connection: Connection, version_ids: Collection[int], visible_until: datetime) -> None:
    """Let those of these versions that are restricted be seen no longer than this once that is lifted."""
    until = restricted_version.c.visible_until
    sooner = case((until < visible_until, until), else_=visible_until)
    for some in batches(version_ids):
        these = restricted_version.c.version_id.in_(some)
        connection.execute(update(restricted_version).where(these).values(visible_until=sooner))


def lift(connection: Connection, order: Order, request_id: str, objects: Collection[tuple[str, str]], now: datetime) -> list[int]:
    """Take back what a request restricts of these objects (owner, id); which no other restricts is seen again.

    It is seen as what else decides on it says. Gives the versions that come back, oldest first. The order lock must be held.
    Readers find them again once they have new places.
    """
    ov, rv, rs = object_version.c, restricted_version.c, restriction.c
    version_ids: list[int] = []
    for some in batches(sorted(objects)):
        this = tuple_(rs.owner_id, rs.stix_id).in_(some)
        connection.execute(delete(restriction).where(this, rs.request_id == request_id))
        kept = {(row.owner_id, row.stix_id) for row in connection.execute(select(rs.owner_id, rs.stix_id).where(this))}
        free = [one for one in some if one not in kept]
        rows = select(rv.version_id).join_from(restricted_version, object_version, rv.version_id == ov.version_id)
        version_ids += connection.execute(rows.where(tuple_(ov.owner_id, ov.stix_id).in_(free))).scalars()
    back = _not_withdrawn(connection, version_ids)
    history.keep_versions(connection, back, order.next_moment(now))
    until = select(rv.visible_until).where(rv.version_id == ov.version_id).scalar_subquery()
    for these in batches(back):
        connection.execute(update(object_version).where(ov.version_id.in_(these)).values(visible_until=until))
    for ended in batches(version_ids):
        connection.execute(delete(restricted_version).where(rv.version_id.in_(ended)))
    return back


def _not_withdrawn(connection: Connection, version_ids: Collection[int]) -> list[int]:
    ov, found = object_version.c, list[int]()
    for some in batches(sorted(version_ids)):
        these = select(ov.version_id).where(ov.version_id.in_(some), ov.withdrawn_at.is_(None))
        found += connection.execute(these.order_by(ov.version_id)).scalars()
    return found
