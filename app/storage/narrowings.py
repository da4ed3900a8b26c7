"""Narrowings under way: a version became narrower, and what depends on it must still become as narrow.

Owns tracing what depends on what (``narrowed_by``, written at admission and never changed), the members that wait to be moved,
and the veils that hide them until then. What a narrowing hides from whom is policy's; when members are moved, and where to, is
``app/services/intake/narrow_later.py``'s. All that writes here needs the order lock. Kept by
``tests/storage/test_narrowings.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Select, bindparam, delete, exists, insert, literal, select, union, update

from app.domain.handling import HandlingClass
from app.storage import handling, history
from app.storage.batches import batches
from app.storage.columns import Instant
from app.storage.counter import Moment, Order
from app.storage.objects import STORED, StoredVersion
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import narrowed_by, narrowing, narrowing_member, object_version, veil, viewpoint

_EXPANDED_AT_ONCE = 5_000
_FOUND_AT_ONCE = 10_000
_ROOTS_APART = -1


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One narrowing: its members must need each handling of ``class_id`` as well.

    Roots are at depth 0; where they alone became narrower, and not what is older under their ids, at -1: those stay as they are.

    ``narrowing_id`` is the position of the feed at which it began and ``newest_version_id`` the newest version there was then.
    It is traced breadth first: of its members at ``depth``, those up to ``traced_to`` have been followed.
    """

    narrowing_id: int
    newest_version_id: int
    class_id: int
    depth: int
    traced_to: int
    traced: bool
    moved: int


@dataclass(frozen=True, slots=True)
class Veil:
    """A viewpoint from which the members of a narrowing are hidden; ``hides_own``: also those that are its partner's own."""

    viewpoint_id: int
    narrowing_id: int
    hides_own: bool


# --- beginning and tracing ------------------------------------------------------------------------------------------------------


def depend(connection: Connection, statements: Mapping[int, Collection[tuple[str, str]]]) -> None:
    """Note that stored versions (row ids), admitted anew, depend on further statements, each an owner and an id."""
    nb = narrowed_by.c
    for version_id, stated in statements.items():
        rows = connection.execute(select(nb.owner_id, nb.stix_id).where(nb.version_id == version_id))
        new = sorted(set(stated).difference((owner_id, stix_id) for owner_id, stix_id in rows))
        if new:
            values = [{"version_id": version_id, "owner_id": owner_id, "stix_id": stix_id} for owner_id, stix_id in new]
            connection.execute(insert(narrowed_by), values)


_DEPENDED_ON = Prepared(
    select(object_version.c.version_id).where(
        IsOneOf(object_version.c.version_id, "version_ids"),
        exists().where(
            narrowed_by.c.owner_id == object_version.c.owner_id,
            narrowed_by.c.stix_id == object_version.c.stix_id,
            narrowed_by.c.version_id < bindparam("before"),
        ),
    )
)


def depended_on(connection: Connection, version_ids: Collection[int], before: int) -> set[int]:
    """Give those of these versions (row ids) on whose statements any version depends that was stored before row ``before``."""
    rows = _DEPENDED_ON.rows(connection, version_ids=sorted(version_ids), before=before) if version_ids else []
    return {row.version_id for row in rows}


@dataclass(frozen=True, slots=True)
class Roots:
    """Where a narrowing begins: versions (row ids), and the class whose handlings all that depends on them must need.

    ``with_history``: and so must they and their older versions, if those are not as narrow already.
    """

    class_id: int
    version_ids: Collection[int]
    with_history: bool = True


def begin(connection: Connection, order: Order, roots: Roots, now: datetime) -> Narrowing:
    """Begin a narrowing of all that depends on the roots and is stored by now."""
    narrowing_id, at = order.next_position(now)
    depth = 0 if roots.with_history else _ROOTS_APART
    made = Narrowing(narrowing_id, order.version_id, roots.class_id, depth=depth, traced_to=0, traced=False, moved=0)
    connection.execute(insert(narrowing).values({name: getattr(made, name) for name in Narrowing.__dataclass_fields__}))
    begun = {"narrowing_id": narrowing_id, "depth": depth, "since": narrowing_id, "since_at": at}
    members = [begun | {"version_id": one} for one in roots.version_ids]
    connection.execute(insert(narrowing_member), members)
    return made


def trace(connection: Connection, one: Narrowing, steps: int, moment: Moment) -> tuple[Narrowing, int]:
    """Follow what depends on a narrowing's members, in at most ``steps`` steps. Gives how it stands, and the steps left.

    A step adds ten thousand members at most, so that what a transaction does here is bounded however much depends on the roots.
    What is found is a member from ``moment`` on.
    """
    while steps and not one.traced:
        one = _trace_on(connection, one, moment)
        steps -= 1
    values = {"depth": one.depth, "traced_to": one.traced_to, "traced": one.traced}
    connection.execute(update(narrowing).where(narrowing.c.narrowing_id == one.narrowing_id).values(values))
    return one, steps


def _trace_on(connection: Connection, one: Narrowing, moment: Moment) -> Narrowing:
    member = narrowing_member.c
    at_depth = select(member.version_id).where(member.narrowing_id == one.narrowing_id)
    chunk = at_depth.where(member.depth == one.depth, member.version_id > one.traced_to).order_by(member.version_id)
    version_ids = list(connection.execute(chunk.limit(_EXPANDED_AT_ONCE)).scalars())
    next_depth = max(one.depth, 0) + 1
    if not version_ids:
        deeper = connection.execute(at_depth.where(member.depth == next_depth).limit(1)).first()
        return replace(one, depth=next_depth, traced_to=0) if deeper else replace(one, traced=True)
    governed = [] if one.depth == _ROOTS_APART else [_governed(one, version_ids)]
    found = union(_dependents(one, version_ids), *governed).subquery()
    known = exists().where(member.narrowing_id == one.narrowing_id, member.version_id == found.c.version_id)
    begun = (literal(one.narrowing_id), literal(next_depth), literal(moment.position), literal(moment.at, Instant))
    new = select(found.c.version_id, *begun).where(~known).limit(_FOUND_AT_ONCE)
    names = ["version_id", "narrowing_id", "depth", "since", "since_at"]
    adding = insert(narrowing_member).from_select(names, new)
    # Without this option SQLAlchemy does not keep, on PostgreSQL, how many rows an INSERT brought.
    added = connection.execute(adding, execution_options={"preserve_rowcount": True}).rowcount
    return one if added == _FOUND_AT_ONCE else replace(one, traced_to=version_ids[-1])


_source, _newer, _older = (object_version.alias(name) for name in ("source", "newer", "older"))
_is_newer = (
    (_newer.c.owner_id == _source.c.owner_id)
    & (_newer.c.stix_id == _source.c.stix_id)
    & (_newer.c.version_key > _source.c.version_key)
    & _newer.c.withdrawn_at.is_(None)
)


def _dependents(one: Narrowing, version_ids: Sequence[int]) -> Select[tuple[int]]:
    """Select what was narrowed by these versions as statements of their owners.

    A statement stands for its id until a newer one is in the feed: under an embargoed version, the released one still does. What
    was superseded when the narrowing began is history, and what refers to the id does not depend on it. What came after the
    narrowing was admitted under the narrowed roots, but perhaps under members that had not been traced.
    """
    nb = narrowed_by.c
    superseded = exists().where(_is_newer, _newer.c.position <= one.narrowing_id)
    statement = (
        select(nb.version_id)
        .join_from(_source, narrowed_by, (nb.owner_id == _source.c.owner_id) & (nb.stix_id == _source.c.stix_id))
        .where(_source.c.version_id.in_(version_ids), ~superseded)
    )
    return statement if one.depth > 0 else statement.where(nb.version_id <= one.newest_version_id)


def _governed(one: Narrowing, version_ids: Sequence[int]) -> Select[tuple[int]]:
    """Select the older versions of those of these versions that were the newest."""
    is_older = (
        (_older.c.owner_id == _source.c.owner_id)
        & (_older.c.stix_id == _source.c.stix_id)
        & (_older.c.version_key < _source.c.version_key)
    )
    governed_itself = exists().where(_is_newer, _newer.c.version_id <= one.newest_version_id)
    statement = select(_older.c.version_id).join_from(_source, _older, is_older)
    return statement.where(_source.c.version_id.in_(version_ids), ~governed_itself)


# --- what is under way ----------------------------------------------------------------------------------------------------------


def under_way(connection: Connection, above: int = 0) -> list[Narrowing]:
    """List the narrowings that are not done, oldest first."""
    statement = select(narrowing).where(narrowing.c.narrowing_id > above).order_by(narrowing.c.narrowing_id)
    return [_narrowing(row) for row in connection.execute(statement)]


def next_to_do(connection: Connection) -> Narrowing | None:
    """Give the oldest narrowing that is not traced, for readers stand still until it is; else the oldest of all."""
    first = select(narrowing).order_by(narrowing.c.traced, narrowing.c.narrowing_id).limit(1)
    row = connection.execute(first).one_or_none()
    return None if row is None else _narrowing(row)


def _narrowing(row: object) -> Narrowing:
    return Narrowing(**{name: getattr(row, name) for name in Narrowing.__dataclass_fields__})


def members(connection: Connection, narrowing_id: int, limit: int) -> list[StoredVersion]:
    """List versions that are still to be moved, at most ``limit``."""
    member = narrowing_member.c
    statement = (
        select(*STORED)
        .join_from(narrowing_member, object_version, member.version_id == object_version.c.version_id)
        .where(member.narrowing_id == narrowing_id)
        .order_by(member.depth, member.version_id)
    )
    return [StoredVersion(*row) for row in connection.execute(statement.limit(limit))]


def roots_apart(connection: Connection, narrowing_id: int) -> set[int]:
    """Give the roots (row ids) that stay as they are, since nothing but their postings became narrower."""
    member = narrowing_member.c
    of_this = (member.narrowing_id == narrowing_id) & (member.depth == _ROOTS_APART)
    return set(connection.execute(select(member.version_id).where(of_this)).scalars())


def let_go(connection: Connection, one: Narrowing, version_ids: Collection[int], moved: int, moment: Moment) -> None:
    """Strike versions from the members; ``moved`` of them were moved. That they were members is kept."""
    history.keep_pending(connection, one.narrowing_id, version_ids, moment)
    for some in batches(version_ids):
        of_these = narrowing_member.c.version_id.in_(some) & (narrowing_member.c.narrowing_id == one.narrowing_id)
        connection.execute(delete(narrowing_member).where(of_these))
    this = narrowing.c.narrowing_id == one.narrowing_id
    connection.execute(update(narrowing).where(this).values(moved=narrowing.c.moved + moved))


def finish(connection: Connection, narrowing_id: int) -> None:
    """Forget a narrowing that has no members any more, and its veils."""
    connection.execute(delete(veil).where(veil.c.narrowing_id == narrowing_id))
    connection.execute(delete(narrowing).where(narrowing.c.narrowing_id == narrowing_id))


class Classified(Protocol):
    """A version's row with its class."""

    @property
    def version_id(self) -> int:
        """Its row id."""

    @property
    def class_id(self) -> int:
        """Its class as stored, which may still be wider than it has to be."""


_NO_CLASS = 0  # ids of classes begin at one

_PENDING = Prepared(
    select(narrowing_member.c.version_id, narrowing.c.class_id)
    .join_from(narrowing_member, narrowing, narrowing_member.c.narrowing_id == narrowing.c.narrowing_id)
    .where(IsOneOf(narrowing_member.c.version_id, "version_ids"), narrowing_member.c.depth != _ROOTS_APART)
)


def classes_of(connection: Connection, versions: Collection[Classified], *, evenly: bool = False) -> dict[int, HandlingClass]:
    """Give the class of each version by its row id, narrowed already by what it is still to be narrowed by.

    ``evenly``: by the same statements if there are none, so that their number does not tell whether there are any.
    """
    if not versions and not evenly:
        return {}
    pending: dict[int, list[int]] = defaultdict(list)
    for version_id, class_id in _PENDING.rows(connection, version_ids=sorted({one.version_id for one in versions})):
        pending[version_id].append(class_id)
    class_ids = {one.class_id for one in versions}.union(*pending.values(), {_NO_CLASS} if evenly else ())
    classes = handling.classes_by_id(connection, class_ids)
    return {
        one.version_id: classes[one.class_id].narrowed_by([classes[each] for each in pending[one.version_id]])
        if one.version_id in pending
        else classes[one.class_id]
        for one in versions
    }


# --- veils ----------------------------------------------------------------------------------------------------------------------


def veils(connection: Connection, narrowing_id: int) -> list[Veil]:
    """List the veils of a narrowing."""
    rows = connection.execute(select(veil).where(veil.c.narrowing_id == narrowing_id).order_by(veil.c.viewpoint_id))
    return [Veil(row.viewpoint_id, row.narrowing_id, row.hides_own) for row in rows]


def lay_veils(connection: Connection, viewpoint_id: int, hides_own: Mapping[int, bool], judged_to: int) -> None:
    """Hide the members of these narrowings from a viewpoint, which was asked about all up to ``judged_to``.

    A veil stays until its narrowing is done, whatever policy says meanwhile, and only becomes denser: readers may have passed
    what it hides, so that it must be placed anew before it is seen again.
    """
    laid = connection.execute(select(veil.c.narrowing_id).where(veil.c.viewpoint_id == viewpoint_id)).scalars().all()
    new = [
        {"viewpoint_id": viewpoint_id, "narrowing_id": one, "hides_own": own} for one, own in hides_own.items() if one not in laid
    ]
    if new:
        connection.execute(insert(veil), new)
    denser = [one for one, own in hides_own.items() if own and one in laid]
    if denser:
        these = (veil.c.viewpoint_id == viewpoint_id) & veil.c.narrowing_id.in_(denser)
        connection.execute(update(veil).where(these).values(hides_own=True))
    connection.execute(update(viewpoint).where(viewpoint.c.viewpoint_id == viewpoint_id).values(judged_to=judged_to))
