"""Bodies about webhooks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.webhook import MessageState, Outcome, Webhook, WebhookMessage, WebhookState
from app.http.webhook_payloads import (
    NewWebhookPayload,
    RotationOfSecretPayload,
    WebhookPayload,
    WebhookWithMessagesPayload,
    WebhookWithSecretPayload,
)
from app.services.calling.keep_webhooks import NewWebhook, WebhookRecord
from app.storage.webhooks import Fate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = "2026-03-01T12:00:00.000000Z"
URL = "https://hooks.example.org/in"
WEBHOOK = Webhook("1", "p", "hooks.example.org", 5, "sealed", WebhookState.PAUSED, NOW, NOW, cause="gone", turn=7)
MESSAGE = WebhookMessage("m", "1", NOW, NOW, NOW, MessageState.DEAD, 3, Outcome.TIMED_OUT, NOW)


def test_a_new_webhook_becomes_the_services_value() -> None:
    assert NewWebhookPayload().load({"url": URL}) == NewWebhook(URL, 5)
    assert NewWebhookPayload().load({"url": URL, "cadence_minutes": 60}) == NewWebhook(URL, 60)


@pytest.mark.parametrize(
    "changes", [{"cadence_minutes": 2}, {"cadence_minutes": "5"}, {"url": ""}, {"url": "a" * 1_001}, {"x": 1}]
)
def test_other_bodies_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewWebhookPayload().load({"url": URL} | changes)


def test_hours_of_overlap_are_a_day_unless_they_are_said() -> None:
    assert RotationOfSecretPayload().load({}) == {"overlap_hours": 24}
    for bad in (-1, 169, "1", True):
        with pytest.raises(ValidationError):
            RotationOfSecretPayload().load({"overlap_hours": bad})


def test_a_webhook_shows_what_became_of_it_and_its_secret_where_it_is_asked_for() -> None:
    record = WebhookRecord(WEBHOOK, Fate(MESSAGE, 2), URL, "whsec_a", (MESSAGE,))
    told = {
        "id": "m",
        "state": "dead",
        "said_at": AT,
        "due_at": AT,
        "attempts": 3,
        "outcome": "timed-out",
        "ended_at": AT,
    }
    shown = {
        "id": "1",
        "partner_id": "p",
        "url": URL,
        "host": "hooks.example.org",
        "cadence_minutes": 5,
        "state": "paused",
        "cause": "gone",
        "created_at": AT,
        "next_at": AT,
        "last_message": told,
        "dead_letters": 2,
    }
    assert WebhookPayload().dump(record) == shown
    assert WebhookWithSecretPayload().dump(record) == shown | {"secret": "whsec_a"}
    assert WebhookWithMessagesPayload().dump(record) == shown | {"messages": [told]}
