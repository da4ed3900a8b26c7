"""Work about requests of persons that nobody asks for: alarms about deadlines, and wiping what was closed long enough ago.

Owns both; when an alarm is due is ``domain.subject_request.next_warning``'s. Kept by
``tests/services/subjects/test_watch_requests.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.subject_request import KEPT_AFTER_CLOSING, SubjectRequest, next_warning
from app.services.raise_alarm import raise_alarm
from app.storage import events, subjects
from app.storage.counter import take_order_lock
from app.storage.session import Connection

WATCH_REQUESTS = "watch-subject-requests"
_BETWEEN_LOOKS = timedelta(hours=1)


def watch_requests(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Alarm of what is due, and wipe what was closed thirty days ago; comes back every hour."""
    take_order_lock(connection)
    for request in subjects.unsettled(connection):
        _warn(connection, request, now)
    for request in subjects.closed_before(connection, now - KEPT_AFTER_CLOSING):
        _wipe(connection, request, now)
    return now + _BETWEEN_LOOKS


def _warn(connection: Connection, request: SubjectRequest, now: datetime) -> None:
    """Raise one alarm for however many are due of one request by now."""
    warnings = request.warnings
    while (due := next_warning(request.deadline, warnings)) is not None and due <= now:
        warnings += 1
    if warnings > request.warnings:
        subjects.save_request(connection, replace(request, warnings=warnings))
        of = EventRecord(Event.ALARM_RAISE, now, subject=request.request_id)
        raise_alarm(connection, AlarmCode.SUBJECT_REQUEST_DUE, of)


def _wipe(connection: Connection, request: SubjectRequest, now: datetime) -> None:
    """Forget selectors and findings; with the salt goes what the digests in approvals could be compared with."""
    subjects.save_request(connection, replace(request, selectors=(), salt=None, wiped_at=now))
    subjects.forget_findings(connection, request.request_id)
    events.add_events(connection, [EventRecord(Event.SUBJECT_WIPE, now, subject=request.request_id)])
