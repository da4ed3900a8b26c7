"""Proposals to the catalogue that wait: the operators are told by an alarm, a day after each came and every week while any waits.

Owns when. Which partner's reviewers are behind is told to nobody: they see what waits for them (``waits_for_you``), and operators
ask them. Needs no memory but the alarms themselves. Kept by ``tests/services/cataloguing/test_watch_proposals.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.services.raise_alarm import raise_alarm
from app.storage import alarms, catalogue_proposals, events
from app.storage.session import Connection

WATCH_PROPOSALS = "watch-catalogue-proposals"
IS_LATE = timedelta(days=1)
"""So long a proposal waits before the operators are told: reviewers that look every day are never spoken of."""
AGAIN = timedelta(days=7)
_BETWEEN_LOOKS = timedelta(hours=1)


def watch_proposals(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Alarm the operators of what waits; comes back every hour."""
    late = [one for one in catalogue_proposals.waiting_proposals(connection) if one.proposed_at + IS_LATE <= now]
    if not late:
        return now + _BETWEEN_LOOKS
    last = alarms.newest_alarm(connection, None, AlarmCode.CATALOGUE_WAITING)
    newest = max(one.proposed_at for one in late) + IS_LATE
    if last is None or last.last_at < newest or last.last_at + AGAIN <= now:
        record = EventRecord(Event.CATALOGUE_WAITING, now, subject=late[0].proposal_id)
        events.add_events(connection, [record])
        raise_alarm(connection, AlarmCode.CATALOGUE_WAITING, record)
    return now + _BETWEEN_LOOKS
