"""Sessions of the portal: the rows beside the credentials that they are.

Kept by ``tests/storage/test_portal_sessions.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.domain.sign_in import Method, Session
from app.domain.vocabulary import Purpose
from app.storage.tables import credential, portal_session


def add_session(connection: Connection, value: Session) -> None:
    """Keep what stands beside a session's credential, which is there already."""
    connection.execute(insert(portal_session).values(**asdict(value)))


def session_of(connection: Connection, credential_id: str) -> Session | None:
    """Give what stands beside a credential, None if it is no session."""
    row = connection.execute(select(portal_session).where(portal_session.c.credential_id == credential_id)).one_or_none()
    return None if row is None else _session(row._asdict())


def note_seen(connection: Connection, credential_id: str, now: datetime) -> None:
    """Keep when the person of a session came last."""
    _change(connection, credential_id, seen_at=now)


def note_shown(connection: Connection, credential_id: str, now: datetime) -> None:
    """Keep when the person of a session last showed who they are, which is coming, too."""
    _change(connection, credential_id, shown_at=now, seen_at=now)


def note_purpose(connection: Connection, credential_id: str, purpose: Purpose) -> None:
    """Keep for what a session reads from now on."""
    _change(connection, credential_id, purpose=purpose)


def _change(connection: Connection, credential_id: str, **columns: Any) -> None:
    """Change these columns alone: what another request changes at the same moment stays."""
    connection.execute(update(portal_session).where(portal_session.c.credential_id == credential_id).values(**columns))


def open_sessions(connection: Connection, person_id: str, now: datetime) -> list[Session]:
    """Give a person's sessions that are neither revoked nor over, idle ones included; the newest first."""
    c = credential.c
    joined = select(portal_session).join(credential, c.credential_id == portal_session.c.credential_id)
    counts = (c.person_id == person_id) & c.revoked_at.is_(None) & (c.expires_at > now)
    return [_session(row._asdict()) for row in connection.execute(joined.where(counts).order_by(c.created_at.desc()))]


def sessions_among(connection: Connection, credential_ids: Collection[str]) -> dict[str, Session]:
    """Give what stands beside those of these credentials that are sessions, by their ids."""
    asked = select(portal_session).where(portal_session.c.credential_id.in_(sorted(credential_ids)))
    return {one.credential_id: one for one in (_session(row._asdict()) for row in connection.execute(asked))}


def _session(row: Mapping[str, Any]) -> Session:
    values = dict(row)
    values["method"] = Method(values["method"])
    values["purpose"] = Purpose(values["purpose"]) if values["purpose"] else None
    return Session(**values)
