"""Warning of credentials that end: by mail to the partner's contacts, and by an alarm, thirty days, a week and a day before.

Owns when, and that each warning comes once: a credential that nobody uses, or that has a successor, ends in silence. Kept by
``tests/services/membership/test_warn_of_expiry.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode, MailKind
from app.domain.partner import Credential
from app.domain.vocabulary import PartnerState
from app.services.raise_alarm import raise_alarm
from app.storage import contacts, events, expiries, mails, members
from app.storage.mails import NewMail
from app.storage.session import Connection

WARN_OF_EXPIRY = "warn-of-expiry"
WARN_DAYS = (30, 7, 1)
IN_USE = timedelta(days=30)
"""So long after it was used last a credential counts as in use."""
_BETWEEN_LOOKS = timedelta(hours=1)


def warn_of_expiry(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Warn of what ends soon; comes back every hour."""
    for one in expiries.ending(connection, now, now + timedelta(days=WARN_DAYS[0])):
        due = [days for days in WARN_DAYS if one.expires_at - now <= timedelta(days=days)]
        warned = expiries.warned_days(connection, one.credential_id)
        if min(due) in warned or not _is_missed(connection, one, now):
            continue
        for days in due:  # what was missed while no server ran makes one warning
            if days not in warned:
                expiries.keep_warning(connection, one.credential_id, days, now)
        _warn(connection, one, now)
    return now + _BETWEEN_LOOKS


def _is_missed(connection: Connection, one: Credential, now: datetime) -> bool:
    """Whether anybody would miss a credential: somebody uses it, who has no newer one that outlives it."""
    partner = members.partner_by_id(connection, str(one.partner_id))
    if partner is None or partner.state is not PartnerState.ACTIVE or not expiries.is_in_use(connection, one, now - IN_USE):
        return False
    return not expiries.has_successor(connection, one, max(one.expires_at, now))


def _warn(connection: Connection, one: Credential, now: datetime) -> None:
    record = EventRecord(Event.CREDENTIAL_EXPIRING, now, one.partner_id, subject=one.credential_id)
    events.add_events(connection, [record])
    raise_alarm(connection, AlarmCode.CREDENTIAL_EXPIRING, record)
    for contact in contacts.contacts(connection, one.partner_id):
        mails.add_mail(connection, NewMail(MailKind.EXPIRY, one.credential_id, contact.contact_id, now), now)
