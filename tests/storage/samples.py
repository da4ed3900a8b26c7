"""Rows to test storage with: a small exchange, and versions to put into it.

Each function takes only what a test wants to vary. What stands in the values comes from ``tests/factories/policy_values.py``.
"""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection

from app.domain.handling import HandlingClass
from app.domain.stix_object import CheckedObject, ObjectContext, ObjectFacts, ParsedObject, VerifiedObject, timestamp_key
from app.domain.vocabulary import Assurance, Channel, Harm, Profile, Purpose, Sensitivity, Tlp
from app.storage import counter, feed, handling, members, objects, viewpoints
from app.storage.columns import FOREVER
from app.storage.counter import Order
from app.storage.objects import NewVersion
from app.storage.session import Database
from app.storage.viewpoints import Evaluation, Viewpoint, ViewpointKey
from tests.factories import policy_values
from tests.factories.policy_values import NOW

OWNER = policy_values.PUBLISHER_ID
OTHER_OWNER = "partner-hotline-c"
READER = policy_values.VIEWER_ID
OTHER_READER = "partner-ngo-d"
SUBMISSION = "00000000-0000-4000-8000-000000000001"
VERSION = "2026-01-01T00:00:00Z"

_serial = itertools.count(1)


def found_exchange(database: Database) -> None:
    """Start the counter at ``NOW`` and enrol four partners."""
    with database.write() as connection:
        counter.start_order(connection, NOW)
        for partner_id in (OWNER, OTHER_OWNER, READER, OTHER_READER):
            made = policy_values.partner(partner_id=partner_id, name=f"The {partner_id}", identity_id=new_id("identity"))
            members.add_partner(connection, made)


def new_id(stix_type: str = "indicator") -> str:
    """Give a STIX id that no other call gives."""
    return f"{stix_type}--{uuid.UUID(int=next(_serial), version=4)}"


def class_of(*harms: Harm, owner_id: str = OWNER) -> HandlingClass:
    """Give the class with one handling for each harm; every set of harms is a class of its own."""
    publisher = policy_values.publisher(partner_id=owner_id)
    handlings = (policy_values.handling(publisher=publisher, harm_types=frozenset({harm})) for harm in harms)
    return HandlingClass(owner_id, frozenset(handlings))


def class_id_of(connection: Connection, order: Order, *harms: Harm, owner_id: str = OWNER) -> int:
    """Give the row id of ``class_of``, which is added if need be."""
    one = class_of(*harms, owner_id=owner_id)
    return handling.ensure_classes(connection, order, [one])[one]


def checked(
    stix_id: str | None = None,
    *,
    owner_id: str = OWNER,
    version: str = VERSION,
    references: Iterable[str] = (),
    facets: Iterable[tuple[str, str]] = (),
    confidence: int | None = None,
    valid: tuple[str | None, str | None] = (None, None),
    words: str = "",
) -> CheckedObject:
    """Give a checked object whose content names its id and version, so that no two versions have the same bytes."""
    stix_id = stix_id or new_id()
    facts = ObjectFacts(
        stix_id=stix_id,
        type=stix_id.partition("--")[0],
        spec_version="2.1",
        version=version,
        version_key=timestamp_key(version),
        created_by_ref=None,
        references=frozenset(references),
        marking_refs=frozenset(),
        context=ObjectContext(),
        sensitivity_floor=Sensitivity.AGGREGATE,
        names_person=False,
        profile=Profile.OCSEA,
        created_key=None,
        is_revoked=False,
        defines=None,
        facets=frozenset(facets),
        confidence=confidence,
        valid_from=valid[0],
        valid_until=valid[1],
        words=words,
    )
    content = f'{{"id":"{stix_id}","modified":"{version}"}}'.encode()
    parsed = ParsedObject("/objects/0", {"id": stix_id}, content)
    digest = hashlib.sha256(content).digest()
    return CheckedObject(VerifiedObject(parsed, owner_id, "keyid", digest, Assurance.PUBLISHER_SIGNED), facts)


def numbered(
    order: Order,
    one: CheckedObject,
    class_id: int,
    now: datetime,
    *,
    release_at: datetime | None = None,
    visible_until: datetime = FOREVER,
) -> NewVersion:
    """Give the version of a checked object with its numbers: without a place if it is under embargo."""
    position, added_at = (None, None) if release_at else order.next_position(now)
    version = one.facts.version or VERSION
    digest = hashlib.sha256(one.verified.parsed.content).digest()
    return NewVersion(
        version_id=order.next_version_id(),
        checked=one,
        version=version,
        version_key=timestamp_key(version) or "",
        class_id=class_id,
        position=position,
        added_at=added_at,
        visible_until=visible_until,
        release_at=release_at,
        content_digest=digest,
        log_index=order.next_log_index(),
        leaf_kind="object",
        leaf_salt=bytes(32),
        leaf_hash=digest,
    )


def publish(
    database: Database,
    harms: Collection[Harm],
    *objects_: CheckedObject,
    now: datetime = NOW,
    release_at: datetime | None = None,
    visible_until: datetime = FOREVER,
) -> list[int]:
    """Store objects in the class of these harms in one transaction. Gives their rows' ids."""
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        versions = []
        for one in objects_:
            class_id = class_id_of(connection, order, *harms, owner_id=one.verified.signer_id)
            versions.append(numbered(order, one, class_id, now, release_at=release_at, visible_until=visible_until))
        objects.add_versions(connection, versions, SUBMISSION, now)
        counter.save_order(connection, order)
    return [one.version_id for one in versions]


def key_of(partner_id: str = READER, purpose: Purpose = Purpose.DETECTION) -> ViewpointKey:
    return ViewpointKey(partner_id, purpose, Channel.REST, Tlp.AMBER)


def look(database: Database, key: ViewpointKey | None = None) -> Viewpoint:
    """Add a viewpoint that sees nothing yet."""
    with database.write() as connection:
        return viewpoints.add_viewpoint(connection, key or key_of(), NOW)


def evaluated(
    database: Database,
    viewpoint: Viewpoint,
    gained: dict[int, int],
    lost: Collection[int] = (),
    *,
    evaluated_to: int | None = None,
) -> Viewpoint:
    """Write what an evaluation gained and lost; by default all classes there are have been asked about."""
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        to = order.class_id if evaluated_to is None else evaluated_to
        evaluation = Evaluation(gained, lost, viewpoint.epoch, viewpoint.agreement_version, to, FOREVER)
        viewpoints.record_evaluation(connection, viewpoint.viewpoint_id, evaluation)
        return viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)


def back_filled(database: Database, viewpoint: Viewpoint, *, now: datetime = NOW, limit: int = 100) -> Viewpoint:
    """Append one batch of entries for what the viewpoint gained."""
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        waiting = feed.waiting_for_entries(connection, viewpoint.viewpoint_id, limit, now)
        feed.append_entries(connection, order, viewpoint.viewpoint_id, waiting, now)
        counter.save_order(connection, order)
        return viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
