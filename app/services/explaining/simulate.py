"""Simulating: who would see this if it were submitted now, before anybody is sent anything.

Owns the order: the question is counted, then everything is read in one snapshot and nothing is written. Objects go the way of a
submission to the point where it would write (``intake.submit``, ``intake.admit``), with numbers that nobody keeps. What is
told of readers is ``policy.telling``'s. Kept by ``tests/services/explaining/test_simulate.py`` and
``tests/promises/test_simulation_comes_true.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.errors import BreakwaterError, ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.handling import Handling, HandlingClass
from app.domain.paging import ALARMING
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Tlp
from app.policy.telling import depends
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.explaining.handling_to_be import HandlingToBe, class_to_be
from app.services.explaining.membership import Membership
from app.services.explaining.who_sees import Readers, readers_of
from app.services.intake import admit
from app.services.intake.attest import Attestor
from app.services.intake.count_references import ask_about_references, check_references
from app.services.intake.examine import Examined, examine_as_signed
from app.services.intake.narrow import Accepted
from app.services.intake.post import find_target
from app.services.intake.submit import admission_of, examination_of
from app.services.limiting.ask import ask_simulation
from app.services.raise_alarm import record_events
from app.services.reading.visible_set import viewer_of
from app.storage import members
from app.storage.columns import FOREVER
from app.storage.counter import read_order
from app.storage.session import Connection
from breakwater_client.submission import ObjectResult, Refusal


@dataclass(frozen=True, slots=True)
class SimulationRequest:
    """What would be submitted: a handling, or objects (any strictly parsed JSON, unverified), into a group or to the exchange.

    ``channel`` is the way by which readers would read it. ``will_be_signed``: its publisher signs it before it is sent, also
    where the agreement takes what nobody signed.
    """

    handling: HandlingToBe | None = None
    objects: Sequence[Any] = ()
    group_id: str | None = None
    channel: Channel = Channel.REST
    will_be_signed: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom something would reach, once its embargo is over: by which handling of the asker's own, and until when."""

    handling: Handling
    depends: bool
    release_at: datetime | None
    expires_at: datetime | None
    readers: Readers


@dataclass(frozen=True, slots=True)
class Simulated:
    """What would become of one object, or of an object of the handling asked about (``result`` None, or why it is refused).

    ``reach`` None: it would not be stored, is stored already, or is another publisher's, whose readers are that one's to know.
    """

    result: ObjectResult | None = None
    refusal: Refusal | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One simulation under way: who asks, what, who the members are, and when."""

    partner: Partner
    request: SimulationRequest
    membership: Membership
    now: datetime
    readers: dict[HandlingClass, Readers] = field(default_factory=dict)

    def reach(self, handling: Handling, handling_class: HandlingClass, times: tuple[datetime | None, datetime]) -> Reach:
        """Give whom a class of the asker's own reaches; ``times`` are its embargo's end, if any, and its own."""
        if handling_class not in self.readers:
            self.readers[handling_class] = readers_of(self.membership, handling_class, self.request.channel, self.now)
        release_at, visible_until = times
        expires_at = None if visible_until >= FOREVER else visible_until
        return Reach(handling, depends(handling_class), release_at, expires_at, self.readers[handling_class])


def simulate(exchange: Exchange, principal: Principal, request: SimulationRequest) -> list[Simulated]:
    """Say whom something would reach: one answer for a handling, else one for each object, in their order.

    Nothing is stored of it but that was asked (``limiting``), and that somebody sent what must never be here.

    Raises:
        ExhaustedError: the caller has simulated, or looked up observables, as often today as it may.
        ForbiddenError: the caller is no partner, may not ask about policy, or with objects may not submit, or not to the group.
        NotFoundError: no such group, or none that the caller is in.
    """
    require(principal, Permission.POLICY_READ)
    if request.objects:
        require(principal, Permission.OBJECTS_SUBMIT)
    if principal.partner is None:
        raise ForbiddenError("Only partners simulate what they would submit.")
    ask_simulation(exchange, principal, _subject(request))
    if request.handling is not None:
        return [_simulate_handling(exchange, principal.partner, request, request.handling)]
    return _simulate_objects(exchange, principal, principal.partner, request)


def _subject(request: SimulationRequest) -> str:
    return json.dumps([repr(request.handling), request.objects, request.group_id], sort_keys=True, default=str)


def _simulate_handling(exchange: Exchange, partner: Partner, request: SimulationRequest, stated: HandlingToBe) -> Simulated:
    now = exchange.clock()
    with exchange.database.read() as connection:
        asked = _Asked(partner, request, Membership.load(connection, now), now)
        target = find_target(connection, partner.partner_id, request.group_id)
        try:
            effective, handling_class = class_to_be(connection, viewer_of(connection, partner, Tlp.RED, now), stated, now)
            target.refuse_excluded(handling_class, partner.partner_id)
        except BreakwaterError as refusal:
            return Simulated(refusal=Refusal.of(refusal))
    release_at = effective.release_at if effective.release_at and effective.release_at > now else None
    times = (release_at, effective.expires_at or FOREVER)
    return Simulated(reach=asked.reach(effective.handling, target.posted(handling_class).normal, times))


def _simulate_objects(exchange: Exchange, principal: Principal, partner: Partner, request: SimulationRequest) -> list[Simulated]:
    with exchange.database.look() as connection:
        examination = examination_of(connection, partner, exchange.clock())
    if request.will_be_signed:
        examination = replace(examination, takes_unsigned=False)
    examined = [examine_as_signed(f"/objects/{place}", value, examination) for place, value in enumerate(request.objects)]
    _record_forbidden(exchange, principal, examined)
    check_references(examined)
    ask_about_references(exchange, principal, examined)
    now = exchange.clock()
    with exchange.database.read() as connection:
        planned = _plan(exchange, connection, partner, examined, request.group_id)
        asked = _Asked(partner, request, Membership.load(connection, now), now)
    accepted = {one.pointer: one for one in planned.accepted}
    return [Simulated(result, result.refusal, _reach_of(asked, accepted.get(result.pointer))) for result in planned.results]


def _plan(
    exchange: Exchange, connection: Connection, partner: Partner, examined: Sequence[Examined], group_id: str | None
) -> admit.Plan:
    """Plan the admission with the numbers that stand in this snapshot; they are given out to nobody and not kept."""
    partner = members.partner_by_id(connection, partner.partner_id) or partner
    exchange_id = members.this_exchange(connection).exchange_id
    attestor = Attestor(exchange.keys.statements, exchange_id, partner, exchange.clock())
    admission = admission_of(connection, read_order(connection), attestor, examined, group_id)
    return admit.plan(connection, admission, examined)


def _reach_of(asked: _Asked, one: Accepted | None) -> Reach | None:
    if one is None or one.owner_id != asked.partner.partner_id:
        return None
    [stated] = one.candidate.handling_class.handlings
    return asked.reach(stated, one.handling_class, (one.candidate.release_at, one.visible_until))


def _record_forbidden(exchange: Exchange, principal: Principal, examined: Sequence[Examined]) -> None:
    """Alarm the operators of what must never be sent here, as a submission would: a simulation is no place to try disguises."""
    refusals = [one.refusal for one in examined if isinstance(one, ObjectResult) and one.refusal is not None]
    first = {one.code: one for one in reversed(refusals) if one.code in ALARMING}
    if not first:
        return
    who = {"partner_id": principal.credential.partner_id, "credential_id": principal.credential.credential_id}
    now = exchange.clock()
    records = [EventRecord(Event.OBJECT_REFUSE, now, code=code, pointer=one.pointer, **who) for code, one in first.items()]
    with exchange.database.write(while_read_only=True) as connection:
        record_events(connection, records)
