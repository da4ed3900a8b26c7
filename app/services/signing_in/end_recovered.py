"""What ends when somebody uses the link of their recovery: all that they had, what they made for others, and the recovery.

Kept by ``tests/services/signing_in/test_end_recovered.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.events import Event, EventRecord
from app.domain.partner import Person
from app.domain.recovery import RecoveryState
from app.services.membership.end_issued import end_made_for_others
from app.storage import events, persons, recoveries
from app.storage.session import Connection


def end_recovered(connection: Connection, person: Person, now: datetime) -> None:
    """Revoke a person's credentials, and keep that their recovery was used. The caller holds the order lock.

    What was lost may have been found, nobody knows when: so what they made for others ends, too, as if they had left.
    """
    revoked = persons.revoke_all(connection, person.person_id, now)
    ended = [EventRecord(Event.CREDENTIAL_REVOKE, now, person.partner_id, subject=one) for one in revoked]
    events.add_events(connection, ended)
    end_made_for_others(connection, person, None, now)
    agreed = recoveries.agreed_of(connection, person.person_id)
    if agreed is not None:
        recoveries.save_recovery(connection, replace(agreed, state=RecoveryState.USED, used_at=now))
