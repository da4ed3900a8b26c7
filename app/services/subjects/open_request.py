"""Opening, extending and closing requests of the persons that data are about: what one data-protection person does.

Owns the request's own life; looking and what is done to data take two persons (``propose_act``). A selector stands in the
request's row and nowhere else: approvals hold a digest salted by what is wiped with it. Kept by
``tests/services/subjects/test_open_request.py``.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.subject_request import (
    EXTENDING,
    Selector,
    SubjectGround,
    SubjectRequest,
    SubjectRight,
    SubjectState,
    months_after,
)
from app.policy.subject_requests import why_not_close, why_not_extend
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.stix.selectors import normal_selector
from app.storage import events, subjects, submissions
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.trust.canonical import canonical_bytes

_SALT_BYTES = 32
_MONTHS, _FURTHER_MONTHS = 1, 2


@dataclass(frozen=True, slots=True)
class NewSubjectRequest:
    """A request to be opened: who asks is known outside, by ``reference``. ``selectors`` are unverified."""

    reference: str
    right: SubjectRight
    received_at: datetime
    selectors: Sequence[Selector]


def open_request(exchange: Exchange, principal: Principal, new: NewSubjectRequest, use: KeyUse | None = None) -> SubjectRequest:
    """Open a request; nothing is looked for yet. The answer is due a month after it was received (GDPR art. 12(3)).

    Raises:
        ForbiddenError: the caller does not protect data here, or is no person.
        MalformedInputError: a selector is none of its kind, or it was received in the future.
    """
    person_id = protecting_person(principal)
    now = exchange.clock()
    if new.received_at > now:
        raise MalformedInputError("A request was received before it is opened.", pointer="/received_at")
    request = SubjectRequest(
        request_id=str(uuid.uuid4()),
        reference=new.reference,
        right=new.right,
        received_at=new.received_at,
        deadline=months_after(new.received_at, _MONTHS),
        state=SubjectState.OPEN,
        opened_by=person_id,
        opened_at=now,
        selectors=tuple(normal_selector(one.kind, one.value, one.platform) for one in new.selectors),
        salt=secrets.token_bytes(_SALT_BYTES),
    )
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return existing(connection, earlier)
        subjects.add_request(connection, request)
        keep_event(connection, principal, Event.SUBJECT_OPEN, request, now)
        _bind(connection, use, request, now)
    return request


def extend(
    exchange: Exchange, principal: Principal, request_id: str, ground: SubjectGround, use: KeyUse | None = None
) -> SubjectRequest:
    """Let the answer be due two months later, once, on a ground that whoever asked is told before the first deadline.

    Raises:
        ConflictError: it was extended or answered before, or the first deadline has passed.
        ForbiddenError: the caller does not protect data here, or is no person.
        MalformedInputError: this is no ground for it.
        NotFoundError: there is no such request.
    """
    protecting_person(principal)
    if ground not in EXTENDING:
        raise MalformedInputError("A deadline is extended for complexity or the number of requests.", pointer="/ground")
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        request = existing(connection, request_id)
        if earlier_outcome(connection, use) is not None:
            return request
        refuse(why_not_extend(request, now))
        deadline = months_after(request.received_at, _MONTHS + _FURTHER_MONTHS)
        changed = replace(request, deadline=deadline, extended_at=now, extension_ground=ground, warnings=0)
        subjects.save_request(connection, changed)
        keep_event(connection, principal, Event.SUBJECT_EXTEND, changed, now)
        _bind(connection, use, changed, now)
    return changed


def close(exchange: Exchange, principal: Principal, request_id: str, use: KeyUse | None = None) -> SubjectRequest:
    """Close a request that was answered or rejected; selectors and findings are wiped a while later.

    Raises:
        ConflictError: it is closed, or whoever asked was not answered.
        ForbiddenError: the caller does not protect data here, or is no person.
        NotFoundError: there is no such request.
    """
    protecting_person(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        request = existing(connection, request_id)
        if earlier_outcome(connection, use) is not None:
            return request
        refuse(why_not_close(request))
        closed = replace(request, state=SubjectState.CLOSED, closed_at=now)
        subjects.save_request(connection, closed)
        keep_event(connection, principal, Event.SUBJECT_CLOSE, closed, now)
        _bind(connection, use, closed, now)
    return closed


def protecting_person(principal: Principal) -> str:
    """Give the id of the caller, a data-protection person of the exchange; raises ``ForbiddenError`` for anybody else."""
    require(principal, Permission.SUBJECTS_WRITE)
    if principal.person is None:
        raise ForbiddenError("A person does this, with a credential of their own.")
    return principal.person.person_id


def existing(connection: Connection, request_id: str) -> SubjectRequest:
    """Give a request; raises ``NotFoundError`` where there is none."""
    found = subjects.request_by_id(connection, request_id)
    if found is None:
        raise NotFoundError
    return found


def refuse(sentence: str | None) -> None:
    """Raise ``ConflictError`` where there is a sentence by which policy refuses."""
    if sentence is not None:
        raise ConflictError(sentence)


def keep_event(connection: Connection, principal: Principal, event: Event, request: SubjectRequest, now: datetime) -> None:
    """Keep what happened to a request: its id and what is asked for, and with which credential."""
    who = principal.credential.credential_id
    record = EventRecord(event, now, credential_id=who, subject=request.request_id, code=request.right)
    events.add_events(connection, [record])


def selectors_digest(request: SubjectRequest) -> str:
    """Give what stands for the selectors where two persons agree: hexadecimal HMAC-SHA-256 under the request's salt."""
    selectors = [asdict(one) for one in request.selectors]
    return hmac.new(request.salt or b"", canonical_bytes(selectors), hashlib.sha256).hexdigest()


def _bind(connection: Connection, use: KeyUse | None, request: SubjectRequest, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, request.request_id, now)
