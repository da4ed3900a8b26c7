"""Agencies' interests, and what two agencies learn when theirs are in the same.

Owns the symmetry: two interests meet in the transaction of the later one, which answers as if they had not; from then on both
agencies read the meeting, each the other's contact point and the time, also after an interest ended. Nobody else learns that
there is an interest. Kept by ``tests/services/overlapping/test_deconflict.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.overlap import DECONFLICTION, Interest, InterestKind, Meeting
from app.domain.paging import Contact
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Role
from app.policy.overlap import why_no_deconfliction
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.overlapping.standing import addresses, agencies, asker_of, check, check_contact, check_until
from app.services.overlapping.tokens import check_epoch, digests_of
from app.storage import deconfliction, events, submissions
from app.storage.session import Connection
from app.storage.submissions import KeyUse

MOST_INTERESTS = 10_000
MEETINGS_ARE_KEPT = timedelta(days=90)
"""So long after the later of two interests would have lapsed their meeting is still told."""


@dataclass(frozen=True, slots=True)
class NewInterests:
    """Tokens (unverified) of what an agency has an interest in until then, why, and its own contact that another is told."""

    epoch: str
    tokens: Sequence[str] = field(repr=False)
    kind: InterestKind
    until: datetime
    contact_id: str


@dataclass(frozen=True, slots=True)
class Match:
    """What an agency is told of a meeting: its own interest, the time, and the other's contact point, if it has one still."""

    meeting_id: str
    interest_id: str
    met_at: datetime
    contact: str | None = field(repr=False)


def register_interests(
    exchange: Exchange, principal: Principal, new: NewInterests, purpose: Purpose | None, use: KeyUse | None = None
) -> list[Interest]:
    """Register interests, and give them in the order of the tokens; again sets kind, end and contact anew.

    The answer is the same whether another agency has the same interest or not.

    Raises:
        ConflictError: the epoch has ended, or ``MOST_INTERESTS`` stand already.
        ForbiddenError: the caller is no law-enforcement agency, or policy does not let it for this purpose.
        MalformedInputError: a token that is none, another's contact, or an end that is past or too far away.
    """
    asker = asker_of(principal, Permission.DECONFLICTION_WRITE, purpose)
    partner, now = asker.partner, exchange.clock()
    with exchange.database.read() as connection:
        check(connection, asker, why_no_deconfliction, now)
    check_epoch(exchange, new.epoch)
    digests = digests_of(new.tokens, DECONFLICTION)
    check_until(new.until, now)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        check_contact(connection, partner, new.contact_id)
        if earlier_outcome(connection, use) is None:
            _keep(connection, partner, new, digests, now)
            _note(connection, Event.DECONFLICTION_REGISTER, principal, None, now)
            _keep_use(connection, use, partner.partner_id, now)
        mine = _mine(deconfliction.interests_in(connection, digests), partner.partner_id)
    return [mine[one] for one in digests if one in mine]


def _keep(connection: Connection, partner: Partner, new: NewInterests, digests: Sequence[bytes], now: datetime) -> None:
    known = deconfliction.interests_in(connection, digests)
    mine = _mine(known, partner.partner_id)
    terms = {"kind": new.kind, "contact_id": new.contact_id, "until": new.until}
    added = []
    for digest in digests:
        if digest in mine:
            mine[digest] = replace(mine[digest], epoch=new.epoch, **terms)  # type: ignore[arg-type]  # of its fields
            deconfliction.save_interest(connection, mine[digest])
        else:
            mine[digest] = Interest(
                str(uuid.uuid4()), partner.partner_id, new.epoch, digest, new.kind, new.contact_id, new.until, now
            )
            added.append(mine[digest])
    if deconfliction.count_open(connection, partner.partner_id, now) + len(added) > MOST_INTERESTS:
        raise ConflictError(f"An agency has {MOST_INTERESTS} interests at most; withdraw some first.")
    deconfliction.add_interests(connection, added)
    others = [one for one in known if one.partner_id != partner.partner_id and one.stands(now)]
    deconfliction.add_meetings(connection, [_meeting(one, mine[one.digest], now) for one in others if one.digest in mine])


def _meeting(one: Interest, other: Interest, now: datetime) -> Meeting:
    first, second = sorted((one, other), key=lambda interest: (interest.registered_at, interest.interest_id))
    forget_at = max(one.until, other.until) + MEETINGS_ARE_KEPT
    sides = (first.interest_id, first.partner_id, second.interest_id, second.partner_id)
    return Meeting(str(uuid.uuid4()), *sides, met_at=now, forget_at=forget_at)


def _mine(found: Sequence[Interest], partner_id: str) -> dict[bytes, Interest]:
    return {one.digest: one for one in found if one.partner_id == partner_id and one.digest is not None}


def list_interests(exchange: Exchange, principal: Principal) -> list[Interest]:
    """List the agency's own interests, oldest first, also those that ended within the time that meetings are kept.

    Raises ``ForbiddenError`` for whoever is no law-enforcement agency, or is without the right.
    """
    partner = _agency(principal, Permission.DECONFLICTION_READ)
    with exchange.database.read() as connection:
        return deconfliction.interests(connection, partner.partner_id)


def withdraw_interest(exchange: Exchange, principal: Principal, interest_id: str, use: KeyUse | None = None) -> Interest:
    """End an interest of the agency's own: its token is wiped, and it meets nobody any more. Again is no error.

    Whom it has met keeps knowing. Raises as ``list_interests``, and ``NotFoundError`` for what is none of its own.
    """
    partner = _agency(principal, Permission.DECONFLICTION_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        interest = deconfliction.interest_by_id(connection, partner.partner_id, interest_id)
        if interest is None:
            raise NotFoundError
        if earlier_outcome(connection, use) is None:
            if interest.ended_at is None:
                interest = replace(interest, ended_at=min(now, interest.until), digest=None)
                deconfliction.save_interest(connection, interest)
                _note(connection, Event.DECONFLICTION_WITHDRAW, principal, interest_id, now)
            _keep_use(connection, use, interest_id, now)
        return interest


def list_matches(exchange: Exchange, principal: Principal, purpose: Purpose | None) -> list[Match]:
    """List the meetings of the agency's interests with others', oldest first; without an agency that does not count just now.

    Raises as ``register_interests``.
    """
    asker = asker_of(principal, Permission.DECONFLICTION_READ, purpose)
    partner_id, now = asker.partner.partner_id, exchange.clock()
    with exchange.database.read() as connection:
        check(connection, asker, why_no_deconfliction, now)
        counted = agencies(connection, now)
        named = addresses(connection)
        found = deconfliction.meetings(connection, partner_id)
        chosen = deconfliction.contact_ids(connection, partner_id)
    told = []
    for meeting in found:
        own, other = meeting.other_side(partner_id)
        if other in counted:
            contact = _contact_point(named, other, chosen.get(meeting.meeting_id))
            told.append(Match(meeting.meeting_id, own, meeting.met_at, contact))
    return told


def _contact_point(named: Mapping[str, Contact], partner_id: str, contact_id: str | None) -> str | None:
    """Give the address of the contact that the other agency named; of one that was removed since, of the first that it has."""
    chosen = named.get(contact_id or "")
    if chosen is not None and chosen.partner_id == partner_id:
        return chosen.email
    others = [one for one in named.values() if one.partner_id == partner_id]
    return min(others, key=lambda one: one.rank).email if others else None


def _agency(principal: Principal, permission: Permission) -> Partner:
    require(principal, permission)
    if principal.partner is None or principal.partner.role is not Role.LAW_ENFORCEMENT:
        raise ForbiddenError("Deconfliction is between law-enforcement agencies alone.")
    return principal.partner


def _note(connection: Connection, event: Event, principal: Principal, subject: str | None, now: datetime) -> None:
    partner_id = principal.partner.partner_id if principal.partner else None
    record = EventRecord(event, now, partner_id, principal.credential.credential_id, subject=subject)
    events.add_events(connection, [record])


def _keep_use(connection: Connection, use: KeyUse | None, reference: str, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, reference, now)
