"""The outbox of mails: made in the transaction of their cause, claimed by whoever sends, and kept as the record of what was sent.

A mail is claimed for a lease, by the database's clock, and what became of it is written under the fence number of that claim. A
row holds neither address nor text. Kept by ``tests/storage/test_mails.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from app.domain.paging import Delivery, Mail, MailKind, MailState
from app.storage.batches import batches
from app.storage.session import database_time
from app.storage.tables import mail

_COLUMNS = [mail.c[name] for name in Mail.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be: what about, to which contact (None: the operator), and not before when."""

    kind: MailKind
    subject_id: str
    contact_id: str | None
    due_at: datetime


def add_mail(connection: Connection, new: NewMail, now: datetime) -> Mail:
    """Put a mail into the outbox. Its id is what its Message-ID is made of, however often it is sent."""
    value = Mail(str(uuid.uuid4()), new.kind, new.subject_id, new.contact_id, made_at=now, due_at=new.due_at)
    connection.execute(insert(mail).values(asdict(value)))
    return value


def _due(now: datetime, database_now: datetime) -> ColumnElement[bool]:
    free = or_(mail.c.leased_until.is_(None), mail.c.leased_until <= database_now)
    return and_(mail.c.state == MailState.WAITING, mail.c.due_at <= now, free)


def has_due(connection: Connection, now: datetime) -> bool:
    """Whether a mail is due and free, for asking without writing."""
    count: int = connection.execute(
        select(func.count()).select_from(mail).where(_due(now, database_time(connection)))
    ).scalar_one()
    return count > 0


def claim(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[Mail]:
    """Lease up to ``limit`` mails that are due, longest due first. Who claims at once gets different ones.

    A claim is no attempt: what another mail, or the end of the process, does to it counts against no mail.
    """
    database_now = database_time(connection)
    statement = select(mail.c.mail_id).where(_due(now, database_now)).order_by(mail.c.due_at, mail.c.mail_id).limit(limit)
    mail_ids = list(connection.execute(statement.with_for_update(skip_locked=True)).scalars())
    values = {"leased_until": database_now + lease, "fence": mail.c.fence + 1}
    connection.execute(update(mail).where(mail.c.mail_id.in_(mail_ids)).values(values))
    found = {row.mail_id: _mail(row) for row in connection.execute(select(*_COLUMNS).where(mail.c.mail_id.in_(mail_ids)))}
    return [found[mail_id] for mail_id in mail_ids]


def _held(one: Mail) -> ColumnElement[bool]:
    return and_(mail.c.mail_id == one.mail_id, mail.c.fence == one.fence, mail.c.state == MailState.WAITING)


def record_sent(connection: Connection, one: Mail, now: datetime) -> bool:
    """Write that a mail was sent; False if another worker took it over meanwhile, or it was dropped."""
    values = {"state": MailState.SENT, "sent_at": now, "leased_until": None}
    return connection.execute(update(mail).where(_held(one)).values(values)).rowcount == 1


def record_failure(connection: Connection, one: Mail, failure: Delivery, again_at: datetime, now: datetime) -> bool:
    """Write that a mail failed itself, which is an attempt, and is tried again at ``again_at``; False as with ``record_sent``."""
    dead = {"failed_at": one.failed_at or now} if failure.is_dead else {}
    values = {"failure": failure, "due_at": again_at, "leased_until": None, "attempts": mail.c.attempts + 1, **dead}
    return connection.execute(update(mail).where(_held(one)).values(values)).rowcount == 1


def put_back(connection: Connection, one: Mail) -> None:
    """Free a mail that was claimed and not tried."""
    connection.execute(update(mail).where(_held(one)).values(leased_until=None))


def drop(connection: Connection, one: Mail) -> None:
    """Give a claimed mail up."""
    connection.execute(update(mail).where(_held(one)).values(state=MailState.DROPPED, leased_until=None))


def drop_about(connection: Connection, subject_id: str) -> None:
    """Give up all mails about a page, alarm or contact that are still to be sent, claimed ones too."""
    condition = (mail.c.subject_id == subject_id) & (mail.c.state == MailState.WAITING)
    connection.execute(update(mail).where(condition).values(state=MailState.DROPPED, leased_until=None))


def drop_to(connection: Connection, contact_id: str) -> None:
    """Give up all mails to a contact that are still to be sent."""
    condition = (mail.c.contact_id == contact_id) & (mail.c.state == MailState.WAITING)
    connection.execute(update(mail).where(condition).values(state=MailState.DROPPED, leased_until=None))


def mails_about(connection: Connection, subject_ids: Collection[str]) -> list[Mail]:
    """List the mails about these pages, alarms or contacts, oldest first."""
    found: list[Mail] = []
    for some in batches(sorted(subject_ids)):
        found += map(_mail, connection.execute(select(*_COLUMNS).where(mail.c.subject_id.in_(some))))
    return sorted(found, key=lambda one: (one.made_at, one.mail_id))


def newest_to(connection: Connection, contact_ids: Collection[str]) -> dict[str, Mail]:
    """Give the newest mail to each of these contacts that got any."""
    found: list[Mail] = []
    for some in batches(sorted(contact_ids)):
        found += map(_mail, connection.execute(select(*_COLUMNS).where(mail.c.contact_id.in_(some))))
    return {str(one.contact_id): one for one in sorted(found, key=lambda one: (one.made_at, one.mail_id))}


def _mail(row: Any) -> Mail:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
    failure = values["failure"]
    words = {"kind": MailKind(values["kind"]), "state": MailState(values["state"]), "failure": failure and Delivery(failure)}
    return Mail(**values | words)
