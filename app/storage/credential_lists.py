"""Credentials as lists in pages: a partner's or everybody's, those that are open or that ended, with or without sessions.

Single credentials are ``credentials``'. Kept by ``tests/storage/test_credential_lists.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, select

from app.domain.partner import Credential
from app.domain.sign_in import SESSION_IDLES
from app.storage.credentials import credential_of_row
from app.storage.stretches import Found, Place, SortedBy, Stretch, find_stretch
from app.storage.tables import credential, portal_session


@dataclass(frozen=True, slots=True)
class CredentialsSought:
    """Which credentials: of a partner (None: everybody's), that are open or not at ``now`` (None: whether or not).

    An idle session is open here; ``without_sessions``: no session of the portal at all. The oldest first, or the newest.
    """

    partner_id: str | None
    now: datetime
    is_open: bool | None = None
    without_sessions: bool = False
    newest_first: bool = False


def credentials_listed(connection: Connection, sought: CredentialsSought, stretch: Stretch) -> Found[Credential]:
    """Give some of the credentials that are sought."""
    c = credential.c
    statement = select(credential)
    if sought.partner_id is not None:
        statement = statement.where(c.partner_id == sought.partner_id)
    if sought.is_open is not None:
        statement = statement.where(_is_open(sought.now) if sought.is_open else not_(_is_open(sought.now)))
    if sought.without_sessions:
        statement = statement.where(~exists().where(portal_session.c.credential_id == c.credential_id))
    order = SortedBy(c.created_at, c.credential_id, falls=sought.newest_first)
    return find_stretch(connection, statement, order, stretch, lambda row: credential_of_row(row._asdict()))


def place_of(one: Credential) -> Place:
    """Give where a credential stands in these lists."""
    return Place(one.created_at, one.credential_id)


def count_sessions(connection: Connection, partner_id: str, now: datetime) -> int:
    """Count a partner's sessions of the portal that count: open, and not idle."""
    c = credential.c
    joined = select(func.count()).join_from(portal_session, credential, c.credential_id == portal_session.c.credential_id)
    counting = joined.where(c.partner_id == partner_id, _is_open(now), portal_session.c.seen_at > now - SESSION_IDLES)
    return int(connection.execute(counting).scalar_one())


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(credential.c.revoked_at.is_(None), credential.c.expires_at > now)
