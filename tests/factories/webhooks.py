"""Webhooks of members of a hub, and what they receive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.vocabulary import Channel
from app.domain.webhook import Webhook, WebhookMessage
from app.egress.addresses import Egress
from app.services.calling.keep_webhooks import NewWebhook, WebhookRecord, add_webhook
from app.storage import webhooks
from app.web.context import attach
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.https_servers import Receiver
from tests.factories.members import Hub, Member


def connect(hub: Hub, receiver: Receiver, **changes: Any) -> None:
    """Let a hub call a receiver on loopback."""
    hub.exchange = replace(hub.exchange, egress=receiver.egress(**changes))


def add(member: Member, receiver: Receiver, cadence_minutes: int = 5) -> WebhookRecord:
    """Add a webhook of a member."""
    return add_webhook(member.hub.exchange, member.principal, NewWebhook(receiver.url, cadence_minutes))


def stored(hub: Hub, webhook_id: str) -> Webhook:
    """Give a webhook as it is stored."""
    with hub.exchange.database.read() as connection:
        found = webhooks.webhook_by_id(connection, webhook_id)
    assert found is not None
    return found


def messages(hub: Hub, webhook_id: str) -> list[WebhookMessage]:
    """Give a webhook's messages as they are stored, newest first."""
    with hub.exchange.database.read() as connection:
        return webhooks.messages(connection, webhook_id, 1_000)


def pass_to_next(hub: Hub, webhook_id: str) -> None:
    """Let time pass until a webhook is called next, and do what is due."""
    hub.clock.now = max(hub.clock.now, stored(hub, webhook_id).next_at)
    hub.work()


def let_call(running: RunningExchange, partner: FakePartner, egress: Egress) -> None:
    """Let an exchange that answers over HTTP call by ``egress``, and let a partner's agreement have the channel."""
    running.exchange = replace(running.exchange, egress=egress)
    attach(running.app, running.exchange)
    channels = [Channel.REST, Channel.TAXII, Channel.WEBHOOK]
    running.agree(agreement_document(partner.partner_id, partner.audience_id, read={"channels": channels}))
