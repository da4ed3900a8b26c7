"""Calling webhooks: a message at each tick whatever is or is not there, retries for days, and what follows from each outcome.

Owns when a webhook is called. That depends on its cadence, on what its receiver answered before and on the partner's standing,
and on no object: whoever watches the calls learns nothing of what came in (decision 47). One message of a webhook is on its way
at a time; ticks that pass while it is tried again are not made up for, since each message says the same. A message goes at least
once: after a kill it goes again, with the same id. Kept by ``tests/services/calling/test_call_webhooks.py``.
"""

from __future__ import annotations

import json
import logging
import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.webhook import MessageState, Outcome, Webhook, WebhookMessage, WebhookState, next_tick
from app.egress.call import post
from app.policy.webhooks import why_not_called
from app.services.calling.sealed_receivers import SealedReceiver, seal, unseal
from app.services.exchange import Exchange
from app.services.held_work import HeldWork
from app.services.raise_alarm import raise_alarm
from app.storage import agreements, events, members, webhooks, work
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.webhook_signature import signed_headers

CALL_WEBHOOK = "call-webhook"
CALLED_FOR = timedelta(seconds=30)
"""Longer than a call can take."""
ONE_AT_A_TIME = timedelta(seconds=1)
"""So long waits who finds another webhook of its partner being called: nobody's slow receivers take all who call."""
UNTIL_ROOM = timedelta(seconds=5)
"""So long waits whose partner's name servers keep all look-ups that it may have: nobody's thread waits for them."""
TRIED_FOR = timedelta(days=3)
"""So long a message is tried again before it is dead."""
WAITS = tuple(timedelta(seconds=one) for one in (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400))
"""After each failure the next try waits so long, and then each time ``LONGEST_WAIT``."""
LONGEST_WAIT = timedelta(hours=8)
DELIVERED_ARE_KEPT = timedelta(days=1)
DEAD_ARE_KEPT = timedelta(days=30)
_SPREAD = 0.2
_log = logging.getLogger("breakwater.webhooks")


@dataclass(frozen=True, slots=True)
class _Sending:
    """A message about to be sent: for which webhook as it was then, and to which receiver (None: its seal does not open)."""

    webhook: Webhook
    message: WebhookMessage
    receiver: SealedReceiver | None = field(repr=False)


def call_webhook(exchange: Exchange, held: HeldWork, now: datetime) -> datetime | None:
    """Call one webhook if it is due; gives when to come back, None where another piece of work calls it, or nothing does.

    The call itself is made outside of any transaction, so that nobody's receiver holds the database up.
    """
    webhook_id, turn = held.task.payload["webhook_id"], held.task.payload["turn"]
    with held.write() as connection:
        webhook = webhooks.webhook_by_id(connection, webhook_id, held=True)
        if webhook is None or webhook.turn != turn or webhook.state is WebhookState.PAUSED:
            return None
        if webhook.next_at > now:
            return webhook.next_at
        if webhooks.is_calling(connection, webhook.partner_id, now, now + CALLED_FOR):
            return now + ONE_AT_A_TIME
        if not exchange.egress.look_ups.has_room(webhook.partner_id):
            return now + UNTIL_ROOM
        sending = _begin(exchange, connection, webhook, now)
        if sending is None:
            return _put_off(connection, webhook, tick_after(webhook, now))
    outcome = _send(exchange, sending)
    with held.write() as connection:
        return _settle(exchange, connection, sending, outcome)


def add_calling_work(connection: Connection, webhook: Webhook) -> Webhook:
    """Put the calling of a webhook on the ledger from ``next_at`` on, in the place of what was there; gives and keeps it so."""
    webhook = replace(webhook, turn=webhook.turn + 1)
    webhooks.save_webhook(connection, webhook)
    work.add_work(connection, CALL_WEBHOOK, _payload(webhook), webhook.next_at, webhook.partner_id)
    return webhook


def _payload(webhook: Webhook) -> dict[str, Any]:
    return {"webhook_id": webhook.webhook_id, "turn": webhook.turn}


def ensure_calling_work(connection: Connection) -> None:
    """Put the calling of every active webhook on the ledger where it is not; whatever became of the work that did it."""
    for one in webhooks.active_webhooks(connection):
        if work.due_at_of(connection, CALL_WEBHOOK, _payload(one)) is None:
            add_calling_work(connection, one)


def tick_after(webhook: Webhook, now: datetime) -> datetime:
    """Give a webhook's next tick; the grid of each is its own, so that they do not all come at once."""
    return next_tick(webhook.cadence_minutes, uuid.UUID(webhook.webhook_id).int, now)


def _begin(exchange: Exchange, connection: Connection, webhook: Webhook, now: datetime) -> _Sending | None:
    """Give the message to be sent, with the attempt counted: one that kills its worker must not be tried for ever."""
    partner = members.partner_by_id(connection, webhook.partner_id)
    if partner is None or why_not_called(partner, agreements.agreements(connection, webhook.partner_id), now) is not None:
        return None
    message = webhooks.waiting_message(connection, webhook.webhook_id)
    if message is None:
        message = WebhookMessage(str(uuid.uuid4()), webhook.webhook_id, now, now, now)
        webhooks.add_message(connection, message)
    message = replace(message, attempts=message.attempts + 1)
    webhooks.save_message(connection, message)
    webhook = replace(webhook, called_until=now + CALLED_FOR)
    webhooks.save_webhook(connection, webhook)
    return _Sending(webhook, message, unseal(exchange.sealer, webhook.webhook_id, webhook.sealed))


def body_of(message: WebhookMessage) -> bytes:
    """Give what a message says: that it is time to pull. It is as long, and says the same, whatever there is."""
    document = {"type": "poll", "timestamp": instant_text(message.said_at), "data": {}}
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _send(exchange: Exchange, sending: _Sending) -> Outcome:
    if sending.receiver is None:
        return Outcome.SECRET_UNREADABLE
    now, body = exchange.clock(), body_of(sending.message)
    headers = signed_headers(sending.receiver.secrets_at(now), sending.message.message_id, now, body)
    return post(exchange.egress, sending.receiver.url, headers, body, sending.webhook.partner_id)


def _settle(exchange: Exchange, connection: Connection, sending: _Sending, outcome: Outcome) -> datetime | None:
    """Write down what became of a call, and give when the next is due."""
    now = exchange.clock()
    webhook = webhooks.webhook_by_id(connection, sending.webhook.webhook_id, held=True)
    if webhook is None:
        return None
    message = _judged(connection, webhook, replace(sending.message, outcome=outcome), now)
    webhooks.save_message(connection, message)
    if outcome is Outcome.DELIVERED:
        webhooks.hasten(connection, webhook.webhook_id, now)  # whoever is back is sent the rest
    if outcome is Outcome.GONE:
        webhook = replace(webhook, state=WebhookState.PAUSED, cause=Outcome.GONE)
        record = EventRecord(Event.WEBHOOK_PAUSE, now, webhook.partner_id, subject=webhook.webhook_id, code=Outcome.GONE)
        events.add_events(connection, [record])
    _forget_old(connection, webhook, now)
    waiting = webhooks.waiting_message(connection, webhook.webhook_id)
    next_at = tick_after(webhook, now) if waiting is None else waiting.due_at
    return _put_off(connection, replace(webhook, called_until=None, sealed=_sealed_anew(exchange, webhook, sending)), next_at)


def _put_off(connection: Connection, webhook: Webhook, next_at: datetime) -> datetime:
    webhooks.save_webhook(connection, replace(webhook, next_at=next_at))
    return next_at


def _judged(connection: Connection, webhook: Webhook, message: WebhookMessage, now: datetime) -> WebhookMessage:
    """Give a message as it is after a call; of one that is dead the operator is told."""
    if message.outcome is Outcome.DELIVERED:
        return replace(message, state=MessageState.DELIVERED, ended_at=now)
    _log.warning("webhook not delivered: %s is %s, attempt %s", webhook.webhook_id, message.outcome, message.attempts)
    if message.outcome is Outcome.GONE:
        return replace(message, state=MessageState.DEAD, ended_at=now)
    if now - message.tried_since < TRIED_FOR:
        return replace(message, due_at=now + _wait(message.attempts))
    record = EventRecord(Event.WEBHOOK_FAIL, now, webhook.partner_id, subject=webhook.webhook_id, code=message.outcome)
    events.add_events(connection, [record])
    raise_alarm(connection, AlarmCode.WEBHOOK_FAILING, record)
    return replace(message, state=MessageState.DEAD, ended_at=now)


def longest_wait(attempts: int) -> timedelta:
    """Give how long a message that was tried so often waits until it is tried again, at most."""
    return _usual_wait(attempts) * (1 + _SPREAD)


def _wait(attempts: int) -> timedelta:
    spread: float = random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311  # spreads calls in time, keeps no secret
    return _usual_wait(attempts) * spread


def _usual_wait(attempts: int) -> timedelta:
    return WAITS[max(1, attempts) - 1] if attempts <= len(WAITS) else LONGEST_WAIT


def _sealed_anew(exchange: Exchange, webhook: Webhook, sending: _Sending) -> str:
    """Give the seal under the newest key where an older one sealed, so that old keys can go."""
    if sending.receiver is None or webhook.sealed != sending.webhook.sealed:
        return webhook.sealed
    return seal(exchange.sealer, webhook.webhook_id, sending.receiver)


def _forget_old(connection: Connection, webhook: Webhook, now: datetime) -> None:
    webhooks.forget(connection, webhook.webhook_id, MessageState.DELIVERED, now - DELIVERED_ARE_KEPT)
    webhooks.forget(connection, webhook.webhook_id, MessageState.DEAD, now - DEAD_ARE_KEPT)
