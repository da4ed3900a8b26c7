"""Visible sets: for each viewpoint, the handling classes it may see and the position since which each counts.

A viewpoint is a partner with one purpose, channel and TLP ceiling: all that a reader's decision depends on besides the handling.
``since`` is 0 for a class that was visible from its start; a class that was gained later counts from the position at which it
was gained, and what it held before comes by entries of the viewpoint's own (``feed``). Which classes are visible is decided by
policy and written here by ``app/services/reading/visible_set.py``. Kept by ``tests/storage/test_viewpoints.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, and_, bindparam, delete, exists, func, insert, or_, select, update

from app.domain.vocabulary import Channel, Purpose, Tlp
from app.storage import documents
from app.storage.batches import batches
from app.storage.prepared import Prepared
from app.storage.tables import narrowing, policy_epoch, position_counter, recall, veil, viewpoint, visible_class


@dataclass(frozen=True, slots=True)
class ViewpointKey:
    """What makes two readers see the same."""

    partner_id: str
    purpose: Purpose
    channel: Channel
    tlp_ceiling: Tlp


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A viewpoint and how far its visible set was evaluated: under which epoch, up to which class, valid until when.

    ``groups`` are those that its partner read then, each with the generation from which on.

    ``judged_to`` is the newest narrowing it was asked about. From one that is ``veiled`` the members of some narrowing are
    hidden; it ``stands_still`` while it is not known yet which they are.
    """

    viewpoint_id: int
    key: ViewpointKey
    epoch: int
    agreement_version: int | None
    evaluated_to: int
    valid_until: datetime
    has_entries: bool
    judged_to: int = 0
    veiled: bool = False
    stands_still: bool = False
    groups: Mapping[str, int] = field(default_factory=dict)


_FIELDS = Viewpoint.__dataclass_fields__.keys() - {"key", "groups"}

_veil = select(veil.c.narrowing_id).where(veil.c.viewpoint_id == viewpoint.c.viewpoint_id)
_untraced = _veil.where(narrowing.c.narrowing_id == veil.c.narrowing_id, ~narrowing.c.traced)
_VIEWPOINTS = select(viewpoint, exists(_veil).label("veiled"), exists(_untraced).label("stands_still"))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of evaluating a visible set: what changes, and what it now stands for."""

    gained: Mapping[int, int]
    lost: Collection[int]
    epoch: int
    agreement_version: int | None
    evaluated_to: int
    valid_until: datetime
    groups: Mapping[str, int] = field(default_factory=dict)


def find_viewpoint(connection: Connection, key: ViewpointKey) -> Viewpoint | None:
    """Give the viewpoint of this key as it stands in this snapshot, None if nobody has looked from there yet."""
    return find_standing(connection, key)[0]


def partner_viewpoints(connection: Connection, partner_id: str) -> list[Viewpoint]:
    """List the viewpoints of one partner."""
    rows = connection.execute(_VIEWPOINTS.where(viewpoint.c.partner_id == partner_id).order_by(viewpoint.c.viewpoint_id))
    return [_viewpoint(row) for row in rows]


def viewpoint_by_id(connection: Connection, viewpoint_id: int) -> Viewpoint:
    """Give one viewpoint that exists."""
    return _viewpoint(connection.execute(_VIEWPOINTS.where(viewpoint.c.viewpoint_id == viewpoint_id)).one())


def _viewpoint(row: Any) -> Viewpoint:
    key = ViewpointKey(row.partner_id, Purpose(row.purpose), Channel(row.channel), Tlp(row.tlp_ceiling))
    groups = documents.load(row.groups)
    return Viewpoint(key=key, groups=groups, **{name: getattr(row, name) for name in _FIELDS})


def add_viewpoint(connection: Connection, key: ViewpointKey, now: datetime) -> Viewpoint:
    """Add a viewpoint of which nothing is evaluated yet. The order lock must be held."""
    values = {"partner_id": key.partner_id, "purpose": key.purpose, "channel": key.channel, "tlp_ceiling": key.tlp_ceiling}
    blank = {"epoch": 0, "agreement_version": None, "evaluated_to": 0, "valid_until": now, "has_entries": False}
    made = connection.execute(insert(viewpoint).values(**values, **blank).returning(viewpoint.c.viewpoint_id))
    return viewpoint_by_id(connection, made.scalar_one())


def visible_classes(connection: Connection, viewpoint_id: int) -> dict[int, int]:
    """Give the visible classes of a viewpoint with the position since which each counts."""
    statement = select(visible_class.c.class_id, visible_class.c.since).where(visible_class.c.viewpoint_id == viewpoint_id)
    return dict(connection.execute(statement).all())


def record_evaluation(connection: Connection, viewpoint_id: int, evaluation: Evaluation) -> None:
    """Write an evaluation. The order lock must be held, so that ``since`` and the feed's positions change together."""
    for some in batches(evaluation.lost):
        condition = (visible_class.c.viewpoint_id == viewpoint_id) & visible_class.c.class_id.in_(some)
        connection.execute(delete(visible_class).where(condition))
    if evaluation.gained:
        rows = [{"viewpoint_id": viewpoint_id, "class_id": one, "since": since} for one, since in evaluation.gained.items()]
        connection.execute(insert(visible_class), rows)
    connection.execute(
        update(viewpoint)
        .where(viewpoint.c.viewpoint_id == viewpoint_id)
        .values(
            epoch=evaluation.epoch,
            agreement_version=evaluation.agreement_version,
            evaluated_to=evaluation.evaluated_to,
            valid_until=evaluation.valid_until,
            groups=documents.dump(dict(evaluation.groups)),
        )
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What a visible set must have been evaluated under to be true in a snapshot, and how far the snapshot goes.

    ``position`` is the last place given; ``newest_recall`` the last recall's number and ``recalled_at`` the latest instant of
    any, None without one. Recalls are numbered under the order lock, in the order of their commits.
    """

    epoch: int
    newest_class_id: int
    newest_narrowing: int = 0
    position: int = 0
    newest_recall: int = 0
    recalled_at: datetime | None = None


def _newest(column: Column[int]) -> Any:
    return select(func.coalesce(func.max(column), 0)).scalar_subquery()


def _columns_of_standing(partner_id: Any) -> list[Any]:
    concerns = or_(policy_epoch.c.partner_id == partner_id, policy_epoch.c.partner_id.is_(None))
    return [
        select(func.coalesce(func.max(policy_epoch.c.epoch), 0)).where(concerns).scalar_subquery().label("newest_epoch"),
        position_counter.c.class_id.label("newest_class_id"),
        _newest(narrowing.c.narrowing_id).label("newest_narrowing"),
        position_counter.c.position,
        _newest(recall.c.recall_id).label("newest_recall"),
        select(func.max(recall.c.recalled_at)).scalar_subquery().label("recalled_at"),
    ]


_BOUND_KEY = {name: bindparam(f"of_{name}", type_=viewpoint.c[name].type) for name in ViewpointKey.__dataclass_fields__}
_STANDING = Prepared(
    select(*_columns_of_standing(_BOUND_KEY["partner_id"]), *_VIEWPOINTS.selected_columns).select_from(
        position_counter.outerjoin(viewpoint, and_(*(viewpoint.c[name] == value for name, value in _BOUND_KEY.items())))
    )
)


def find_standing(connection: Connection, key: ViewpointKey) -> tuple[Viewpoint | None, Standing]:
    """Give the viewpoint of this key, if there is one, and what it must stand under to be current; one statement."""
    row = _STANDING.row(
        connection,
        of_partner_id=key.partner_id,
        of_purpose=key.purpose,
        of_channel=key.channel,
        of_tlp_ceiling=key.tlp_ceiling,
    )
    if row is None:
        raise LookupError("an exchange that was not started")
    standing = Standing(*row[: len(Standing.__dataclass_fields__)])
    return None if row.viewpoint_id is None else _viewpoint(row), standing


def standing_for(connection: Connection, partner_id: str) -> Standing:
    """Give what is newest, in one statement: the policy epoch that concerns this partner, the class, the narrowing under way.

    Epoch and narrowing are 0 if there is none.
    """
    return Standing(*connection.execute(select(*_columns_of_standing(partner_id))).one())


def start_epoch(connection: Connection, partner_id: str | None, reason: str, now: datetime) -> int:
    """Begin a new policy epoch for one partner (None: for all). The order lock must be held. Gives its number."""
    epoch: int = connection.execute(select(func.coalesce(func.max(policy_epoch.c.epoch), 0))).scalar_one() + 1
    connection.execute(insert(policy_epoch).values(epoch=epoch, partner_id=partner_id, reason=reason, at=now))
    return epoch
