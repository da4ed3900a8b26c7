"""Recovery of what a person signs in with, by two persons: proposing it, agreeing to it, refusing it.

Owns the steps, each in one transaction under the order lock; who counts is ``policy.recovery``'s. Whoever agrees is given the
link of an invitation, once; what the person signs in with serves until the link is used, so that whoever has not lost it can stop
what others began in their name. Kept by ``tests/services/signing_in/test_recover.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Person, Principal
from app.domain.permissions import Permission
from app.domain.recovery import LONGEST_TEXT, RECOVERY_LIVES, Recovery, RecoveryState
from app.domain.sign_in import InvitationKind
from app.policy.administration import Forbidden, why_forbidden
from app.policy.persons import may_see
from app.policy.recovery import Keepers, keepers_of, why_not_agree, why_not_propose
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require, require_still
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.screen_reason import check_legible
from app.services.signing_in.in_person import lately, require_in_person
from app.services.signing_in.invite import Invited, make_invitation
from app.storage import events, members, persons, recoveries, sign_ins, submissions
from app.storage.counter import take_order_lock
from app.storage.session import Connection
from app.storage.submissions import KeyUse


@dataclass(frozen=True, slots=True)
class NewRecovery:
    """Whose sign-in is to be recovered, why, and how whoever proposes it knows that it is they; unverified texts."""

    person_id: str
    reason: str
    recognised: str


def propose_recovery(exchange: Exchange, principal: Principal, new: NewRecovery, use: KeyUse | None = None) -> Recovery:
    """Propose that a person set up anew how they sign in, for another person to agree to within seven days.

    Raises:
        ConflictError: the person has left, never set up how they sign in, or a recovery of theirs is open.
        ForbiddenError: the caller is not one of those who count, does not ask in person, or is the person.
        MalformedInputError: a text is missing, too long, or not legible.
        NotFoundError: there is no such person that the caller may see.
    """
    require(principal, Permission.PERSONS_WRITE)
    for name in ("reason", "recognised"):
        check_text(getattr(new, name), name)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return seen_recovery(connection, principal, earlier)
        caller = require_still(connection, principal, Permission.PERSONS_WRITE, now)
        person = seen_person(connection, caller, new.person_id)
        require_in_person(connection, caller)
        _check(why_not_propose(caller, person, keepers_for(connection, person, now)))
        _check_can_be_recovered(connection, person, now)
        made = Recovery(
            recovery_id=str(uuid.uuid4()),
            person_id=person.person_id,
            partner_id=person.partner_id,
            reason=new.reason.strip(),
            recognised=new.recognised.strip(),
            state=RecoveryState.PROPOSED,
            proposed_by=str(caller.credential.person_id),
            proposed_at=now,
            expires_at=now + RECOVERY_LIVES,
        )
        recoveries.save_recovery(connection, made)
        _record(connection, caller, Event.RECOVERY_PROPOSE, made, now)
        if use is not None:
            submissions.add_key_use(connection, use, made.recovery_id, now)
        return made


def agree_to_recovery(exchange: Exchange, principal: Principal, recovery_id: str, use: KeyUse | None = None) -> Invited:
    """Agree as the second person, and give the link by which the person sets up anew how they sign in; it is kept nowhere.

    Under an idempotency key that was used, too: who lost the answer is given a new link, and the first one ends.

    Raises:
        ConflictError: it is decided or has expired, its proposer counts no more, or the person has left.
        ForbiddenError: the caller is not one of those who count, does not ask in person, proposed it, or is the person.
        NotFoundError: there is no such recovery that the caller may see.
        UnauthenticatedError: the caller's credential was revoked while this waited.
    """
    require(principal, Permission.PERSONS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        caller = require_still(connection, principal, Permission.PERSONS_WRITE, now)
        found = seen_recovery(connection, caller, recovery_id)
        require_in_person(connection, caller)
        person = seen_person(connection, caller, found.person_id)
        by = str(caller.credential.person_id)
        if earlier_outcome(connection, use) is not None and found.decided_by == by:
            check_state(found, RecoveryState.AGREED, now)
            return make_invitation(exchange, connection, person, InvitationKind.RECOVER, caller.credential)
        keepers = keepers_for(connection, person, now)
        _check(why_not_agree(caller, person, found.proposed_by, keepers))
        check_state(found, RecoveryState.PROPOSED, now)
        made = make_invitation(exchange, connection, person, InvitationKind.RECOVER, caller.credential)
        agreed = agreed_to(found, made, by, now)
        recoveries.save_recovery(connection, agreed)
        _record(connection, caller, Event.RECOVERY_AGREE, agreed, now)
        if use is not None:
            submissions.add_key_use(connection, use, recovery_id, now)
        return made


def refuse_recovery(exchange: Exchange, principal: Principal, recovery_id: str, use: KeyUse | None = None) -> Recovery:
    """Refuse a recovery, take back one's own, or stop one of oneself; a link that was handed over already serves no more.

    Raises:
        ConflictError: it was used, refused or has expired.
        ForbiddenError: the caller is neither one of those who count nor the person.
        NotFoundError: there is no such recovery that the caller may see, or it is another's and the caller keeps nobody.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        found = seen_recovery(connection, principal, recovery_id)
        who = str(principal.credential.person_id)
        if earlier_outcome(connection, use) is not None:
            return found
        if who != found.person_id:
            if why_forbidden(principal, Permission.PERSONS_WRITE) is not None:
                raise NotFoundError
            caller = require_still(connection, principal, Permission.PERSONS_WRITE, now)
            person = seen_person(connection, caller, found.person_id)
            _check(why_not_propose(caller, person, keepers_for(connection, person, now)))
        if found.state_at(now) not in {RecoveryState.PROPOSED, RecoveryState.AGREED}:
            raise ConflictError(f"This recovery is {found.state_at(now)} and cannot be refused any more.")
        sign_ins.end_invitations(connection, found.person_id, now)
        refused = replace(found, state=RecoveryState.REFUSED, decided_by=who, decided_at=now)
        recoveries.save_recovery(connection, refused)
        _record(connection, principal, Event.RECOVERY_REFUSE, refused, now)
        if use is not None:
            submissions.add_key_use(connection, use, recovery_id, now)
        return refused


def agree_here(exchange: Exchange, recovery_id: str) -> Invited:
    """Agree on the exchange's own machine, where there are not two persons who could: for a person of the exchange.

    Raises:
        ConflictError: there are two who can, or it is decided or has expired.
        NotFoundError: there is no such recovery of a person of the exchange.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_lock(connection)
        found = recoveries.recovery_by_id(connection, recovery_id)
        person = members.person_by_id(connection, found.person_id) if found else None
        if found is None or person is None or found.partner_id is not None or person.left_at is not None:
            raise NotFoundError
        keepers = keepers_for(connection, person, now)
        if not keepers.lacks_two() or found.proposed_by not in keepers.own:
            raise ConflictError("Two operators decide this; the machine takes the place of one only where there are not two.")
        check_state(found, RecoveryState.PROPOSED, now)
        made = make_invitation(exchange, connection, person, InvitationKind.RECOVER, None)
        recoveries.save_recovery(connection, agreed_to(found, made, None, now))
        events.add_events(connection, [EventRecord(Event.RECOVERY_AGREE, now, subject=recovery_id)])
        return made


def agreed_to(found: Recovery, made: Invited, by: str | None, now: datetime) -> Recovery:
    """Give a recovery that was agreed to, which ends with its invitation."""
    ends = made.invitation.expires_at
    return replace(found, state=RecoveryState.AGREED, decided_by=by, decided_at=now, expires_at=ends)


def keepers_for(connection: Connection, person: Person, now: datetime) -> Keepers:
    """Give who counts for a person now."""
    staff = persons.persons(connection, None)
    colleagues = persons.persons(connection, person.partner_id) if person.partner_id else staff
    return keepers_of(person, colleagues, staff, lately(connection, now))


def seen_person(connection: Connection, principal: Principal, person_id: str) -> Person:
    """Give a person in office whom the caller may see; raises ``NotFoundError``, ``ConflictError`` for who has left."""
    person = members.person_by_id(connection, person_id)
    if person is None or not may_see(principal, person):
        raise NotFoundError
    if person.left_at is not None:
        raise ConflictError("This person has left; whoever comes back is added anew.")
    return person


def seen_recovery(connection: Connection, principal: Principal, recovery_id: str) -> Recovery:
    """Give a recovery that the caller may see: of their organisation, for staff all; raises ``NotFoundError``."""
    found = recoveries.recovery_by_id(connection, recovery_id)
    person = members.person_by_id(connection, found.person_id) if found else None
    if found is None or person is None or not may_see(principal, person):
        raise NotFoundError
    return found


def check_state(found: Recovery, wanted: RecoveryState, now: datetime) -> None:
    """Return if a recovery is in a state; raises ``ConflictError`` otherwise."""
    state = found.state_at(now)
    if state is not wanted:
        raise ConflictError(f"This recovery is {state} and cannot be decided any more.")


def check_text(text: str, name: str) -> None:
    """Refuse a text that is blank, too long or not legible; what it says is NOT looked at, and is never logged."""
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise MalformedInputError(f"This has 1 to {LONGEST_TEXT} characters.", pointer=f"/{name}")
    check_legible(text, f"/{name}")


def _check_can_be_recovered(connection: Connection, person: Person, now: datetime) -> None:
    if sign_ins.sign_in_of(connection, person.person_id) is None:
        raise ConflictError("This person has not set up yet how they sign in: invite them.")
    if recoveries.open_recovery(connection, person.person_id, now) is not None:
        raise ConflictError("A recovery of this person is open already: it can be agreed to, or refused.")


def _check(forbidden: Forbidden | None) -> None:
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)


def _record(connection: Connection, principal: Principal, event: Event, value: Recovery, now: datetime) -> None:
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, value.partner_id, who, subject=value.recovery_id)])
