"""A form that makes something makes it once, however often its button is pressed.

Owns the hidden field, which is to a form what an idempotency key is to a request over REST; the rule is ``services.answer_once``.
Kept by ``tests/portal/test_once.py``.
"""

from __future__ import annotations

import json
import secrets

from flask import request
from markupsafe import Markup

from app.portal.cookies import FORGERY_FIELD
from app.services.answer_once import KeyUse, key_use
from app.web.context import principal

ONCE_FIELD = "once"


def once() -> Markup:
    """Give the field that makes this rendering of a form count once."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(ONCE_FIELD, secrets.token_urlsafe(16))


def use_of_form() -> KeyUse | None:
    """Give the use that the form which was sent makes of its field, None without one; bound to its path and all that it says."""
    said = sorted((name, value) for name, value in request.form.items(multi=True) if name not in {FORGERY_FIELD, ONCE_FIELD})
    bound = f"{request.path}\n{json.dumps(said)}".encode()
    return key_use(principal(), f"portal:{request.endpoint}", request.form.get(ONCE_FIELD) or None, bound)
