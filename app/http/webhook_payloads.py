"""Bodies of the routes about webhooks. Kept by ``tests/http/test_webhook_payloads.py``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump, validate

from app.domain.webhook import CADENCES, MOST_URL_CHARACTERS, MessageState, Outcome, WebhookState
from app.http.fields import Moment, Word
from app.http.payloads import Strict
from app.services.calling.keep_webhooks import MOST_OVERLAP_HOURS, NewWebhook, WebhookRecord

_USUAL_CADENCE = 5
_USUAL_OVERLAP_HOURS = 24


class NewWebhookPayload(Strict):
    """A webhook to be added: an https URL, and how many minutes lie between two messages."""

    url = fields.String(required=True, validate=validate.Length(min=1, max=MOST_URL_CHARACTERS))
    cadence_minutes = fields.Integer(load_default=_USUAL_CADENCE, strict=True, validate=validate.OneOf(CADENCES))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewWebhook:
        return NewWebhook(**values)


class RotationOfSecretPayload(Strict):
    """For how many hours the secret before signs too; 0: no more."""

    overlap_hours = fields.Integer(load_default=_USUAL_OVERLAP_HOURS, strict=True, validate=validate.Range(0, MOST_OVERLAP_HOURS))


class WebhookMessagePayload(Schema):
    """A message: `id` is what its header `webhook-id` bears, `outcome` what became of the last try, null before the first."""

    id = fields.String(attribute="message_id", required=True)
    state = Word(MessageState, required=True)
    said_at = Moment(required=True)
    due_at = Moment(required=True)
    attempts = fields.Integer(required=True)
    outcome = Word(Outcome, required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


class WebhookPayload(Schema):
    """A webhook. `url` is null for operators, who see its host alone; `cause` says why it is paused: `partner` or `gone`."""

    id = fields.String(required=True)
    partner_id = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    host = fields.String(required=True)
    cadence_minutes = fields.Integer(required=True)
    state = Word(WebhookState, required=True)
    cause = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    next_at = Moment(required=True)
    last_message = fields.Nested(WebhookMessagePayload, required=True, allow_none=True)
    dead_letters = fields.Integer(required=True)

    @pre_dump
    def _flatten(self, record: WebhookRecord, **_: Any) -> dict[str, Any]:
        webhook, fate = record.webhook, record.fate
        plain = {name: getattr(webhook, name) for name in self.fields if hasattr(webhook, name)}
        more = {"secret": record.secret, "messages": record.messages}
        return (
            plain
            | more
            | {
                "id": webhook.webhook_id,
                "url": record.url,
                "last_message": fate.newest,
                "dead_letters": fate.dead_letters,
            }
        )


class WebhookWithSecretPayload(WebhookPayload):
    """A webhook with its new secret, which is shown once: null where the request repeats an earlier one."""

    secret = fields.String(required=True, allow_none=True)


class WebhookWithMessagesPayload(WebhookPayload):
    """A webhook with its newest messages, newest first, 100 at most."""

    messages = fields.List(fields.Nested(WebhookMessagePayload), required=True)


class WebhooksPayload(Schema):
    """Webhooks, oldest first; for operators by partner."""

    webhooks = fields.List(fields.Nested(WebhookPayload), required=True)
