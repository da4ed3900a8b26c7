"""Object versions on their way in: finding what is there already, adding versions, reclassifying.

Reading for partners is ``feed``'s alone; what stands here serves admission, under the order lock, and asks by owner or for
references. Kept by ``tests/storage/test_objects.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    String,
    Update,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)

from app.domain.stix_object import CheckedObject, timestamp_key
from app.domain.vocabulary import Assurance
from app.storage import documents, history, restrictions, words
from app.storage.batches import batches
from app.storage.columns import FOREVER
from app.storage.counter import Moment
from app.storage.many_rows import add_rows, add_rows_of
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import (
    log_leaf,
    narrowed_by,
    narrowing_member,
    object_attestation,
    object_content,
    object_facet,
    object_head,
    object_ref,
    object_version,
    restricted_version,
    submission,
)


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """What admission reads of a version that is there already."""

    version_id: int
    owner_id: str
    stix_id: str
    version: str
    version_key: str
    class_id: int
    position: int | None
    visible_until: datetime
    payload_digest: bytes
    log_index: int
    assurance: str = Assurance.PUBLISHER_SIGNED
    created_key: str | None = None
    is_revoked: bool = False
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version about to be stored, with every number it was given. ``leaf_hash`` is that of its log leaf.

    ``position`` and ``added_at`` are None while it is under embargo (``release_at``). ``attestation`` is the exchange's envelope
    beside an object that nobody signed, None otherwise. ``narrowed_by`` are the statements (owner, id) that it referred to as
    its submitter saw them. ``further_facets`` are those that are not in the object itself.
    """

    version_id: int
    checked: CheckedObject
    version: str
    version_key: str
    class_id: int
    position: int | None
    added_at: datetime | None
    visible_until: datetime
    release_at: datetime | None
    content_digest: bytes
    log_index: int
    leaf_kind: str
    leaf_salt: bytes
    leaf_hash: bytes
    attestation: Mapping[str, Any] | None = None
    narrowed_by: frozenset[tuple[str, str]] = frozenset()
    retain_until: datetime = FOREVER
    further_facets: frozenset[tuple[str, str]] = frozenset()


NO_SUBMISSION = ""
"""Stands in ``object_version.submission_id`` of what the exchange itself states (notices of recalls): nobody submitted it."""

STORED = [object_version.c[name] for name in StoredVersion.__dataclass_fields__]
"""The columns of a ``StoredVersion``, in its order."""


# What is restricted stands there as if it were not: what is admitted beside it must not depend on that.
_UNRESTRICTED: list[Any] = [restrictions.seen_until() if one.name == "visible_until" else one for one in STORED]
_OWN = Prepared(
    select(*_UNRESTRICTED)
    .join_from(object_version, restricted_version, restrictions.JOINED, isouter=True)
    .where(object_version.c.owner_id == bindparam("owner_id"), IsOneOf(object_version.c.stix_id, "stix_ids"))
)
_HEADS = Prepared(
    select(*STORED)
    .join_from(object_head, object_version, object_head.c.version_id == object_version.c.version_id)
    .where(IsOneOf(object_head.c.stix_id, "stix_ids"))
)


def own_versions(connection: Connection, owner_id: str, stix_ids: Collection[str]) -> list[StoredVersion]:
    """List all versions this owner stored under these ids, oldest first, those that it withdrew as well.

    What others hold under them is not looked at. ``visible_until`` is as it would be without restrictions.
    """
    rows = _OWN.rows(connection, owner_id=owner_id, stix_ids=sorted(stix_ids)) if stix_ids else []
    return sorted((StoredVersion(*row) for row in rows), key=lambda one: one.version_key)


def versions_by_row(connection: Connection, version_ids: Collection[int]) -> list[StoredVersion]:
    """List stored versions by their row ids, in that order; those that are not there are passed over."""
    found: list[StoredVersion] = []
    for some in batches(sorted(version_ids)):
        statement = select(*STORED).where(object_version.c.version_id.in_(some)).order_by(object_version.c.version_id)
        found += [StoredVersion(*row) for row in connection.execute(statement)]
    return found


def heads_of(connection: Connection, stix_ids: Collection[str]) -> list[StoredVersion]:
    """List the newest version of *every* owner under these ids, seen or not: the caller must ask policy about each."""
    rows = _HEADS.rows(connection, stix_ids=sorted(stix_ids)) if stix_ids else []
    return [StoredVersion(*row) for row in rows]


MOST_CLASSES_OF_AN_ID = 32
"""Of how many classes one owner's versions of one id are looked at for who refers to it: those of the newest."""


def _standing(most: int) -> Select[Any]:
    """Select the newest version of each owner, id and class, of so many classes.

    Versions that are still to be moved are of one class only with those that the same narrowings will move.
    """
    version = object_version.c
    comma: Any = literal_column("','")  # as a string it would be a parameter that only SQLAlchemy itself can fill in
    moving = select(func.aggregate_strings(cast(narrowing_member.c.narrowing_id, String), comma)).where(
        narrowing_member.c.version_id == version.version_id
    )
    newest_first = version.version_key.desc()
    of_one_class = [version.owner_id, version.stix_id, version.class_id, moving.correlate(object_version).scalar_subquery()]
    each = (
        select(*STORED, func.row_number().over(partition_by=of_one_class, order_by=newest_first).label("in_class"))
        .where(IsOneOf(version.stix_id, "stix_ids"), version.visible_until > bindparam("now"), version.withdrawn_at.is_(None))
        .where(or_(version.position.is_not(None), IsOneOf(version.owner_id, "owner_ids")))
        .subquery()
    )
    of_one_id = func.row_number().over(partition_by=[each.c.owner_id, each.c.stix_id], order_by=each.c.version_key.desc())
    names = StoredVersion.__dataclass_fields__
    first = select(*(each.c[name] for name in names), of_one_id.label("in_id")).where(each.c.in_class == 1).subquery()
    found = select(*(first.c[name] for name in names)).where(first.c.in_id <= most)
    return found.order_by(first.c.version_key.desc())


_STANDING = Prepared(_standing(MOST_CLASSES_OF_AN_ID))


def standing_versions(
    connection: Connection, stix_ids: Collection[str], owner_ids: Collection[str], now: datetime
) -> list[StoredVersion]:
    """List what *every* owner states under these ids now, seen or not: the newest version of each class, newest first.

    One statement, however many versions there are: whoever does not see a newest one, since it is in a group, refers to an older
    one that it sees. What is under embargo is there for these owners alone. The caller must ask policy about each class.
    """
    rows = _STANDING.rows(connection, stix_ids=sorted(stix_ids), owner_ids=sorted(owner_ids), now=now)
    return [StoredVersion(*row) for row in rows]


def add_versions(connection: Connection, versions: Sequence[NewVersion], submission_id: str, received_at: datetime) -> None:
    """Store versions with their content, references, facets, words and log leaves. The order lock must be held."""
    if not versions:
        return
    leaves = [
        {"log_index": one.log_index, "kind": one.leaf_kind, "leaf_hash": one.leaf_hash, "recorded_at": received_at}
        for one in versions
    ]
    contents = [{"version_id": one.version_id, "content": one.checked.verified.parsed.content} for one in versions]
    attested = [
        {"version_id": one.version_id, "envelope": documents.dump(one.attestation)} for one in versions if one.attestation
    ]
    references = [
        {"version_id": one.version_id, "ref_id": ref} for one in versions for ref in sorted(one.checked.facts.references)
    ]
    facets = [
        {"version_id": one.version_id, "kind": kind, "value": value}
        for one in versions
        for kind, value in sorted(one.checked.facts.facets | one.further_facets)
    ]
    dependences = [
        {"version_id": one.version_id, "owner_id": owner_id, "stix_id": stix_id}
        for one in versions
        for owner_id, stix_id in sorted(one.narrowed_by)
    ]
    add_rows_of(
        connection,
        (
            (log_leaf, leaves),
            (object_version, [_version_row(one, submission_id, received_at) for one in versions]),
            (object_content, contents),
            (object_attestation, attested),
            (object_ref, references),
            (narrowed_by, dependences),
            (object_facet, facets),
        ),
    )
    words.add_words(connection, [(one.version_id, one.checked.facts.words) for one in versions])
    owned: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in versions:
        owned[one.checked.verified.signer_id].append((one.checked.facts.stix_id, one.version_id))
    for owner_id, stored in owned.items():
        restrictions.hide_new(connection, owner_id, stored)


def _version_row(one: NewVersion, submission_id: str, received_at: datetime) -> dict[str, Any]:
    facts, verified = one.checked.facts, one.checked.verified
    return {
        "version_id": one.version_id,
        "owner_id": verified.signer_id,
        "stix_id": facts.stix_id,
        "type": facts.type,
        "version": one.version,
        "version_key": one.version_key,
        "class_id": one.class_id,
        "position": one.position,
        "added_at": one.added_at,
        "visible_until": one.visible_until,
        "retain_until": one.retain_until,
        "release_at": one.release_at,
        "received_at": received_at,
        "submission_id": submission_id,
        "keyid": one.attestation["signatures"][0]["keyid"] if one.attestation else verified.keyid,
        "assurance": verified.assurance,
        "created_key": facts.created_key,
        "is_revoked": facts.is_revoked,
        "payload_digest": verified.payload_digest,
        "content_digest": one.content_digest,
        "log_index": one.log_index,
        "leaf_salt": one.leaf_salt,
        "confidence": facts.confidence,
        "valid_from_key": timestamp_key(facts.valid_from) if facts.valid_from else None,
        "valid_until_key": timestamp_key(facts.valid_until) if facts.valid_until else None,
    }


_MOVE_HEAD = Prepared(
    update(object_head)
    .where(object_head.c.owner_id == bindparam("owner"), object_head.c.stix_id == bindparam("stix"))
    .values(version_id=bindparam("row"))
)


def set_heads(connection: Connection, owner_id: str, heads: Sequence[tuple[str, int]], known: Collection[str]) -> None:
    """Make these (id, version row) the newest of this owner; ``known`` are the ids among them that have a head already."""
    fresh = [{"owner_id": owner_id, "stix_id": stix_id, "version_id": row} for stix_id, row in heads if stix_id not in known]
    add_rows(connection, object_head, fresh)
    for stix_id, row in heads:
        if stix_id in known:
            _MOVE_HEAD.run(connection, owner=owner_id, stix=stix_id, row=row)


def _superseding() -> Update:
    ov, newer = object_version.c, object_version.alias("newer")
    is_newer = (newer.c.owner_id == ov.owner_id) & (newer.c.stix_id == ov.stix_id) & (newer.c.version_key > ov.version_key)
    has_newer = exists(select(newer.c.version_id).where(is_newer).correlate(object_version))
    these = (ov.owner_id == bindparam("owner"), IsOneOf(ov.stix_id, "stix_ids"), ~ov.is_superseded, has_newer)
    return update(object_version).where(*these).values(is_superseded=true())


_SUPERSEDE = Prepared(_superseding())


def mark_superseded(connection: Connection, owner_id: str, stix_ids: Collection[str]) -> None:
    """Remember which versions of this owner's objects have a newer one stored; the order lock must be held.

    To be asked of ids of which more than one version is stored, after the newest was added; a version that comes late is born so.
    """
    if stix_ids:
        _SUPERSEDE.run(connection, owner=owner_id, stix_ids=sorted(stix_ids))


def reclassify(
    connection: Connection, version_ids: Collection[int], class_id: int, visible_until: datetime, moment: Moment
) -> None:
    """Put versions into another (never wider) class, and let them be seen no longer than ``visible_until``.

    What ends earlier stays so: nothing that expired or was withdrawn comes back. How they stood before is kept.
    """
    history.keep_versions(connection, version_ids, moment)
    ends = object_version.c.visible_until
    values = {"class_id": class_id, "visible_until": case((ends < visible_until, ends), else_=visible_until)}
    for some in batches(version_ids):
        connection.execute(update(object_version).where(object_version.c.version_id.in_(some)).values(values))
    restrictions.shorten(connection, version_ids, visible_until)


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a receipt for one stored version says."""

    stix_id: str
    version: str
    payload_digest: bytes
    log_index: int
    received_at: datetime
    submission_id: str


def receipt_facts(connection: Connection, owner_id: str, stix_id: str, version_key: str | None) -> ReceiptFacts | None:
    """Give what a receipt says of an owner's version (None: its newest); None if this owner has no such version."""
    ov = object_version.c
    # The time of the submission itself: its row is only ever added.
    facts = {name: ov[name] for name in ReceiptFacts.__dataclass_fields__} | {"received_at": submission.c.received_at}
    statement = (
        select(*facts.values())
        .join_from(object_version, submission, submission.c.submission_id == ov.submission_id)
        .where(ov.owner_id == owner_id, ov.stix_id == stix_id)
    )
    if version_key is not None:
        statement = statement.where(ov.version_key == version_key)
    row = connection.execute(statement.order_by(ov.version_key.desc()).limit(1)).one_or_none()
    return None if row is None else ReceiptFacts(*row)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a stored version stands at an instant: whose it is, its class, whether it has a place in the feed, and is in time."""

    version_id: int
    owner_id: str
    class_id: int
    is_released: bool
    is_in_time: bool


def standings(connection: Connection, version_ids: Collection[int], now: datetime) -> list[Standing]:
    """Give how these versions stand at ``now``, seen or not: the caller must ask policy about each class."""
    ov = object_version.c
    statement = select(ov.version_id, ov.owner_id, ov.class_id, ov.position.is_not(None), ov.visible_until > now)
    found: list[Standing] = []
    for some in batches(sorted(version_ids)):
        rows = connection.execute(statement.where(ov.version_id.in_(some)))
        found += [
            Standing(version_id, owner_id, class_id, bool(placed), bool(in_time))
            for version_id, owner_id, class_id, placed, in_time in rows
        ]
    return found
