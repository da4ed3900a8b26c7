"""What was issued with a key that signs requests, or by a person, and with that: found, and ended together with them.

Owns that a token which came of a key in other hands is in other hands too, however many tokens lie between; and that nobody who
left, or keeps an organisation's persons no more, holds what counts as another person, but for the token that recorded it. Kept by
``tests/services/membership/test_end_issued.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, PartnerKey, Person
from app.domain.vocabulary import KeyState, MemberRole, StaffRole
from app.storage import credentials, events, sign_ins
from app.storage.session import Connection

LIFE_BY_KEY = timedelta(days=90)
"""So long a credential lasts at most that is issued with a key: the key's own has no end that would bound it."""


def came_of(issuer: Credential, known: Iterable[Credential], since: datetime | None = None) -> list[Credential]:
    """Give all that was issued with a credential, from a moment on, and all that was ever issued with that; oldest first."""
    issued: dict[str | None, list[Credential]] = defaultdict(list)
    for one in known:
        issued[one.issued_by].append(one)
    found = [one for one in issued[issuer.credential_id] if since is None or one.created_at >= since]
    for one in found:  # which grows meanwhile; nothing is issued by what came of it, so that this ends
        found += issued[one.credential_id]
    return found


def issued_by_key(connection: Connection, key: PartnerKey) -> list[Credential]:
    """Give the credentials that came of a key; of one that is compromised those alone that came of it since then."""
    held = credentials.credential_of_key(connection, key.keyid)
    if held is None:
        return []
    return came_of(held, credentials.credentials(connection, key.partner_id), key.compromised_since)


def end_issued(connection: Connection, key: PartnerKey, by: str, now: datetime) -> None:
    """Revoke what came of a key that was revoked, or that is compromised: of the latter what came of it since then.

    What a key that ended in peace issued goes on until its own end. ``by`` is the credential of whoever acts.
    """
    if key.state not in {KeyState.REVOKED, KeyState.COMPROMISED}:
        return
    _revoke(connection, issued_by_key(connection, key), by, now)


def keeps_persons(person: Person) -> bool:
    """Tell whether somebody in office invites, and issues for, other persons of their organisation."""
    roles = person.member_roles | person.staff_roles
    return person.left_at is None and not roles.isdisjoint({MemberRole.ADMINISTRATOR, StaffRole.OPERATOR})


def issued_by_person(connection: Connection, person: Person) -> list[Credential]:
    """Give what came of what a person held, in their organisation, but for their own: of other persons, and of programs."""
    known = [one for one in credentials.credentials(connection, person.partner_id) if one.partner_id == person.partner_id]
    came = {one.credential_id: one for held in known if held.person_id == person.person_id for one in came_of(held, known)}
    return [one for one in came.values() if one.person_id != person.person_id]


def end_made_for_others(connection: Connection, person: Person, by: Credential | None, now: datetime) -> None:
    """End what a person who keeps others no more made for them: invitations nobody used, and their tokens, however many between.

    Both were in that person's hands. Tokens of programs go on, and so does ``by``, with which somebody acts: they would else shut
    themselves out. ``by`` None: two persons decided.
    """
    sign_ins.end_invitations_by(connection, person.person_id, now)
    others = [one for one in issued_by_person(connection, person) if one.person_id is not None]
    acting = by.credential_id if by else None
    _revoke(connection, [one for one in others if one.credential_id != acting], acting, now)


def _revoke(connection: Connection, came: Iterable[Credential], by: str | None, now: datetime) -> None:
    doomed = [one for one in came if one.revoked_at is None]
    for one in doomed:
        credentials.revoke_credential(connection, one.credential_id, now)
    records = [EventRecord(Event.CREDENTIAL_REVOKE, now, one.partner_id, by, subject=one.credential_id) for one in doomed]
    events.add_events(connection, records)
