"""Webhooks and their messages, kept for their partners.

Whoever changes a webhook holds its row. When it is called is on the ledger of work. Kept by ``tests/storage/test_webhooks.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from app.domain.webhook import MessageState, Outcome, Webhook, WebhookMessage, WebhookState
from app.storage.tables import webhook, webhook_message


def add_webhook(connection: Connection, value: Webhook) -> None:
    """Keep a new webhook."""
    connection.execute(insert(webhook).values(asdict(value)))


def webhooks(connection: Connection, partner_id: str | None) -> list[Webhook]:
    """List a partner's webhooks, oldest first, or those of all partners (None: for operators)."""
    statement = select(webhook).order_by(webhook.c.partner_id, webhook.c.created_at, webhook.c.webhook_id)
    if partner_id is not None:
        statement = statement.where(webhook.c.partner_id == partner_id)
    return [_webhook(row) for row in connection.execute(statement)]


def webhook_by_id(
    connection: Connection, webhook_id: str, partner_id: str | None = None, *, held: bool = False
) -> Webhook | None:
    """Give one webhook (of this partner, if one is named), None if there is none.

    ``held``: nobody else changes it in this transaction.
    """
    statement = select(webhook).where(webhook.c.webhook_id == webhook_id)
    if partner_id is not None:
        statement = statement.where(webhook.c.partner_id == partner_id)
    row = connection.execute(statement.with_for_update() if held else statement).one_or_none()
    return None if row is None else _webhook(row)


def save_webhook(connection: Connection, value: Webhook) -> None:
    """Keep a webhook as it is now; its row must be held."""
    connection.execute(update(webhook).where(webhook.c.webhook_id == value.webhook_id).values(asdict(value)))


def remove_webhook(connection: Connection, webhook_id: str) -> None:
    """Erase a webhook with its messages."""
    connection.execute(delete(webhook_message).where(webhook_message.c.webhook_id == webhook_id))
    connection.execute(delete(webhook).where(webhook.c.webhook_id == webhook_id))


def remove_webhooks_of(connection: Connection, partner_id: str) -> None:
    """Erase all webhooks of a partner with their messages."""
    for one in webhooks(connection, partner_id):
        remove_webhook(connection, one.webhook_id)


def is_calling(connection: Connection, partner_id: str, now: datetime, longest: datetime) -> bool:
    """Whether one of a partner's webhooks is being called; what is said to last beyond ``longest`` is of another clock."""
    mine = and_(webhook.c.partner_id == partner_id, webhook.c.called_until > now, webhook.c.called_until <= longest)
    count: int = connection.execute(select(func.count()).select_from(webhook).where(mine)).scalar_one()
    return count > 0


def active_webhooks(connection: Connection) -> list[Webhook]:
    """List all webhooks that are to be called."""
    return [_webhook(row) for row in connection.execute(select(webhook).where(webhook.c.state == WebhookState.ACTIVE))]


def too_far(connection: Connection, cadences: Mapping[int, datetime]) -> list[Webhook]:
    """List the webhooks to be called whose next call lies beyond the moment of their cadence."""
    beyond = (and_(webhook.c.cadence_minutes == one, webhook.c.next_at > moment) for one, moment in cadences.items())
    found = connection.execute(select(webhook).where(webhook.c.state == WebhookState.ACTIVE, or_(*beyond)))
    return [_webhook(row) for row in found]


def add_message(connection: Connection, value: WebhookMessage) -> None:
    """Keep a new message."""
    connection.execute(insert(webhook_message).values(asdict(value)))


def save_message(connection: Connection, value: WebhookMessage) -> None:
    """Keep a message as it is now; the row of its webhook must be held."""
    connection.execute(update(webhook_message).where(webhook_message.c.message_id == value.message_id).values(asdict(value)))


def waiting_message(connection: Connection, webhook_id: str) -> WebhookMessage | None:
    """Give the message that is to be tried next, None if none waits."""
    mine = and_(webhook_message.c.webhook_id == webhook_id, webhook_message.c.state == MessageState.WAITING)
    statement = select(webhook_message).where(mine).order_by(webhook_message.c.due_at, webhook_message.c.said_at).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _message(row)


def hasten(connection: Connection, webhook_id: str, now: datetime) -> int:
    """Make all messages that wait due at once; gives how many there are."""
    mine = and_(webhook_message.c.webhook_id == webhook_id, webhook_message.c.state == MessageState.WAITING)
    return connection.execute(update(webhook_message).where(mine).values(due_at=now)).rowcount


def replay(connection: Connection, webhook_id: str, now: datetime) -> int:
    """Have dead messages tried again from now on, as if they were new; gives how many there are."""
    mine = and_(webhook_message.c.webhook_id == webhook_id, webhook_message.c.state == MessageState.DEAD)
    values = {"state": MessageState.WAITING, "tried_since": now, "due_at": now, "attempts": 0, "ended_at": None}
    return connection.execute(update(webhook_message).where(mine).values(values)).rowcount


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a webhook's messages: the newest, and how many are dead."""

    newest: WebhookMessage | None = None
    dead_letters: int = 0


def fate(connection: Connection, webhook_id: str) -> Fate:
    """Give what became of a webhook's messages."""
    newest = messages(connection, webhook_id, 1)
    mine = and_(webhook_message.c.webhook_id == webhook_id, webhook_message.c.state == MessageState.DEAD)
    dead: int = connection.execute(select(func.count()).select_from(webhook_message).where(mine)).scalar_one()
    return Fate(newest[0] if newest else None, dead)


def messages(connection: Connection, webhook_id: str, limit: int) -> list[WebhookMessage]:
    """List the newest messages of a webhook, newest first."""
    statement = select(webhook_message).where(webhook_message.c.webhook_id == webhook_id)
    rows = connection.execute(statement.order_by(webhook_message.c.said_at.desc(), webhook_message.c.message_id).limit(limit))
    return list(map(_message, rows))


def forget(connection: Connection, webhook_id: str, state: MessageState, ended_before: datetime) -> None:
    """Erase a webhook's messages of a state that ended before a moment."""
    mine = and_(webhook_message.c.webhook_id == webhook_id, webhook_message.c.state == state)
    connection.execute(delete(webhook_message).where(mine, webhook_message.c.ended_at < ended_before))


def _webhook(row: Any) -> Webhook:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
    return Webhook(**values | {"state": WebhookState(values["state"])})


def _message(row: Any) -> WebhookMessage:
    values = dict(row._mapping)  # noqa: SLF001  # as above
    outcome = values["outcome"]
    return WebhookMessage(**values | {"state": MessageState(values["state"]), "outcome": outcome and Outcome(outcome)})
