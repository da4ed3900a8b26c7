"""What was issued with a key that signs requests, or by a person, and with that: found, and ended together with them.

Owns that a token which came of a key in other hands is in other hands too, however many tokens lie between; and that nobody who
left holds a token that counts as another person, but for the one that recorded it. Kept by
``tests/services/membership/test_end_issued.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, PartnerKey, Person
from app.domain.vocabulary import KeyState
from app.storage import credentials, events
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


def end_issued_for_others(connection: Connection, person: Person, by: Credential, now: datetime) -> None:
    """Revoke the tokens of other persons of an organisation that came of what one person held: whoever issues has seen them.

    Tokens of programs go on, and so does ``by``, with which somebody acts: they would else shut themselves out.
    """
    known = [one for one in credentials.credentials(connection, person.partner_id) if one.partner_id == person.partner_id]
    came = {one.credential_id: one for held in known if held.person_id == person.person_id for one in came_of(held, known)}
    others = [one for one in came.values() if one.person_id not in {None, person.person_id}]
    _revoke(connection, [one for one in others if one.credential_id != by.credential_id], by.credential_id, now)


def _revoke(connection: Connection, came: Iterable[Credential], by: str, now: datetime) -> None:
    doomed = [one for one in came if one.revoked_at is None]
    for one in doomed:
        credentials.revoke_credential(connection, one.credential_id, now)
    records = [EventRecord(Event.CREDENTIAL_REVOKE, now, one.partner_id, by, subject=one.credential_id) for one in doomed]
    events.add_events(connection, records)
