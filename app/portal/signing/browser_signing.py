"""Signing one task with the key of a browser: the page, the bytes to sign, and the signatures.

Kept by ``tests/portal/signing/test_browser_signing.py`` and ``tests/browser/test_signing.py``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import ConflictError, MalformedInputError, UntrustedSignatureError
from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.signing.shown_tasks import shown_task
from app.portal.unconfirmed import Unconfirmed
from app.services.signing_tasks.look_up import get_task
from app.services.signing_tasks.sign_elsewhere import Signatures, hand_in_signatures, payloads_to_sign
from app.web.context import exchange, principal

blueprint = PortalBlueprint("browser_signing", section="sharing.show")


@blueprint.page("/signing/tasks/<task_id>/in-this-browser", Permission.SIGNING_TASKS_SIGN)
def show(task_id: str) -> Response:
    """Show what this browser would sign."""
    return _shown(task_id)


@blueprint.form("/signing/tasks/<task_id>/to-sign", Permission.SIGNING_TASKS_SIGN, unconfirmed=Unconfirmed.PREPARES)
def begin(task_id: str) -> Response:
    """Give the bytes that a browser's key has to sign."""
    found = payloads_to_sign(exchange(), principal(), task_id, fields("keyid")["keyid"])
    return Response(json.dumps(asdict(found)), content_type="application/json")


@blueprint.form(
    "/signing/tasks/<task_id>/signed",
    Permission.SIGNING_TASKS_SIGN,
    fresh_at="browser_signing.show",
    does="Hand in a signature of your organisation",
)
def hand_in(task_id: str) -> Response:
    """Take the signatures, and carry the task out."""
    given = fields("keyid", "signed_at", "signatures")
    try:
        made = Signatures(given["keyid"], given["signed_at"], _listed(given["signatures"]))
        hand_in_signatures(exchange(), principal(), task_id, made)
    except (ConflictError, MalformedInputError, UntrustedSignatureError) as exc:
        return _shown(task_id, exc.sentence)
    return go_to("signing.show_one", task_id=task_id)


def _shown(task_id: str, failed: str | None = None) -> Response:
    seen = get_task(exchange(), principal(), task_id)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("signing/browser_signing.html", status, shown=shown_task(seen), failed=failed)


def _listed(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (RecursionError, ValueError):
        found = None
    if not isinstance(found, list):
        raise MalformedInputError("The browser sent no signatures. This page needs JavaScript.")
    return found
