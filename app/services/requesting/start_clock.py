"""Starting the clock of a request, renewing it, and stopping it.

Owns what may be started: one's own object of the two types, seen by those whom it asks by its handling and by nothing else. The
object came in as any other and is signed by its publisher; here nothing of it is repeated but times. Kept by
``tests/services/requesting/test_start_clock.py``.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Partner, Principal
from app.domain.partner_request import PartnerRequest, RequestKind, StatutoryClock
from app.domain.permissions import Permission
from app.policy.partner_requests import why_not_asked
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.requesting.clocks import clocks
from app.storage import contents, events, members, objects, partner_requests
from app.storage.objects import StoredVersion
from app.storage.partner_requests import Party
from app.storage.session import Connection

MOST_OPEN = 1_000
"""So many requests of one partner are open at once: each look at the clocks goes through all."""
_MOST_BYTES = 4 * 1024 * 1024
_KINDS = frozenset(map(str, (RequestKind.INFORMATION, RequestKind.PRESERVATION)))


def start_clock(exchange: Exchange, principal: Principal, stix_id: str, clock_id: str | None) -> PartnerRequest:
    """Start the clock of one's own request; of one whose clock runs, go on by its newest version (a renewal).

    ``stix_id`` may be anything. The same again is no error and changes nothing.

    Raises:
        ConflictError: the request was closed, or ``MOST_OPEN`` of the caller's are open.
        ForbiddenError: the caller's role asks nobody for this.
        MalformedInputError: no such clock, another kind's, or one that does not let it last so long.
        NotFoundError: no such object of the caller's own, or none of these types.
    """
    require(principal, Permission.REQUESTS_WRITE)
    partner = _partner(principal)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        now = exchange.clock()
        version, value = _newest(connection, partner, stix_id, now)
        kind = RequestKind(value["type"])
        forbidden = why_not_asked(partner, kind)
        if forbidden is not None:
            raise ForbiddenError(forbidden.sentence, code=forbidden.code)
        known = partner_requests.request_of(connection, partner.partner_id, stix_id)
        if known is not None and not known.is_open:
            raise ConflictError("This request was closed; ask anew with a new object.")
        clock = _clock(clock_id or (None if known is None else known.clock_id), kind)
        made = _Basis(version, value, clock, known).made(now)
        parties = _parties(connection, made.request_id, value)
        if known is None:
            if partner_requests.count_open(connection, partner.partner_id) >= MOST_OPEN:
                raise ConflictError(f"{MOST_OPEN} requests of yours are open; close some first.")
            partner_requests.add_request(connection, made, parties)
        else:
            partner_requests.save_request(connection, made)
            if (made.due_at, made.lapses_at) != (known.due_at, known.lapses_at):
                partner_requests.keep_warned(connection, made.request_id, {})  # of the new end nobody was warned
            there = {one.identity_id for one in partner_requests.parties_to(connection, [made.request_id])[made.request_id]}
            partner_requests.add_parties(connection, [one for one in parties if one.identity_id not in there])
            partner_requests.drop_unnamed(connection, made.request_id, {one.identity_id for one in parties})
        if made != known:
            _record(connection, principal, Event.REQUEST_START, made, now)
    return made


def close_request(exchange: Exchange, principal: Principal, request_id: str) -> PartnerRequest:
    """Stop the clock of one's own request; again is no error.

    Raises:
        NotFoundError: no such request of the caller's.
    """
    require(principal, Permission.REQUESTS_WRITE)
    partner = _partner(principal)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        now = exchange.clock()
        known = partner_requests.request_by_id(connection, request_id)
        if known is None or known.owner_id != partner.partner_id:
            raise NotFoundError
        if known.is_open:
            known = replace(known, closed_at=now)
            partner_requests.save_request(connection, known)
            _record(connection, principal, Event.REQUEST_CLOSE, known, now)
    return known


def _partner(principal: Principal) -> Partner:
    if principal.partner is None:
        raise ForbiddenError("Only partners ask each other.")
    return principal.partner


def _newest(connection: Connection, partner: Partner, stix_id: str, now: datetime) -> tuple[StoredVersion, dict[str, Any]]:
    versions = [one for one in objects.own_versions(connection, partner.partner_id, [stix_id]) if one.visible_until > now]
    if not versions:
        raise NotFoundError
    held = contents.contents(connection, [versions[-1].version_id], _MOST_BYTES)
    value: dict[str, Any] = json.loads(held[versions[-1].version_id].body)
    if value["type"] not in _KINDS:
        raise NotFoundError
    return versions[-1], value


def _clock(clock_id: str | None, kind: RequestKind) -> StatutoryClock | None:
    if clock_id is None:
        return None
    clock = clocks().get(clock_id)
    if clock is None or clock.kind is not kind:
        raise MalformedInputError("There is no such clock for a request of this kind; GET /clocks lists them.", pointer="/clock")
    return clock


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a request rests on: its newest version with what that says, a clock, and what is known of it."""

    version: StoredVersion
    value: dict[str, Any]
    clock: StatutoryClock | None
    known: PartnerRequest | None

    def made(self, now: datetime) -> PartnerRequest:
        known, value = self.known, self.value
        asked_at = now if known is None else known.asked_at
        lapses_at = _moment(value, "preserve_until")
        self._check_end(asked_at, lapses_at)
        return PartnerRequest(
            request_id=str(uuid.uuid4()) if known is None else known.request_id,
            owner_id=self.version.owner_id,
            stix_id=value["id"],
            version_id=self.version.version_id,
            kind=RequestKind(value["type"]),
            clock_id=None if self.clock is None else self.clock.clock_id,
            is_to_all=not value.get("recipient_refs"),
            asked_at=asked_at,
            due_at=self._due_at(asked_at),
            lapses_at=lapses_at,
        )

    def _due_at(self, asked_at: datetime) -> datetime | None:
        stated = _moment(self.value, "respond_by")
        within = None if self.clock is None else self.clock.answer_within
        by_law = None if within is None else asked_at + within
        return min((one for one in (stated, by_law) if one is not None), default=None)

    def _check_end(self, asked_at: datetime, lapses_at: datetime | None) -> None:
        if self.clock is None or lapses_at is None:
            return
        is_renewed = self.known is not None and self.known.version_id != self.version.version_id
        latest = self.clock.latest_end(asked_at, is_renewed=is_renewed)
        if latest is not None and lapses_at > latest:
            raise MalformedInputError("The clock does not let this be preserved for so long.", pointer="/clock")


def _moment(value: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(value[name]) if name in value else None


def _parties(connection: Connection, request_id: str, value: dict[str, Any]) -> list[Party]:
    found = []
    for identity_id in sorted(value.get("recipient_refs", ())):
        partner = members.partner_by_identity(connection, identity_id)
        found.append(Party(request_id, identity_id, None if partner is None else partner.partner_id))
    return found


def _record(connection: Connection, principal: Principal, event: Event, request: PartnerRequest, now: datetime) -> None:
    record = EventRecord(event, now, request.owner_id, principal.credential.credential_id, subject=request.request_id)
    events.add_events(connection, [record])
