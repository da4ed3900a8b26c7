"""``/webhooks``: addresses of a partner that are called at a fixed cadence. Kept by ``tests/http/test_webhooks.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.paging_payloads import RemovedPayload
from app.http.payloads import NothingPayload
from app.http.webhook_payloads import (
    NewWebhookPayload,
    RotationOfSecretPayload,
    WebhookPayload,
    WebhooksPayload,
    WebhookWithMessagesPayload,
    WebhookWithSecretPayload,
)
from app.services.calling import keep_webhooks as service
from app.services.calling.keep_webhooks import WebhookRecord
from app.web.context import exchange, principal

blueprint = ApiBlueprint("webhooks", "Addresses of a partner that are called at a fixed cadence, and told no more than to pull.")


@blueprint.get("/webhooks", Permission.WEBHOOKS_READ)
@blueprint.answers(HTTPStatus.OK, WebhooksPayload)
def find_all() -> dict[str, Any]:
    """List one's own webhooks; operators see all, of each URL its host alone."""
    return {"webhooks": service.list_webhooks(exchange(), principal())}


@blueprint.post("/webhooks", Permission.WEBHOOKS_WRITE, also=(429,))
@blueprint.body(NewWebhookPayload)
@blueprint.answers(HTTPStatus.CREATED, WebhookWithSecretPayload)
def add(new: service.NewWebhook) -> tuple[WebhookRecord, int, dict[str, str]]:
    """Add a webhook to one's own organisation; its secret is shown in this answer alone."""
    added = service.add_webhook(exchange(), principal(), new, use_of_key())
    return added, HTTPStatus.CREATED, {"Location": f"{PREFIX}/webhooks/{added.webhook.webhook_id}"}


@blueprint.get("/webhooks/<webhook_id>", Permission.WEBHOOKS_READ)
@blueprint.answers(HTTPStatus.OK, WebhookWithMessagesPayload)
def find_one(webhook_id: str) -> WebhookRecord:
    """Give a webhook with what became of its newest messages."""
    return service.get_webhook(exchange(), principal(), webhook_id)


@blueprint.post("/webhooks/<webhook_id>/test", Permission.WEBHOOKS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, WebhookPayload)
def try_one(_nothing: dict[str, Any], webhook_id: str) -> WebhookRecord:
    """Have a message sent at once; what became of it shows in its last message."""
    return service.try_webhook(exchange(), principal(), webhook_id, use_of_key())


@blueprint.post("/webhooks/<webhook_id>/rotation", Permission.WEBHOOKS_WRITE)
@blueprint.body(RotationOfSecretPayload)
@blueprint.answers(HTTPStatus.OK, WebhookWithSecretPayload)
def rotate(asked: dict[str, Any], webhook_id: str) -> WebhookRecord:
    """Give a webhook a new secret, shown in this answer alone; the one before signs too for `overlap_hours`."""
    return service.rotate_secret(exchange(), principal(), webhook_id, asked["overlap_hours"], use_of_key())


@blueprint.post("/webhooks/<webhook_id>/pause", Permission.WEBHOOKS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, WebhookPayload)
def pause(_nothing: dict[str, Any], webhook_id: str) -> WebhookRecord:
    """Have a webhook called no more until it is resumed."""
    return service.pause_webhook(exchange(), principal(), webhook_id, use_of_key())


@blueprint.post("/webhooks/<webhook_id>/resumption", Permission.WEBHOOKS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, WebhookPayload)
def resume(_nothing: dict[str, Any], webhook_id: str) -> WebhookRecord:
    """Have a webhook called again; what waits is tried at once."""
    return service.resume_webhook(exchange(), principal(), webhook_id, use_of_key())


@blueprint.post("/webhooks/<webhook_id>/replay", Permission.WEBHOOKS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, WebhookPayload)
def replay(_nothing: dict[str, Any], webhook_id: str) -> WebhookRecord:
    """Have the messages sent again that nobody took for three days, each under its own id."""
    return service.replay_dead(exchange(), principal(), webhook_id, use_of_key())


@blueprint.post("/webhooks/<webhook_id>/removal", Permission.WEBHOOKS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, RemovedPayload)
def remove(_nothing: dict[str, Any], webhook_id: str) -> dict[str, str]:
    """Erase a webhook with its messages; under the same idempotency key again it is no error."""
    service.remove_webhook(exchange(), principal(), webhook_id, use_of_key())
    return {"id": webhook_id}
