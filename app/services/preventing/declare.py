"""A partner's own declarations: countermeasures it adopted where, and what these did; saying, listing and taking them back.

Owns that nobody but the partner reads or changes them, and that their codes are in the catalogue and not retired. Kept by
``tests/services/preventing/test_declare.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.catalogue import Catalogue
from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.object_vocabulary import EvidenceGrade
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.prevention import Adoption, AdoptionState, Effect, EffectBand
from app.domain.vocabulary import Surface
from app.policy.prevention import why_not_declaring
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.cataloguing.current import current_catalogue
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.storage import events, prevention, submissions
from app.storage.session import Connection
from app.storage.submissions import KeyUse

_FIRST_DAY = date(2000, 1, 1)
_LONGEST_PLAN = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class NewAdoption:
    """What a partner says of a countermeasure on a surface; ``until`` only where it ended."""

    surface: Surface
    countermeasure: str
    state: AdoptionState
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewEffect:
    """What a partner says that a countermeasure did to a behaviour on a surface, and in which days it saw that."""

    surface: Surface
    countermeasure: str
    behaviour: str
    band: EffectBand
    evidence: EvidenceGrade
    observed_from: date
    observed_until: date


@dataclass(frozen=True, slots=True)
class SeenEffect:
    """A declared effect, and whether the catalogue says that the countermeasure mitigates the behaviour; it counts either way."""

    effect: Effect
    mitigates: bool


def declare_adoption(exchange: Exchange, principal: Principal, new: NewAdoption, use: KeyUse | None = None) -> Adoption:
    """Keep what the caller's organisation says of a countermeasure, in the place of what it said of it before.

    Raises:
        ForbiddenError: the caller is no partner, without the right, or of a role that declares nothing.
        MalformedInputError: a code that the catalogue does not have or has retired, or days that cannot be.
    """
    partner, now = _declaring(principal), exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _own_adoption(connection, partner, earlier)
        _check_countermeasure(current_catalogue(connection), new.countermeasure)
        _check_days(new, now)
        value = Adoption(
            *(str(uuid.uuid4()), partner.partner_id, new.surface, new.countermeasure, new.state, new.since, new.until, now)
        )
        prevention.keep_adoption(connection, value)
        _note(connection, Event.PREVENTION_DECLARE, principal, value.adoption_id, now)
        _keep_use(connection, use, value.adoption_id, now)
        return value


def declare_effect(exchange: Exchange, principal: Principal, new: NewEffect, use: KeyUse | None = None) -> Effect:
    """Keep what the caller's organisation says of an effect, in the place of what it said of it before.

    The catalogue need not say that this countermeasure mitigates this behaviour: an effect that nobody expected is worth most.

    Raises as ``declare_adoption``, and:
        ConflictError: the organisation did not declare that it has adopted this countermeasure on this surface, or had.
    """
    partner, now = _declaring(principal), exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _own_effect(connection, partner, earlier)
        catalogue = current_catalogue(connection)
        _check_countermeasure(catalogue, new.countermeasure)
        _check_behaviour(catalogue, new.behaviour)
        _check_observed(new, now)
        _check_adopted(connection, partner, new)
        value = Effect(
            *(str(uuid.uuid4()), partner.partner_id, new.surface, new.countermeasure, new.behaviour, new.band, new.evidence),
            *(new.observed_from, new.observed_until, now),
        )
        prevention.keep_effect(connection, value)
        _note(connection, Event.PREVENTION_DECLARE, principal, value.effect_id, now)
        _keep_use(connection, use, value.effect_id, now)
        return value


def own_adoptions(exchange: Exchange, principal: Principal) -> list[Adoption]:
    """List what the caller's organisation declared to have adopted; raises ``ForbiddenError`` for whoever declares nothing."""
    partner = _reading(principal)
    with exchange.database.read() as connection:
        return prevention.adoptions(connection, partner.partner_id)


def own_effects(exchange: Exchange, principal: Principal) -> list[Effect]:
    """List what the caller's organisation declared of effects; raises ``ForbiddenError`` for whoever declares nothing."""
    partner = _reading(principal)
    with exchange.database.read() as connection:
        return prevention.effects(connection, partner.partner_id)


def beside_the_catalogue(exchange: Exchange, effects: list[Effect]) -> list[SeenEffect]:
    """Give effects with what the newest catalogue says of them."""
    with exchange.database.read() as connection:
        known = current_catalogue(connection).countermeasures_by_code
    return [
        SeenEffect(one, one.countermeasure in known and one.behaviour in known[one.countermeasure].mitigates) for one in effects
    ]


def take_adoption_back(exchange: Exchange, principal: Principal, adoption_id: str, use: KeyUse | None = None) -> None:
    """Erase an adoption of the caller's own with its effects, as if it had never been said; releases that were made stay.

    Raises:
        NotFoundError: the caller has no such adoption (any more).
    """
    partner, now = _declaring(principal), exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        if earlier_outcome(connection, use) is None:
            prevention.remove_adoption(connection, _own_adoption(connection, partner, adoption_id))
            _note(connection, Event.PREVENTION_TAKE_BACK, principal, adoption_id, now)
            _keep_use(connection, use, adoption_id, now)


def take_effect_back(exchange: Exchange, principal: Principal, effect_id: str, use: KeyUse | None = None) -> None:
    """Erase an effect of the caller's own; as ``take_adoption_back``."""
    partner, now = _declaring(principal), exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        if earlier_outcome(connection, use) is None:
            prevention.remove_effect(connection, _own_effect(connection, partner, effect_id))
            _note(connection, Event.PREVENTION_TAKE_BACK, principal, effect_id, now)
            _keep_use(connection, use, effect_id, now)


def _declaring(principal: Principal) -> Partner:
    require(principal, Permission.PREVENTION_WRITE)
    return _contributor(principal)


def _reading(principal: Principal) -> Partner:
    require(principal, Permission.PREVENTION_READ)
    return _contributor(principal)


def _contributor(principal: Principal) -> Partner:
    reason = why_not_declaring(principal.partner)
    if reason is not None or principal.partner is None:
        raise ForbiddenError(reason or "")
    return principal.partner


def _own_adoption(connection: Connection, partner: Partner, adoption_id: str) -> Adoption:
    found = prevention.adoption_by_id(connection, adoption_id, partner.partner_id)
    if found is None:
        raise NotFoundError
    return found


def _own_effect(connection: Connection, partner: Partner, effect_id: str) -> Effect:
    found = prevention.effect_by_id(connection, effect_id, partner.partner_id)
    if found is None:
        raise NotFoundError
    return found


def _check_countermeasure(catalogue: Catalogue, code: str) -> None:
    found = catalogue.countermeasures_by_code.get(code)
    if found is None or found.retired_in is not None:
        raise MalformedInputError("The catalogue has no such countermeasure, or has retired it.", pointer="/countermeasure")


def _check_behaviour(catalogue: Catalogue, code: str) -> None:
    found = catalogue.behaviours_by_code.get(code)
    if found is None or found.retired_in is not None:
        raise MalformedInputError("The catalogue has no such behaviour, or has retired it.", pointer="/behaviour")


def _check_days(new: NewAdoption, now: datetime) -> None:
    today = now.date() + timedelta(days=1)  # wherever on earth it is said
    latest = today + _LONGEST_PLAN if new.state is AdoptionState.PLANNED else today
    if not _FIRST_DAY <= new.since <= latest:
        raise MalformedInputError("What was adopted, was by now, and a plan is for the next five years.", pointer="/since")
    has_ended = new.state is AdoptionState.ENDED
    if has_ended != (new.until is not None) or (new.until is not None and not new.since <= new.until <= today):
        sentence = "What has ended, and nothing else, has an end: after its beginning, and by now."
        raise MalformedInputError(sentence, pointer="/until")


def _check_observed(new: NewEffect, now: datetime) -> None:
    if not _FIRST_DAY <= new.observed_from <= new.observed_until <= now.date() + timedelta(days=1):
        raise MalformedInputError("An effect is seen from one day until a later one, by now.", pointer="/observed_until")


def _check_adopted(connection: Connection, partner: Partner, new: NewEffect) -> None:
    own = prevention.adoptions(connection, partner.partner_id)
    adopted = [one for one in own if (one.surface, one.countermeasure) == (new.surface, new.countermeasure)]
    if not adopted or adopted[0].state is AdoptionState.PLANNED:
        raise ConflictError("Declare first that you have adopted this countermeasure on this surface.")


def _note(connection: Connection, event: Event, principal: Principal, subject: str, now: datetime) -> None:
    partner_id = principal.partner.partner_id if principal.partner else None
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, partner_id, who, subject=subject)])


def _keep_use(connection: Connection, use: KeyUse | None, reference: str, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, reference, now)
