"""What was issued with a key that signs requests, or by a person, and with that: found, and ended together with them.

Owns that a token which came of a key in other hands is in other hands too, however many tokens lie between; and that nobody who
left, or keeps an organisation's persons no more, holds what counts as another person, but for the token that recorded it. Kept by
``tests/services/membership/test_end_issued.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
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
    issued = _by_issuer(known)
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
    came, held = issued_by_key(connection, key), credentials.credential_of_key(connection, key.keyid)
    ids = [one.credential_id for one in (*came, *([held] if held else []))]
    sign_ins.end_invitations_by(connection, None, ids, now)
    _revoke(connection, came, by, now)


def keeps_persons(person: Person) -> bool:
    """Tell whether somebody in office invites, and issues for, other persons of their organisation."""
    roles = person.member_roles | person.staff_roles
    return person.left_at is None and not roles.isdisjoint({MemberRole.ADMINISTRATOR, StaffRole.OPERATOR})


def issued_by_person(connection: Connection, person: Person) -> list[Credential]:
    """Give what came of what a person held, in their organisation, but for their own: of other persons, and of programs."""
    return [one for one in _held_and_issued(connection, person, None) if one.person_id != person.person_id]


def invited_by_person(connection: Connection, person: Person, now: datetime) -> set[str]:
    """Give for which others invitations can still be used that a person made, or that were made with what came of theirs."""
    ids = [one.credential_id for one in _held_and_issued(connection, person, None)]
    return sign_ins.open_invitations_by(connection, person.person_id, ids, now)


def end_made_for_others(
    connection: Connection, person: Person, by: Credential | None, now: datetime, *, held: Collection[str] | None = None
) -> None:
    """End what a person made for others: invitations nobody used, and their tokens, however many lie between.

    Both were in that person's hands; so are those made with a token that they issued in another's name. ``held``: with these
    credentials of theirs alone, as of a device that was lost; None: ever, as of who keeps persons no more. Tokens of programs go
    on, and so does ``by``, with which somebody acts: they would else shut themselves out. ``by`` None: nobody in particular.
    """
    made_with = _held_and_issued(connection, person, held)
    ids = [one.credential_id for one in made_with]
    sign_ins.end_invitations_by(connection, person.person_id if held is None else None, ids, now)
    acting = by.credential_id if by else None
    others = [one for one in made_with if one.person_id not in {None, person.person_id}]
    _revoke(connection, [one for one in others if one.credential_id != acting], acting, now)


def _held_and_issued(connection: Connection, person: Person, held: Collection[str] | None) -> list[Credential]:
    known = [one for one in credentials.credentials(connection, person.partner_id) if one.partner_id == person.partner_id]
    found = [one for one in known if one.person_id == person.person_id and (held is None or one.credential_id in held)]
    issued, ids = _by_issuer(known), {one.credential_id for one in found}
    for one in found:  # which grows meanwhile, each once: a person has many sessions, and the page of a member asks this
        further = [each for each in issued[one.credential_id] if each.credential_id not in ids]
        ids.update(each.credential_id for each in further)
        found += further
    return found


def _by_issuer(known: Iterable[Credential]) -> dict[str | None, list[Credential]]:
    issued: dict[str | None, list[Credential]] = defaultdict(list)
    for one in known:
        issued[one.issued_by].append(one)
    return issued


def _revoke(connection: Connection, came: Iterable[Credential], by: str | None, now: datetime) -> None:
    doomed = [one for one in came if one.revoked_at is None]
    for one in doomed:
        credentials.revoke_credential(connection, one.credential_id, now)
    records = [EventRecord(Event.CREDENTIAL_REVOKE, now, one.partner_id, by, subject=one.credential_id) for one in doomed]
    events.add_events(connection, records)
