"""Calls that lie too far ahead, because the clock was set back: they are brought back into one cadence from now.

Owns how far ahead a call may lie: a cadence, or what a message that is tried again may wait. A clock that ran ahead for an hour
would else leave webhooks silent for as long. Kept by ``tests/services/calling/test_bring_near.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.webhook import CADENCES, Webhook, WebhookMessage
from app.services.calling.call_webhooks import add_calling_work, longest_wait, tick_after
from app.services.exchange import Exchange
from app.storage import webhooks
from app.storage.session import Connection

SLACK = timedelta(minutes=1)
"""So far the clocks of machines may lie apart."""


def bring_near(exchange: Exchange) -> int:
    """Have each webhook whose next call lies too far ahead called within a cadence; gives how many there were."""
    now = exchange.clock()
    with exchange.database.look() as connection:
        far = [one.webhook_id for one in _far(connection, now)]
    if not far:
        return 0
    with exchange.database.write() as connection:
        held = [webhooks.webhook_by_id(connection, one, held=True) for one in sorted(far)]
        still = {one.webhook_id for one in _far(connection, now)}
        near = [one for one in held if one is not None and one.webhook_id in still]
        for webhook in near:
            next_at = tick_after(webhook, now)
            message = webhooks.waiting_message(connection, webhook.webhook_id)
            if message is not None:
                tried_since = min(message.tried_since, now)
                webhooks.save_message(connection, replace(message, due_at=next_at, tried_since=tried_since))
            add_calling_work(connection, replace(webhook, next_at=next_at))
    return len(near)


def _far(connection: Connection, now: datetime) -> list[Webhook]:
    cadences = {minutes: now + timedelta(minutes=minutes) + SLACK for minutes in CADENCES}
    found = webhooks.too_far(connection, cadences)
    return [one for one in found if _is_far(one, webhooks.waiting_message(connection, one.webhook_id), now)]


def _is_far(webhook: Webhook, message: WebhookMessage | None, now: datetime) -> bool:
    return message is None or webhook.next_at > now + longest_wait(message.attempts) + SLACK
