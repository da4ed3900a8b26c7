"""What is done about a request once a second person agreed: each act looks again whether it still applies.

Owns the acts; who may agree is the approvals'. Kept by ``tests/services/subjects/test_act.py``.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.errors import ConflictError
from app.domain.events import Event, EventRecord
from app.domain.subject_request import Deed, SubjectAct, SubjectGround, SubjectRequest
from app.policy.subject_requests import why_not_now
from app.services.subjects import look_for
from app.services.subjects.open_request import existing, refuse, selectors_digest
from app.storage import events, subjects
from app.storage.counter import Order
from app.storage.session import Connection


def look_up(connection: Connection, _order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Begin to look for what is held; the work ledger does it."""
    request = _still(connection, SubjectAct.LOOKUP, document)
    look_for.begin(connection, request, now)
    _keep(connection, Deed(request.request_id, SubjectAct.LOOKUP, now, len(request.selectors)))


def answer(connection: Connection, _order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Record that whoever asked was answered, and whether the answer says what is held."""
    _settle(connection, SubjectAct.ANSWER, document, now)


def reject(connection: Connection, _order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Record that whoever asked was told that nothing is done, and on which ground."""
    _settle(connection, SubjectAct.REJECTION, document, now)


def _settle(connection: Connection, act: SubjectAct, document: Mapping[str, Any], now: datetime) -> None:
    ground = SubjectGround(document["ground"])
    request = _still(connection, act, document, ground)
    subjects.save_request(connection, replace(request, answered_at=now, answer_ground=ground))
    count = len(subjects.findings(connection, request.request_id))
    _keep(connection, Deed(request.request_id, act, now, count, ground))


def _still(
    connection: Connection, act: SubjectAct, document: Mapping[str, Any], ground: SubjectGround | None = None
) -> SubjectRequest:
    """Give the request as it is now, if what was agreed on still applies to it; raises ``ConflictError``."""
    request = existing(connection, document["request"])
    refuse(why_not_now(request, act, ground))
    if not hmac.compare_digest(selectors_digest(request), document["selectors_digest"]):
        raise ConflictError("The selectors are not those that were agreed on.")
    return request


_EVENTS: Mapping[SubjectAct, Event] = {
    SubjectAct.ANSWER: Event.SUBJECT_ANSWER,
    SubjectAct.LOOKUP: Event.SUBJECT_LOOKUP,
    SubjectAct.REJECTION: Event.SUBJECT_REJECT,
}


def _keep(connection: Connection, deed: Deed) -> None:
    subjects.add_deed(connection, deed)
    record = EventRecord(_EVENTS[deed.act], deed.done_at, subject=deed.request_id, code=deed.ground)
    events.add_events(connection, [record])
