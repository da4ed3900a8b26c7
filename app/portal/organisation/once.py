"""That a form which makes something is taken once, however often it is sent; and what is shown of one that was refused.

Owns the field with a random word by which a form sent twice is known again (``services.answer_once``, as REST's
``Idempotency-Key``), and which refusals a form shows at itself. Kept by ``tests/portal/organisation/test_once.py``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import request
from markupsafe import Markup

from app.domain.errors import (
    BreakwaterError,
    ConflictError,
    ExhaustedError,
    ForbiddenError,
    MalformedInputError,
    UnfitKeyError,
    UntrustedSignatureError,
)
from app.portal.cookies import FORGERY_FIELD
from app.portal.organisation.blueprint import principal
from app.services.answer_once import KeyUse, key_use
from app.web.context import rule

ONCE_FIELD = "once"
AT_A_FORM = (ConflictError, ExhaustedError, ForbiddenError, MalformedInputError, UnfitKeyError, UntrustedSignatureError)
"""Refusals that a form shows at itself, with all that was typed."""


def once() -> Markup:
    """Give the hidden field of a form that is to be taken once."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(ONCE_FIELD, secrets.token_urlsafe(24))


def use_of_form() -> KeyUse | None:
    """Give the use that this form makes of its word; one that came with other fields before is a conflict.

    Raises ``MalformedInputError`` where the word is missing.
    """
    told = sorted((name, *values) for name, values in request.form.lists() if name not in {FORGERY_FIELD, ONCE_FIELD})
    bound = repr([request.path, told]).encode()
    return key_use(principal(), f"portal{rule()}", request.form.get(ONCE_FIELD, ""), bound)


def faults_of(refused: BreakwaterError, fields: Mapping[str, str]) -> dict[str, Any]:
    """Give what a template shows of a refusal: the sentence at its field, or above the form where it names none of these.

    ``fields``: the pointers of refusals, and the ids of the fields that these are about.
    """
    at = fields.get((refused.pointer or "").split("/", 2)[1] if refused.pointer else "", "")
    return {"faults": [(at, refused.sentence)], "fault": {at: refused.sentence} if at else {}}


NO_FAULTS: Mapping[str, Any] = {"faults": [], "fault": {}}
