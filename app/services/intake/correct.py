"""Corrections: a newer version that says what was wrong with those before calls them back from whoever was given them.

Owns which versions are meant: the older ones of the same statement that are not withdrawn. Everybody who was given one is told
(``who_is_told``), whether or not it sees the newer one. Kept by ``tests/services/intake/test_correct.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.domain.events import Event, EventRecord
from app.domain.object_vocabulary import RecallAct, RecallKind, RecallReason
from app.services.intake.call_back import call_back
from app.services.intake.narrow import Accepted
from app.storage import events
from app.storage.counter import Order
from app.storage.objects import StoredVersion
from app.storage.recalls import NewRecall
from app.storage.session import Connection


def call_back_corrected(
    connection: Connection, order: Order, newest: Sequence[Accepted], stored: Sequence[StoredVersion], now: datetime
) -> None:
    """Call back what new versions, each the newest of its id, correct; ``stored`` is what was there before under their ids.

    The caller holds the order lock and saves the order.
    """
    for one in newest:
        reason = one.candidate.checked.facts.context.correction
        if reason is None:
            continue
        older = [
            each for each in stored if (each.owner_id, each.stix_id) == (one.owner_id, one.stix_id) and each.withdrawn_at is None
        ]
        if older:
            new = NewRecall(
                str(uuid.uuid4()),
                one.owner_id,
                RecallReason.ERROR,
                RecallAct.STOP_USING,
                [each.version_id for each in older],
                RecallKind.CORRECTION,
                successor_id=one.version_id,
            )
            recall_id = call_back(connection, order, new, [each.log_index for each in older], now)
            record = EventRecord(Event.OBJECT_CORRECT, now, one.owner_id, subject=str(recall_id), code=reason)
            events.add_events(connection, [record])
