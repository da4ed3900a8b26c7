"""Erasing: from one commit on the content of versions is there for nobody, and whoever was given it is asked to delete it.

Owns the first half, in the caller's transaction: what is not withdrawn yet is, with a recall of reason ``erasure``;
content, attestation and references go at once; the log records which of its leaves are meant, and the journal outside the
database is on the disk before the commit. The row of a version stays, out of everybody's sight, while its recall needs its names:
that it goes then is ``finish_erasures``'. Kept by ``tests/services/retention/test_erase.py``; decision 38 has the alternatives.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from app.domain.erasure import ErasedVersion, ErasureReason
from app.domain.errors import Code, ConflictError
from app.domain.events import Event, EventRecord
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.services.intake.withdraw import Withdrawal, forget_exported, withdraw_versions, without_notices
from app.services.proving.record import Recorded, record_in_log
from app.services.retention import journal
from app.storage import erasures, events, holds, objects, work
from app.storage.counter import Order
from app.storage.erasures import StoredLeaf
from app.storage.objects import StoredVersion
from app.storage.session import Connection, before_commit
from breakwater_client.trust.log_leaf import LeafKind

FINISH_ERASURES = "finish-erasures"
MOST_ERASED = 1_000
"""Most versions that one call erases: it holds the order lock meanwhile."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased: versions of any owners, withdrawn or not; by which credential (None: the machine's own command).

    ``journal`` is the exchange's file (``Exchange.erasure_journal``); None: the exchange keeps none.
    """

    versions: Sequence[StoredVersion]
    credential_id: str | None
    journal: Path | None
    reason: ErasureReason = ErasureReason.ERASURE


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: the id under which log and events know it, how many versions it was, and the recalls, by owner."""

    erasure_id: str
    count: int
    recall_ids: dict[str, str]


def erase_versions(connection: Connection, order: Order, erasure: Erasure, now: datetime) -> Erased:
    """Erase versions; the caller holds the order lock and saves the order. What was erased before is passed over.

    All or nothing: nothing is erased while one of them is under a legal hold. What had been withdrawn before is not recalled
    again. The journal is written when the transaction commits: if it cannot be, nothing is committed.

    Raises:
        ConflictError: ``legal-hold``, if one of them is held; nothing was written.
    """
    before = erasures.erased_among(connection, [one.version_id for one in erasure.versions])
    versions = [one for one in erasure.versions if one.version_id not in before]
    if holds.held_among(connection, versions):
        raise ConflictError("Part of it is under a legal hold, and is not erased.", code=Code.LEGAL_HOLD)
    recall_ids = _recall(connection, order, without_notices(versions), erasure.credential_id, now)
    leaves = erasures.stored_leaves(connection, [one.version_id for one in versions])
    erasure_id = str(uuid.uuid4())
    if leaves:
        record_erasure(connection, order, Recording(erasure_id, erasure.reason, leaves, erasure.credential_id), now)
        erasures.drop_contents(connection, [one.version_id for one in leaves])
        keep_in_journal(connection, erasure.journal, leaves, erasure.reason, now)
        if not work.has_waiting(connection, FINISH_ERASURES, due_by=now):
            work.add_work(connection, FINISH_ERASURES, {}, now)
    return Erased(erasure_id, len(leaves), recall_ids)


def _recall(
    connection: Connection, order: Order, versions: Sequence[StoredVersion], credential_id: str | None, now: datetime
) -> dict[str, str]:
    """Withdraw what is not withdrawn yet, so that whoever was given it is told to delete it. Gives the recalls, by owner."""
    owned: dict[str, list[StoredVersion]] = defaultdict(list)
    for one in versions:
        if one.withdrawn_at is None:
            owned[one.owner_id].append(one)
    recall_ids = {}
    for owner_id, own in sorted(owned.items()):
        withdrawal = Withdrawal(owner_id, own, RecallReason.ERASURE, RecallAct.DELETE, credential_id)
        recall_ids[owner_id] = withdraw_versions(connection, order, withdrawal, now)
    return recall_ids


@dataclass(frozen=True, slots=True)
class Recording:
    """What is recorded of an erasure: its id, why, the leaves of what it erases (at least one), and by which credential."""

    erasure_id: str
    reason: ErasureReason
    leaves: Sequence[StoredLeaf]
    credential_id: str | None = None


def record_erasure(connection: Connection, order: Order, recording: Recording, now: datetime) -> None:
    """Remember what is erased in table, log and events: numbers of ours, and no selector. The order lock is held."""
    index = _log(connection, order, recording, now)
    rows = [
        ErasedVersion(one.version_id, one.log_index, one.owner_id, recording.reason, one.received_at, now, index, None)
        for one in recording.leaves
    ]
    erasures.add_erased(connection, rows)
    forget_exported(connection, [one.version_id for one in recording.leaves], now)


def _log(connection: Connection, order: Order, recording: Recording, now: datetime) -> int:
    """Record an erasure as a leaf and an event. Gives the leaf's index."""
    document = {
        "type": "erasure",
        "erasure": recording.erasure_id,
        "reason": recording.reason.value,
        "log_indexes": sorted(one.log_index for one in recording.leaves),
    }
    index = record_in_log(connection, order, Recorded(LeafKind.ERASURE, recording.erasure_id, document), now)
    record = EventRecord(
        Event.OBJECT_ERASE, now, None, recording.credential_id, subject=recording.erasure_id, code=recording.reason
    )
    events.add_events(connection, [record])
    return index


def log_again(connection: Connection, order: Order, owed: Sequence[ErasedVersion], now: datetime) -> None:
    """Recall and log versions whose content went while the exchange took nothing in. The order lock is held."""
    for reason in sorted({one.reason for one in owed}):
        version_ids = [one.version_id for one in owed if one.reason is reason]
        if reason is ErasureReason.ERASURE:
            stored = without_notices(objects.versions_by_row(connection, version_ids))
            _recall(connection, order, stored, None, now)
        leaves = erasures.stored_leaves(connection, version_ids)
        index = _log(connection, order, Recording(str(uuid.uuid4()), reason, leaves), now)
        erasures.log_erased(connection, version_ids, index)


def keep_in_journal(
    connection: Connection, path: Path | None, leaves: Sequence[StoredLeaf], reason: ErasureReason, now: datetime
) -> None:
    """Have the journal on the disk before this transaction commits; where it cannot be written, nothing is committed."""
    if path is not None:
        before_commit(connection, partial(journal.append, path, journal.entries_of(leaves, reason, now)))
