"""Making a release: one look, the rule, a signed document, a leaf in the log. It is never changed afterwards.

Owns when releases are made and what one says. What may be told is ``policy.aggregates``'. Kept by
``tests/services/preventing/test_release.py``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import ConflictError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.prevention import Cell, Release
from app.policy.aggregates import LARGEST_SHARE, MOST_NEED, SMALLEST_GROUP, decide, shown, trend
from app.policy.prevention import LEAST_BETWEEN_RELEASES, REPORTS_COUNT_FOR, next_release_at
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.cataloguing.current import current_catalogue
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.preventing.contributions import look
from app.services.proving.record import Recorded, record_in_log
from app.storage import events, members, prevention, submissions
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.payload_type import PayloadType

RELEASE_PREVENTION = "release-prevention"
TYPE = "prevention-release"
_BETWEEN_LOOKS = timedelta(hours=6)


def make_release(exchange: Exchange, principal: Principal, use: KeyUse | None = None) -> Release:
    """Make a release now, for operators; which numbers are in it, nobody chooses.

    Raises:
        ConflictError: the last one is not ``LEAST_BETWEEN_RELEASES`` old.
        ForbiddenError: the caller is no operator.
    """
    require(principal, Permission.WORK_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            known = prevention.release_by_number(connection, int(earlier))
            if known is not None:
                return known
        newest = prevention.newest_release(connection)
        first = next_release_at(newest.released_at if newest else None)
        if first is not None and now < first:
            days = LEAST_BETWEEN_RELEASES.days
            raise ConflictError(f"Releases lie {days} days apart at least, so that what happened between two tells of nobody.")
        made = _release(exchange, connection, order, newest, now)
        who = principal.credential.credential_id
        events.add_events(connection, [EventRecord(Event.PREVENTION_RELEASE, now, None, who, subject=str(made.number))])
        if use is not None:
            submissions.add_key_use(connection, use, str(made.number), now)
        return made


def release_when_due(exchange: Exchange, connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Make a release where the last one is old enough; the first, once there is anything to tell. Looks some times a day."""
    newest = prevention.newest_release(connection)
    if newest is not None and now < newest.released_at + exchange.release_every:
        return min(newest.released_at + exchange.release_every, now + _BETWEEN_LOOKS)
    order = take_order_lock(connection)
    if newest is None:
        seen = look(connection, current_catalogue(connection), now)
        if not shown(decide({}, seen, lambda: SMALLEST_GROUP)):
            return now + _BETWEEN_LOOKS
    made = _release(exchange, connection, order, newest, now)
    events.add_events(connection, [EventRecord(Event.PREVENTION_RELEASE, now, subject=str(made.number))])
    return now + _BETWEEN_LOOKS


def _release(exchange: Exchange, connection: Connection, order: Order, newest: Release | None, now: datetime) -> Release:
    """Make and keep the release after ``newest``; the order lock is held."""
    number = 1 if newest is None else newest.number + 1
    catalogue = current_catalogue(connection)
    before = prevention.standings(connection)
    after = decide(before, look(connection, catalogue, now), _draw)
    prevention.keep_standings(connection, {cell: one for cell, one in after.items() if before.get(cell) != one}, number)
    document = {
        "type": TYPE,
        "exchange": members.this_exchange(connection).exchange_id,
        "number": number,
        "previous": None if newest is None else payload_digest(newest),
        "created_at": instant_text(now),
        "reports_since": instant_text(now - REPORTS_COUNT_FOR),
        "catalogue_release": catalogue.release,
        "rule": {"smallest_group": SMALLEST_GROUP, "largest_share": str(LARGEST_SHARE), "largest_need": MOST_NEED},
        "cells": _told(shown(after), {} if newest is None else numbers_of(document_of(newest))),
    }
    envelope = sign_envelope(PayloadType.PREVENTION_RELEASE, canonical_bytes(document), exchange.keys.statements)
    said = {"release": number, "document": document}
    log_index = record_in_log(connection, order, Recorded(LeafKind.PREVENTION_RELEASE, str(number), said), now)
    save_order(connection, order)
    made = Release(number, now, envelope, log_index)
    prevention.add_release(connection, made)
    return made


def _draw() -> int:
    """Draw how many organisations a decision needs, from ``SMALLEST_GROUP`` to ``MOST_NEED``; never told, nor derived."""
    return SMALLEST_GROUP + secrets.randbelow(MOST_NEED - SMALLEST_GROUP + 1)


def _told(numbers: Mapping[Cell, int], before: Mapping[tuple[str, ...], int]) -> list[dict[str, Any]]:
    cells = []
    for cell, number in sorted(numbers.items()):
        place = {
            "measure": cell.measure.value,
            "surface": cell.surface.value,
            "behaviour": cell.behaviour or None,
            "countermeasure": cell.countermeasure or None,
        }
        cells.append({**place, "organisations": number, "trend": trend(before.get(place_of(place)), number).value})
    return cells


def payload_digest(release: Release) -> str:
    """Give the hexadecimal SHA-256 of what was signed, by which the release after it names a release."""
    return hashlib.sha256(base64.b64decode(release.envelope["payload"])).hexdigest()


def document_of(release: Release) -> dict[str, Any]:
    """Give what a release says (trusted: the exchange signed it)."""
    document: dict[str, Any] = json.loads(base64.b64decode(release.envelope["payload"]))
    return document


def numbers_of(document: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    """Give the numbers of a release's document by place."""
    return {place_of(one): one["organisations"] for one in document["cells"]}


def place_of(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the place of a cell of a document, to be looked up by: measure, surface, behaviour, countermeasure."""
    return cell["measure"], cell["surface"], cell["behaviour"] or "", cell["countermeasure"] or ""
