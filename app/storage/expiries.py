"""Credentials that end soon: which are in use, whether a new one is there, and of what was warned already.

Kept by ``tests/storage/test_expiries.py``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from app.domain.partner import Credential
from app.storage.credentials import credential_of_row
from app.storage.tables import credential, disclosure, expiry_warning, portal_session, submission


def ending(connection: Connection, after: datetime, until: datetime) -> list[Credential]:
    """Give credentials of partners that end after one moment and until another, and are not revoked; the soonest first.

    Sessions of the portal end every day and are left out.
    """
    c = credential.c
    no_session = c.credential_id.not_in(select(portal_session.c.credential_id))
    where = no_session & (c.expires_at > after) & (c.expires_at <= until) & c.revoked_at.is_(None) & c.partner_id.is_not(None)
    rows = connection.execute(select(credential).where(where).order_by(c.expires_at, c.credential_id))
    return [credential_of_row(row._asdict()) for row in rows]


def is_in_use(connection: Connection, one: Credential, since: datetime) -> bool:
    """Whether anything was read or sent with a credential since a moment, by the ledger and the receipts."""
    d, s = disclosure.c, submission.c
    newest = select(d.disclosed_at).where(d.credential_id == one.credential_id).order_by(d.disclosure_id.desc()).limit(1)
    read_at = connection.execute(newest).scalar_one_or_none()
    if read_at is not None and read_at >= since:
        return True
    sent = select(s.submission_id).where(s.partner_id == one.partner_id, s.received_at >= since)
    return connection.execute(sent.where(s.credential_id == one.credential_id).limit(1)).first() is not None


def has_successor(connection: Connection, one: Credential, lasting: datetime) -> bool:
    """Whether the same holder has a newer credential that lasts, for the same purpose and all that this one may."""
    c = credential.c
    same = (c.partner_id == one.partner_id) & (c.created_at > one.created_at) & c.revoked_at.is_(None) & (c.expires_at > lasting)
    for row in connection.execute(select(credential).where(same)):
        other = credential_of_row(row._asdict())
        its_holder, holder = ((each.person_id, each.account_id, each.purpose) for each in (other, one))
        if its_holder == holder and other.scopes >= one.scopes:
            return True
    return False


def warned_days(connection: Connection, credential_id: str) -> set[int]:
    """Give of which of its last days was warned already."""
    asked = select(expiry_warning.c.days).where(expiry_warning.c.credential_id == credential_id)
    return set(connection.execute(asked).scalars())


def keep_warning(connection: Connection, credential_id: str, days: int, now: datetime) -> None:
    """Remember that was warned so many days before a credential ends."""
    connection.execute(insert(expiry_warning).values(credential_id=credential_id, days=days, warned_at=now))
