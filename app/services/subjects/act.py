"""What is done about a request once a second person agreed: each act looks again whether it still applies.

Owns the acts; who may agree is the approvals'. Kept by ``tests/services/subjects/test_act.py``.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.errors import ConflictError
from app.domain.events import Event, EventRecord
from app.domain.object_vocabulary import ContestReason
from app.domain.subject_request import Deed, SubjectAct, SubjectGround, SubjectRequest
from app.policy.subject_requests import why_not_now
from app.services.recalling.contest import contest_for_person
from app.services.subjects import look_for
from app.services.subjects.drafts_found import erase_drafts
from app.services.subjects.open_request import existing, refuse, selectors_digest
from app.services.subjects.restrict import erase_found, lift_found, restrict_found
from app.services.subjects.tasks_found import stop_tasks
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


def erase(journal: Path | None, connection: Connection, order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Erase the versions that were agreed on, and drafts and objects to be signed that state the same.

    ``journal`` is the exchange's file of erasures.
    """
    request = _still(connection, SubjectAct.ERASURE, document)
    versions = subjects.stored_versions(connection, document["findings"])
    count = erase_found(connection, order, document["findings"], journal, now) + erase_drafts(connection, request, now)
    count += stop_tasks(connection, request, {(one.owner_id, one.stix_id) for one in versions}, now)
    _keep(connection, Deed(request.request_id, SubjectAct.ERASURE, now, count))


def restrict(connection: Connection, order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Hide the objects that were agreed on from everybody, until that is lifted."""
    request = _still(connection, SubjectAct.RESTRICTION, document)
    count = restrict_found(connection, order, request.request_id, document["findings"], now)
    _keep(connection, Deed(request.request_id, SubjectAct.RESTRICTION, now, count))


def lift(connection: Connection, order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Take back what the request restricts of what was agreed on; it is seen again once no other request restricts it."""
    request = _still(connection, SubjectAct.LIFTING, document)
    count = lift_found(connection, order, request.request_id, document["findings"], now)
    _keep(connection, Deed(request.request_id, SubjectAct.LIFTING, now, count))


def rectify(credential_id: str, connection: Connection, _order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Contest what was agreed on: its publishers, and whoever was told, are asked to look again."""
    ground = SubjectGround(document["ground"])
    request = _still(connection, SubjectAct.RECTIFICATION, document, ground)
    contested = subjects.stored_versions(connection, document["findings"])
    for stix_id in sorted({one.stix_id for one in contested if one.withdrawn_at is None}):
        contest_for_person(connection, stix_id, ContestReason(ground.value), credential_id, now)
    _keep(connection, Deed(request.request_id, SubjectAct.RECTIFICATION, now, len(contested), ground))


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
    SubjectAct.ERASURE: Event.SUBJECT_ERASE,
    SubjectAct.LIFTING: Event.SUBJECT_LIFT,
    SubjectAct.LOOKUP: Event.SUBJECT_LOOKUP,
    SubjectAct.RECTIFICATION: Event.SUBJECT_RECTIFY,
    SubjectAct.REJECTION: Event.SUBJECT_REJECT,
    SubjectAct.RESTRICTION: Event.SUBJECT_RESTRICT,
}


def _keep(connection: Connection, deed: Deed) -> None:
    subjects.add_deed(connection, deed)
    record = EventRecord(_EVENTS[deed.act], deed.done_at, subject=deed.request_id, code=deed.ground)
    events.add_events(connection, [record])
