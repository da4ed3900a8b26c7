"""Webhooks: addresses of ours that the exchange calls, what became of the calls, and secrets that are shown once.

Kept by ``tests/portal/organisation/test_webhooks.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError
from app.domain.permissions import Permission
from app.domain.webhook import CADENCES
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, once, use_of_form
from app.portal.organisation.blueprint import OrganisationBlueprint, principal
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.pages import go_to, page
from app.portal.unconfirmed import Unconfirmed
from app.services.calling import keep_webhooks as service
from app.services.calling.keep_webhooks import NewWebhook, WebhookRecord
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_webhooks")
_ONE = "/organisation/webhooks/<webhook_id>"


@blueprint.page("/organisation/webhooks", Permission.WEBHOOKS_READ)
def show() -> Response:
    """List webhooks and what became of the newest call of each."""
    return _listed({"url": "", "cadence": "5"})


@blueprint.form(
    "/organisation/webhooks", Permission.WEBHOOKS_WRITE, fresh_at="own_webhooks.show", does="Set up a webhook", anew=True
)
def add() -> Response:
    """Add a webhook, and show its secret this once."""
    given = fields("url", "cadence", ONCE_FIELD)
    try:
        cadence = int(given["cadence"]) if given["cadence"] in set(map(str, CADENCES)) else 0
        made = service.add_webhook(exchange(), principal(), NewWebhook(given["url"].strip(), cadence), use_of_form())
    except AT_A_FORM as exc:
        return _listed(given, exc)
    return page("organisation/webhook_secret.html", record=made)


@blueprint.page(_ONE, Permission.WEBHOOKS_READ)
def show_one(webhook_id: str) -> Response:
    """Show a webhook and its newest messages."""
    return _shown(webhook_id)


@blueprint.form(f"{_ONE}/test", Permission.WEBHOOKS_WRITE, unconfirmed=Unconfirmed.REPEATS)
def try_one(webhook_id: str) -> Response:
    """Have a message sent at once."""
    return _done(webhook_id, service.try_webhook)


@blueprint.form(f"{_ONE}/pause", Permission.WEBHOOKS_WRITE, fresh_at="own_webhooks.show_one", does="Pause a webhook")
def pause(webhook_id: str) -> Response:
    """Have it called no more until it is resumed."""
    return _done(webhook_id, service.pause_webhook)


@blueprint.form(f"{_ONE}/resumption", Permission.WEBHOOKS_WRITE, unconfirmed=Unconfirmed.REPEATS)
def resume(webhook_id: str) -> Response:
    """Have it called again."""
    return _done(webhook_id, service.resume_webhook)


@blueprint.form(f"{_ONE}/replay", Permission.WEBHOOKS_WRITE, unconfirmed=Unconfirmed.REPEATS)
def replay(webhook_id: str) -> Response:
    """Have the messages sent again that nobody took."""
    return _done(webhook_id, service.replay_dead)


@blueprint.form(
    f"{_ONE}/rotation", Permission.WEBHOOKS_WRITE, fresh_at="own_webhooks.show_one", does="Give a webhook a new secret", anew=True
)
def rotate(webhook_id: str) -> Response:
    """Give it a new secret, and show it this once; the one before signs too for a day."""
    fields(ONCE_FIELD)
    try:
        changed = service.rotate_secret(exchange(), principal(), webhook_id, 24, use_of_form())
    except AT_A_FORM as exc:
        return _shown(webhook_id, exc)
    return page("organisation/webhook_secret.html", record=changed)


@blueprint.form(f"{_ONE}/removal", Permission.WEBHOOKS_WRITE, fresh_at="own_webhooks.show_one", does="Remove a webhook")
def remove(webhook_id: str) -> Response:
    """Erase it with its messages."""
    fields()
    service.remove_webhook(exchange(), principal(), webhook_id)
    return go_to("own_webhooks.show")


def _done(webhook_id: str, act: Callable[..., WebhookRecord]) -> Response:
    fields()
    try:
        act(exchange(), principal(), webhook_id)
    except AT_A_FORM as exc:
        return _shown(webhook_id, exc)
    return go_to("own_webhooks.show_one", webhook_id=webhook_id)


def _listed(given: Mapping[str, str], failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, {"url": "url", "cadence_minutes": "cadence"})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    found = service.list_webhooks(exchange(), principal())
    most = service.MOST_WEBHOOKS
    return page("organisation/webhooks.html", status, found=found, given=given, most=most, **told, **_known())


def _shown(webhook_id: str, failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, {})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    record = service.get_webhook(exchange(), principal(), webhook_id)
    left = len(service.list_webhooks(exchange(), principal())) - 1
    return page("organisation/webhook.html", status, record=record, left=left, **told, **_known())


def _known() -> dict[str, Any]:
    return {"cadences": CADENCES, "once": once}
