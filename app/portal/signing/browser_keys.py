"""A key in a browser: made there by WebCrypto, never given out, and registered like any other key.

Owns the page and its two forms; what a browser does is ``static/browser_signing.js``'s. Kept by
``tests/portal/signing/test_browser_keys.py`` and ``tests/browser/test_signing.py``.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response

from app.domain.errors import ConflictError, UnfitKeyError, UntrustedSignatureError
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState, KeyUsage
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.unconfirmed import Unconfirmed
from app.services.membership.look_up_keys import list_keys
from app.services.membership.manage_keys import KeyRegistration, new_challenge, register_key
from app.web.context import exchange, principal

blueprint = PortalBlueprint("browser_keys", section="sharing.show")


@blueprint.page("/signing/browser-key", Permission.SIGNING_TASKS_SIGN)
def show() -> Response:
    """Show whether this browser has a key, and how it gets one."""
    return _shown()


@blueprint.form("/signing/browser-key/challenge", Permission.KEYS_WRITE, unconfirmed=Unconfirmed.PREPARES)
def begin() -> Response:
    """Give what a browser proves over that it has the key."""
    fields()
    made = new_challenge(exchange(), principal())
    return Response(json.dumps({"challenge": made.challenge, "partner_id": made.partner_id}), content_type="application/json")


@blueprint.form(
    "/signing/browser-key", Permission.KEYS_WRITE, fresh_at="browser_keys.show", does="Register a key of this browser", anew=True
)
def register() -> Response:
    """Register the public half of a browser's key."""
    given = fields("public_key", "challenge", "proof")
    try:
        register_key(exchange(), principal(), KeyRegistration(given["public_key"], given["challenge"], given["proof"]))
    except (ConflictError, UnfitKeyError, UntrustedSignatureError) as exc:
        return _shown(exc.sentence)
    return go_to("browser_keys.show")


def _shown(failed: str | None = None) -> Response:
    own = [one.key for one in list_keys(exchange(), principal()) if one.key.usage is KeyUsage.OBJECT_SIGNING]
    return page(
        "signing/browser_key.html",
        HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        failed=failed,
        states=json.dumps({one.keyid: one.state.value for one in own}),
        has_key=any(one.state is KeyState.ACTIVE for one in own),
        may_register=why_forbidden(principal(), Permission.KEYS_WRITE) is None,
    )
