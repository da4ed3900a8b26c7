"""Keeping each viewpoint's visible set true, and looking from it within one snapshot.

Owns when a visible set is evaluated: before every look, whenever a policy epoch, a date of an agreement, a new handling class or
a new narrowing makes the stored one stale. So a narrowed policy holds for every request that starts after its commit, on every
worker; a new class is never skipped, and what a narrowing takes away is veiled before it is moved. Kept by
``tests/services/reading/test_visible_set.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.agreement import Agreement
from app.domain.handling import HandlingClass
from app.domain.partner import Partner
from app.domain.vocabulary import OverdueRecall, Tlp
from app.policy.agreements import agreement_in_force, next_boundary
from app.policy.clauses import loses_access
from app.policy.visibility import Viewer, loss_by, why_hidden
from app.services.exchange import Exchange
from app.services.reading.back_fill import BACK_FILL, back_fill_some
from app.storage import agreements, feed, handling, members, narrowings, notices, sharing, viewpoints, work
from app.storage.columns import FOREVER
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.session import Connection
from app.storage.viewpoints import Evaluation, Standing, Viewpoint, ViewpointKey

_SNAPSHOTS = 3
_SMALLEST_STEP = timedelta(microseconds=1)


def viewer_of(connection: Connection, partner: Partner, tlp_ceiling: Tlp, now: datetime) -> Viewer:
    """Give the partner as decisions see it at ``now``: its agreement in force then, its sharing groups, what it is late with."""
    agreement = agreement_in_force(agreements.agreements(connection, partner.partner_id), now)
    groups = sharing.reading_from(connection, partner.partner_id)
    due_at = notices.first_due(connection, partner.partner_id)
    late = due_at is not None and due_at <= now
    return Viewer(partner.partner_id, partner.role, partner.jurisdiction, partner.state, agreement, tlp_ceiling, groups, late)


@dataclass(frozen=True, slots=True)
class Look:
    """One snapshot, the viewpoint whose visible set covers everything in it, and the instant as of which is looked.

    That is not before anything that was withdrawn in the snapshot, whatever our clock says. ``newest_recall`` is that of the last
    recall in it, ``position`` the last place given. ``agreement_version`` is that of the agreement in force (0: none is),
    also where that lets nothing be read of others while its partner is late with a recall.
    """

    connection: Connection
    viewpoint: Viewpoint
    now: datetime
    newest_recall: int
    position: int
    agreement_version: int = 0

    @classmethod
    def at(cls, connection: Connection, viewpoint: Viewpoint, standing: Standing, now: datetime) -> Look:
        """Look from a viewpoint that is current in this snapshot."""
        as_of = now if standing.recalled_at is None else max(now, standing.recalled_at)
        version = viewpoint.agreement_version
        if version is None:
            in_force = agreement_in_force(agreements.agreements(connection, viewpoint.key.partner_id), as_of)
            version = 0 if in_force is None else in_force.version
        return cls(connection, viewpoint, as_of, standing.newest_recall, standing.position, version)


@contextmanager
def looking(exchange: Exchange, key: ViewpointKey, now: datetime) -> Iterator[Look]:
    """Give a look from the viewpoint of this key.

    While classes keep arriving faster than they are evaluated, the last try looks under the order lock, where none can.
    """
    for _attempt in range(_SNAPSHOTS):
        with exchange.database.read() as connection:
            viewpoint, standing = viewpoints.find_standing(connection, key)
            if viewpoint is not None and _is_current(viewpoint, standing, now):
                yield Look.at(connection, viewpoint, standing, now)
                return
        with exchange.database.write(while_read_only=True) as connection:
            evaluate(connection, key, now)
    with exchange.database.write(while_read_only=True) as connection:
        viewpoint = evaluate(connection, key, now)
        yield Look.at(connection, viewpoint, viewpoints.standing_for(connection, key.partner_id), now)


def _is_current(viewpoint: Viewpoint, standing: Standing, now: datetime) -> bool:
    return (
        viewpoint.epoch == standing.epoch
        and viewpoint.evaluated_to >= standing.newest_class_id
        and viewpoint.judged_to >= standing.newest_narrowing
        and now < viewpoint.valid_until
    )


def evaluate(connection: Connection, key: ViewpointKey, now: datetime, held: Order | None = None) -> Viewpoint:
    """Bring a viewpoint's visible set up to date in a write transaction; takes the order lock, unless its caller has it ``held``.

    What the viewpoint gains of classes it was already asked about counts from here on; what those classes held before comes by
    entries of its own: a first batch at once, the rest by the back-fill work.
    """
    order = held or take_order_lock(connection, while_read_only=True)
    viewpoint = viewpoints.find_viewpoint(connection, key) or viewpoints.add_viewpoint(connection, key, now)
    partner = members.partner_by_id(connection, key.partner_id)
    if partner is None:
        raise LookupError("a viewpoint of no partner")
    viewer = viewer_of(connection, partner, key.tlp_ceiling, now)
    evaluation = _evaluation(connection, viewpoint, viewer, order, now)
    viewpoints.record_evaluation(connection, viewpoint.viewpoint_id, evaluation)
    policy_changed = viewpoint.epoch != evaluation.epoch or now >= viewpoint.valid_until
    _judge_narrowings(connection, viewpoint, viewer, above=0 if policy_changed else viewpoint.judged_to, now=now)
    # In the feed of a group that is new to a member, what it gained late elsewhere has no place yet.
    gains = any(evaluation.gained.values()) or (policy_changed and bool(feed.feeds_read(connection, key.partner_id)))
    if gains and back_fill_some(connection, order, viewpoint.viewpoint_id, key.partner_id, now):
        work.add_work(connection, BACK_FILL, {"viewpoint_id": viewpoint.viewpoint_id}, now)
    if held is None:
        save_order(connection, order)
    return viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)


def _judge_narrowings(connection: Connection, viewpoint: Viewpoint, viewer: Viewer, *, above: int, now: datetime) -> None:
    """Veil what the narrowings under way, those begun above a position, take away from the viewpoint."""
    asked = narrowings.under_way(connection, above)
    if not asked:
        return
    key = viewpoint.key
    classes = handling.classes_by_id(connection, (one.class_id for one in asked))
    losses = {one: loss_by(viewer, classes[one.class_id].handlings, key.purpose, key.channel, now) for one in asked}
    veiling = {one.narrowing_id: loss.own for one, loss in losses.items() if loss.theirs}
    narrowings.lay_veils(connection, viewpoint.viewpoint_id, veiling, judged_to=asked[-1].narrowing_id)


def _evaluation(connection: Connection, viewpoint: Viewpoint, viewer: Viewer, order: Order, now: datetime) -> Evaluation:
    known, agreement = agreements.agreements(connection, viewer.partner_id), viewer.agreement
    standing = viewpoints.standing_for(connection, viewer.partner_id)
    new = handling.classes_between(connection, viewpoint.evaluated_to, order.class_id)
    sees = saw = _seen(viewer, viewpoint.key, new, now)
    gained: dict[int, int] = {}
    lost: set[int] = set()
    if viewpoint.epoch != standing.epoch or now >= viewpoint.valid_until:
        asked_before = handling.classes_between(connection, 0, viewpoint.evaluated_to)
        sees_of_those = _seen(viewer, viewpoint.key, asked_before, now)
        had = viewpoints.visible_classes(connection, viewpoint.viewpoint_id).keys()
        gained, lost = dict.fromkeys(sees_of_those - had, order.position), had - sees_of_those
        saw = _saw(viewpoint, viewer, known, {one: new[one] for one in sees}, now)
    gained |= {one: 0 if one in saw else order.position for one in sees}
    return Evaluation(
        gained=gained,
        lost=lost,
        epoch=standing.epoch,
        agreement_version=None if agreement is None or loses_access(viewer, agreement) else agreement.version,
        evaluated_to=order.class_id,
        valid_until=min(next_boundary(known, now) or FOREVER, _first_lapse(connection, viewer, now)),
        groups=viewer.groups,
    )


def _first_lapse(connection: Connection, viewer: Viewer, now: datetime) -> datetime:
    """Give when the viewer loses access unless it answers a recall by then; agreements that do not say so let it go on."""
    if viewer.agreement is None or viewer.agreement.recall.overdue is not OverdueRecall.LOSE_ACCESS:
        return FOREVER
    due_at = notices.first_due(connection, viewer.partner_id)
    return FOREVER if due_at is None or due_at <= now else due_at


def _saw(
    viewpoint: Viewpoint, viewer: Viewer, known: Sequence[Agreement], new: Mapping[int, HandlingClass], now: datetime
) -> set[int]:
    """Give those of the new classes that were visible from their start, under the terms and in the groups of the last evaluation.

    The others may hold older versions that were moved into them while they were hidden: a cursor may have passed their places.
    """
    if not viewpoint.evaluated_to:
        return set(new)  # nothing was ever shown to this viewpoint
    agreement = next((one for one in known if one.version == viewpoint.agreement_version), None)
    then = min(now, viewpoint.valid_until - _SMALLEST_STEP)  # in force then, if ever
    # Who had lost access then was kept as if under no agreement.
    return _seen(replace(viewer, agreement=agreement, groups=viewpoint.groups), viewpoint.key, new, then)


def _seen(viewer: Viewer, key: ViewpointKey, classes: Mapping[int, HandlingClass], now: datetime) -> set[int]:
    return {one for one, asked in classes.items() if why_hidden(viewer, asked, key.purpose, key.channel, now) is None}
