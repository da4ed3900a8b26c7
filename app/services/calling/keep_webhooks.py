"""A partner's webhooks: adding, listing, testing, pausing, giving them new secrets, and removing them.

Owns that nobody but a partner itself changes them, that a secret is shown once, and that operators see of a URL its host alone:
path and query may be a secret of the receiver's. Kept by ``tests/services/calling/test_keep_webhooks.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.domain.errors import ConflictError, ExhaustedError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.webhook import CADENCES, Webhook, WebhookMessage, WebhookState
from app.egress.addresses import NotCallableError, target_of
from app.egress.call import why_not_callable
from app.egress.look_ups import TooManyLookUpsError
from app.policy.webhooks import why_not_called
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.calling.call_webhooks import add_calling_work, tick_after
from app.services.calling.sealed_receivers import SealedReceiver, seal, unseal
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.storage import agreements, events, submissions, webhooks
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.trust.webhook_signature import new_secret

MOST_WEBHOOKS = 5
MOST_OVERLAP_HOURS = 168
BY_PARTNER = "partner"
NOT_CALLABLE = (
    "This is no URL that the exchange calls: https://name/…, in lower case up to the path, without account and fragment, at a "
    "port that its operator allows (443), and every address of the name is one of the public internet."
)
_LOOKED_UP = "Names of URLs were looked up for your organisation as often as they may be within an hour."
_LOOKING_UP = "Names of your organisation are being looked up, and have not been answered."
_UNTIL_LOOKED_UP = 30  # so long most resolvers keep asking
_BETWEEN_TESTS = timedelta(minutes=1)
_MOST_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook to be; ``url`` is unverified."""

    url: str = field(repr=False)
    cadence_minutes: int


@dataclass(frozen=True, slots=True)
class WebhookRecord:
    """A webhook and what became of its messages. ``url`` None: for operators, or its seal does not open any more.

    ``secret`` is there once, for whoever had it made; ``messages`` where one webhook was asked for.
    """

    webhook: Webhook
    fate: webhooks.Fate
    url: str | None = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    messages: tuple[WebhookMessage, ...] = ()


def add_webhook(exchange: Exchange, principal: Principal, new: NewWebhook, use: KeyUse | None = None) -> WebhookRecord:
    """Add a webhook to the caller's own organisation; its first tick follows within a cadence.

    Raises:
        ConflictError: there are ``MOST_WEBHOOKS`` already.
        ExhaustedError: names were looked up for the partner as often as they may be within an hour, or are just now.
        ForbiddenError: the caller is no partner, without the right, or its agreement has no channel for it.
        MalformedInputError: a URL that is not called, one sentence for whatever is wrong with it; or no cadence of the list.
    """
    partner = _partner_of(principal)
    if new.cadence_minutes not in CADENCES:
        raise MalformedInputError("This is no cadence of the list.", pointer="/cadence_minutes")
    now = exchange.clock()
    with exchange.database.read() as connection:
        is_new = earlier_outcome(connection, use) is None
        if is_new:
            _check_room(connection, partner, now)
    if is_new:
        _check_callable(exchange, partner, new.url, now)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _record(exchange, connection, principal, _own(connection, partner, earlier))
        _check_room(connection, partner, now)
        webhook_id, receiver = str(uuid.uuid4()), SealedReceiver(new.url, new_secret())
        host = target_of(exchange.egress, new.url).host
        sealed = seal(exchange.sealer, webhook_id, receiver)
        value = Webhook(
            webhook_id, partner.partner_id, host, new.cadence_minutes, sealed, WebhookState.ACTIVE, created_at=now, next_at=now
        )
        webhooks.add_webhook(connection, value)
        value = add_calling_work(connection, replace(value, next_at=tick_after(value, now)))
        _note(connection, Event.WEBHOOK_ADD, principal, value, now)
        _keep_use(connection, use, webhook_id, now)
        return WebhookRecord(value, webhooks.Fate(), new.url, receiver.secret)


def list_webhooks(exchange: Exchange, principal: Principal) -> list[WebhookRecord]:
    """List the caller's own webhooks; operators see all, without paths and queries."""
    require(principal, Permission.WEBHOOKS_READ)
    with exchange.database.read() as connection:
        found = webhooks.webhooks(connection, principal.partner.partner_id if principal.partner else None)
        return [_record(exchange, connection, principal, one) for one in found]


def get_webhook(exchange: Exchange, principal: Principal, webhook_id: str) -> WebhookRecord:
    """Give one webhook with its newest messages; raises ``NotFoundError`` where the caller has none of this id."""
    require(principal, Permission.WEBHOOKS_READ)
    with exchange.database.read() as connection:
        own = principal.partner.partner_id if principal.partner else None
        found = webhooks.webhook_by_id(connection, webhook_id, own)
        if found is None:
            raise NotFoundError
        recent = tuple(webhooks.messages(connection, webhook_id, _MOST_MESSAGES))
        return replace(_record(exchange, connection, principal, found), messages=recent)


def try_webhook(exchange: Exchange, principal: Principal, webhook_id: str, use: KeyUse | None = None) -> WebhookRecord:
    """Have a message sent at once: the one that waits, or one more. What became of it shows a little later.

    Raises:
        ConflictError: it is paused, or was tried within the last minute.
        ForbiddenError: the caller is no partner, without the right, or its agreement has no channel for it.
        NotFoundError: the caller has no such webhook.
    """

    def act(connection: Connection, partner: Partner, webhook: Webhook, now: datetime) -> Webhook:
        _check_standing(connection, partner, now)
        if webhook.state is WebhookState.PAUSED:
            raise ConflictError("It is paused; resume it first.")
        if webhook.tested_at is not None and now - _BETWEEN_TESTS < webhook.tested_at <= now:
            raise ConflictError("It was tried less than a minute ago.")
        webhooks.hasten(connection, webhook_id, now)
        return add_calling_work(connection, replace(webhook, tested_at=now, next_at=now))

    return _change(exchange, principal, webhook_id, use, act)


def pause_webhook(exchange: Exchange, principal: Principal, webhook_id: str, use: KeyUse | None = None) -> WebhookRecord:
    """Have a webhook called no more until it is resumed; again is no error. A call that has begun goes its way."""

    def act(connection: Connection, _partner: Partner, webhook: Webhook, now: datetime) -> Webhook:
        if webhook.state is WebhookState.ACTIVE:
            _note(connection, Event.WEBHOOK_PAUSE, principal, webhook, now)
        return replace(webhook, state=WebhookState.PAUSED, cause=webhook.cause or BY_PARTNER)

    return _change(exchange, principal, webhook_id, use, act)


def resume_webhook(exchange: Exchange, principal: Principal, webhook_id: str, use: KeyUse | None = None) -> WebhookRecord:
    """Have a webhook called again; what waits is tried at once, also where it was not paused."""

    def act(connection: Connection, _partner: Partner, webhook: Webhook, now: datetime) -> Webhook:
        if webhook.state is WebhookState.PAUSED:
            _note(connection, Event.WEBHOOK_RESUME, principal, webhook, now)
        waits = webhooks.hasten(connection, webhook_id, now) > 0
        next_at = now if waits else tick_after(webhook, now)
        return add_calling_work(connection, replace(webhook, state=WebhookState.ACTIVE, cause=None, next_at=next_at))

    return _change(exchange, principal, webhook_id, use, act)


def replay_dead(exchange: Exchange, principal: Principal, webhook_id: str, use: KeyUse | None = None) -> WebhookRecord:
    """Have a webhook's dead messages sent again, each with its own id, and tried as long as new ones."""

    def act(connection: Connection, _partner: Partner, webhook: Webhook, now: datetime) -> Webhook:
        if not webhooks.replay(connection, webhook_id, now):
            return webhook
        _note(connection, Event.WEBHOOK_REPLAY, principal, webhook, now)
        webhook = replace(webhook, next_at=now)
        return webhook if webhook.state is WebhookState.PAUSED else add_calling_work(connection, webhook)

    return _change(exchange, principal, webhook_id, use, act)


def rotate_secret(
    exchange: Exchange, principal: Principal, webhook_id: str, overlap_hours: int, use: KeyUse | None = None
) -> WebhookRecord:
    """Give a webhook a new secret, shown once; the one before signs too for so many hours (0: no more).

    Raises as ``pause_webhook``, and ``ConflictError`` where its seal does not open any more: then remove it and add another.
    """
    shown: list[str] = []

    def act(connection: Connection, _partner: Partner, webhook: Webhook, now: datetime) -> Webhook:
        receiver = unseal(exchange.sealer, webhook_id, webhook.sealed)
        if receiver is None:
            raise ConflictError("The exchange has lost the key of this webhook; remove it and add another.")
        receiver = receiver.rotated(now + timedelta(hours=overlap_hours))
        shown.append(receiver.secret)
        _note(connection, Event.WEBHOOK_ROTATE, principal, webhook, now)
        return replace(webhook, sealed=seal(exchange.sealer, webhook_id, receiver))

    changed = _change(exchange, principal, webhook_id, use, act)
    return replace(changed, secret=shown[0] if shown else None)


def remove_webhook(exchange: Exchange, principal: Principal, webhook_id: str, use: KeyUse | None = None) -> None:
    """Erase a webhook of the caller's own with its messages. A call that has begun goes its way.

    Raises:
        NotFoundError: the caller has no such webhook (any more).
    """
    partner = _partner_of(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        if earlier_outcome(connection, use) is not None:
            return
        webhook = _own(connection, partner, webhook_id)
        webhooks.remove_webhook(connection, webhook_id)
        _note(connection, Event.WEBHOOK_REMOVE, principal, webhook, now)
        _keep_use(connection, use, webhook_id, now)


_Act = Callable[[Connection, Partner, Webhook, datetime], Webhook]


def _change(exchange: Exchange, principal: Principal, webhook_id: str, use: KeyUse | None, act: _Act) -> WebhookRecord:
    """Do something to a webhook of the caller's own, once under an idempotency key, with its row held."""
    partner = _partner_of(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        webhook = _own(connection, partner, webhook_id)
        if earlier_outcome(connection, use) is None:
            webhook = act(connection, partner, webhook, now)
            webhooks.save_webhook(connection, webhook)
            _keep_use(connection, use, webhook_id, now)
        return _record(exchange, connection, principal, webhook)


def _partner_of(principal: Principal) -> Partner:
    require(principal, Permission.WEBHOOKS_WRITE)
    if principal.partner is None:
        raise ForbiddenError("Webhooks are their partner's own.")
    return principal.partner


def _own(connection: Connection, partner: Partner, webhook_id: str) -> Webhook:
    found = webhooks.webhook_by_id(connection, webhook_id, partner.partner_id, held=True)
    if found is None:
        raise NotFoundError
    return found


def _check_standing(connection: Connection, partner: Partner, now: datetime) -> None:
    reason = why_not_called(partner, agreements.agreements(connection, partner.partner_id), now)
    if reason is not None:
        raise ForbiddenError(reason.sentence, code=reason.code)


def _check_room(connection: Connection, partner: Partner, now: datetime) -> None:
    _check_standing(connection, partner, now)
    if len(webhooks.webhooks(connection, partner.partner_id)) >= MOST_WEBHOOKS:
        raise ConflictError(f"There are {MOST_WEBHOOKS} webhooks already; remove one first.")


def _check_callable(exchange: Exchange, partner: Partner, url: str, now: datetime) -> None:
    """Look the name of an unverified URL up, as the last thing that is asked of it."""
    look_ups = exchange.egress.look_ups
    try:
        target_of(exchange.egress, url)
        seconds = look_ups.seconds_until_asked(partner.partner_id, now)
        if seconds > 0:
            raise ExhaustedError(_LOOKED_UP, retry_after_seconds=seconds)
        is_callable = why_not_callable(exchange.egress, url, partner.partner_id) is None
    except NotCallableError:
        is_callable = False
    except TooManyLookUpsError:
        raise ExhaustedError(_LOOKING_UP, retry_after_seconds=_UNTIL_LOOKED_UP) from None
    if not is_callable:
        raise MalformedInputError(NOT_CALLABLE, pointer="/url")


def _record(exchange: Exchange, connection: Connection, principal: Principal, webhook: Webhook) -> WebhookRecord:
    receiver = None if principal.partner is None else unseal(exchange.sealer, webhook.webhook_id, webhook.sealed)
    return WebhookRecord(webhook, webhooks.fate(connection, webhook.webhook_id), None if receiver is None else receiver.url)


def _note(connection: Connection, event: Event, principal: Principal, webhook: Webhook, now: datetime) -> None:
    who, code = principal.credential.credential_id, BY_PARTNER if event is Event.WEBHOOK_PAUSE else None
    events.add_events(connection, [EventRecord(event, now, webhook.partner_id, who, subject=webhook.webhook_id, code=code)])


def _keep_use(connection: Connection, use: KeyUse | None, webhook_id: str, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, webhook_id, now)
