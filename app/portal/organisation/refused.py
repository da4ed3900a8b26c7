"""What is shown of a form that was refused: the sentence at the field that it is about.

Owns which refusals a form shows at itself, with all that was typed. Kept by ``tests/portal/organisation/test_refused.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import (
    BreakwaterError,
    ConflictError,
    ExhaustedError,
    ForbiddenError,
    MalformedInputError,
    UnfitKeyError,
    UntrustedSignatureError,
)
from app.portal.refusing import plain_sentence

AT_A_FORM = (ConflictError, ExhaustedError, ForbiddenError, MalformedInputError, UnfitKeyError, UntrustedSignatureError)
"""Refusals that a form shows at itself, with all that was typed."""


def faults_of(refused: BreakwaterError, fields: Mapping[str, str]) -> dict[str, Any]:
    """Give what a template shows of a refusal: the sentence at its field, or above the form where it names none of these.

    ``fields``: the pointers of refusals, and the ids of the fields that these are about.
    """
    at = fields.get((refused.pointer or "").split("/", 2)[1] if refused.pointer else "", "")
    sentence = plain_sentence(refused)
    return {"faults": [(at, sentence)], "fault": {at: sentence} if at else {}}


NO_FAULTS: Mapping[str, Any] = {"faults": [], "fault": {}}
