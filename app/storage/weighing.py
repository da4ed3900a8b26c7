"""What a viewpoint sees of what is said about an id, and of feedback in all.

Every statement here goes through the viewpoint's visible set and its veils, as ``feed_statements`` does. Kept by
``tests/storage/test_weighing.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from app.domain.feedback import FEEDBACK, FEEDBACK_ABOUT, FEEDBACK_ON, name_of
from app.storage.batches import batches
from app.storage.feed_statements import sees, unveiled
from app.storage.tables import narrowed_by, object_facet, object_head, object_ref, object_version, visible_class
from app.storage.viewpoints import Viewpoint


@dataclass(frozen=True, slots=True)
class SeenStatement:
    """A version that a reader sees; ``stated_at`` is when the exchange received it."""

    version_id: int
    class_id: int
    owner_id: str
    stix_id: str
    type: str
    version: str
    version_key: str
    stated_at: datetime


_COLUMNS = ("version_id", "class_id", "owner_id", "stix_id", "type", "version", "version_key")


def _seen(statement: Select[Any], viewpoint: Viewpoint, now: datetime) -> tuple[Select[Any], dict[str, Any]]:
    """Narrow a statement over ``object_version`` to what the viewpoint sees; embargoed ones are their owner's."""
    ov = object_version.c
    narrowed = statement.join(visible_class, sees(viewpoint.viewpoint_id)).where(ov.visible_until > now)
    narrowed = narrowed.where(or_(ov.position.is_not(None), ov.owner_id == viewpoint.key.partner_id))
    bound = {"viewpoint": viewpoint.viewpoint_id, "partner": viewpoint.key.partner_id} if viewpoint.veiled else {}
    return (narrowed.where(unveiled()) if viewpoint.veiled else narrowed), bound


def seen_about(connection: Connection, viewpoint: Viewpoint, stix_id: str, now: datetime, most: int) -> list[SeenStatement]:
    """List what stands under an id or refers to it: of each owner's object the newest version seen, ``most`` at most."""
    if viewpoint.stands_still:
        return []
    ov = object_version.c
    # Each by its own index: an OR of both has a planner look at everything that is seen.
    under, refers = object_version.alias("under").c, object_ref.c
    about = select(under.version_id).where(under.stix_id == stix_id)
    about_it = about.union(select(refers.version_id).where(refers.ref_id == stix_id))
    asked = select(*(ov[name] for name in _COLUMNS), ov.received_at).select_from(object_version)
    asked = asked.where(ov.version_id.in_(about_it))
    statement, bound = _seen(asked, viewpoint, now)
    newest: dict[tuple[str, str], SeenStatement] = {}
    for row in connection.execute(statement.order_by(ov.version_id.desc()).limit(most), bound):
        one = SeenStatement(*row)
        before = newest.get((one.owner_id, one.stix_id))
        if before is None or one.version_key > before.version_key:
            newest[one.owner_id, one.stix_id] = one
    return sorted(newest.values(), key=lambda one: one.version_id)


@dataclass(frozen=True, slots=True)
class SeenFeedback:
    """Feedback that a reader sees: who gave it, of whose statement, in which words (``outcome:no-match``), and when it came."""

    version_id: int
    class_id: int
    giver_id: str
    owner_id: str
    stix_id: str
    word: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackSought:
    """Which feedback: on these owners' objects, in these words, received from then on. Empty, None: any."""

    owner_ids: Collection[str] = ()
    words: Collection[str] = ()
    since: datetime | None = None


def seen_feedback(
    connection: Connection, viewpoint: Viewpoint, sought: FeedbackSought, now: datetime, most: int
) -> list[SeenFeedback]:
    """List feedback, newest first, in the version that counts.

    Only on statements that are the viewpoint's own or that it sees: feedback on one id reaches all who state it, and none of them
    may learn from it of the others.
    """
    if viewpoint.stands_still:
        return []
    ov, nb = object_version.c, narrowed_by.c
    word, on, about = object_facet.alias("word"), object_facet.alias("of_owner"), object_facet.alias("about")
    asked = (
        select(ov.version_id, ov.class_id, ov.owner_id, nb.owner_id, nb.stix_id, word.c.value, ov.received_at, about.c.value)
        .select_from(object_version)
        .join(word, and_(word.c.version_id == ov.version_id, word.c.kind == FEEDBACK, word.c.value.contains(":")))
        .join(narrowed_by, nb.version_id == ov.version_id)
        .join(on, and_(on.c.version_id == ov.version_id, on.c.kind == FEEDBACK_ON, on.c.value == nb.owner_id))
        .join(about, and_(about.c.version_id == ov.version_id, about.c.kind == FEEDBACK_ABOUT))
        .where(~ov.is_superseded, ~ov.is_revoked)
        .where(or_(nb.owner_id == viewpoint.key.partner_id, _sees_statement(viewpoint, now)))
    )
    if sought.owner_ids:
        asked = asked.where(nb.owner_id.in_(sorted(sought.owner_ids)))
    if sought.words:
        asked = asked.where(word.c.value.in_(sorted(sought.words)))
    if sought.since is not None:
        asked = asked.where(ov.received_at >= sought.since)
    statement, bound = _seen(asked, viewpoint, now)
    ordered = statement.order_by(ov.version_id.desc(), nb.owner_id, nb.stix_id, about.c.value).limit(most)
    found: list[SeenFeedback] = []
    for start in count(0, most):  # feedback on several ids has a row for each two of them, and those of one with itself count
        rows = connection.execute(ordered.offset(start), bound).all()
        found += [SeenFeedback(*row[:7]) for row in rows if name_of(row[4]) == row[7]]
        if len(rows) < most or len(found) >= most:
            break
    return found[:most]


def _sees_statement(viewpoint: Viewpoint, now: datetime) -> ColumnElement[bool]:
    """Say that the viewpoint sees a version of the statement that feedback is on."""
    stated, of_it, nb = object_version.alias("stated"), visible_class.alias("of_the_stated"), narrowed_by.c
    seen = (
        select(stated.c.version_id)
        .join_from(stated, of_it, and_(of_it.c.viewpoint_id == viewpoint.viewpoint_id, of_it.c.class_id == stated.c.class_id))
        .where(stated.c.owner_id == nb.owner_id, stated.c.stix_id == nb.stix_id)
        .where(stated.c.visible_until > now, stated.c.position.is_not(None))
    )
    if viewpoint.veiled:
        seen = seen.where(unveiled(stated))
    return exists(seen.correlate(narrowed_by))


def behaviours_of(
    connection: Connection, viewpoint: Viewpoint, stated: Sequence[tuple[str, str]], now: datetime
) -> dict[tuple[str, str], set[str]]:
    """Give the behaviours (codes) that the newest version of each of these statements shows, as far as it is seen."""
    ov, found = object_version.c, defaultdict[tuple[str, str], set[str]](set)
    wanted = set(stated)
    asked = (
        select(ov.owner_id, ov.stix_id, object_facet.c.value)
        .select_from(object_version)
        .join(object_head, object_head.c.version_id == ov.version_id)
        .join(object_facet, and_(object_facet.c.version_id == ov.version_id, object_facet.c.kind == "behaviour"))
    )
    for some in batches(sorted({stix_id for _, stix_id in wanted})):
        statement, bound = _seen(asked.where(ov.stix_id.in_(some)), viewpoint, now)
        for owner_id, stix_id, behaviour in connection.execute(statement, bound):
            if (owner_id, stix_id) in wanted:
                found[owner_id, stix_id].add(behaviour)
    return found


def seen_among(connection: Connection, viewpoint: Viewpoint, version_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Give those of these versions that are seen, each with its class."""
    found: dict[int, int] = {}
    if viewpoint.stands_still:
        return found
    ov = object_version.c
    asked = select(ov.version_id, ov.class_id).select_from(object_version)
    for some in batches(sorted(version_ids)):
        statement, bound = _seen(asked.where(ov.version_id.in_(some)), viewpoint, now)
        found |= dict(connection.execute(statement, bound).all())
    return found


@dataclass(frozen=True, slots=True)
class SaidThen:
    """What a version of feedback says (``outcome:no-match``), who gives it, and when the exchange received it."""

    giver_id: str
    word: str
    said_at: datetime


def said_in(connection: Connection, version_ids: Collection[int]) -> list[SaidThen]:
    """Give what these versions say that are feedback and not revoked; that somebody may see them is the caller's to know."""
    ov, of, found = object_version.c, object_facet.c, list[SaidThen]()
    statement = (
        select(ov.owner_id, of.value, ov.received_at)
        .join_from(object_version, object_facet, and_(of.version_id == ov.version_id, of.kind == FEEDBACK))
        .where(of.value.contains(":"), ~ov.is_revoked)
    )
    for some in batches(sorted(version_ids)):
        found += [SaidThen(*row) for row in connection.execute(statement.where(ov.version_id.in_(some)))]
    return found
