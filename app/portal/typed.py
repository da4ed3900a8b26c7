"""What somebody typed into a form that was refused, to be shown to them once more, so that a long text is not lost with it.

Owns which of what was sent is text that somebody typed, and when it is given back: to the browser that sent it from a page of
ours, in the answer to that very request, and never where what was typed was refused as material. Nothing of it is kept. Kept by
``tests/portal/test_typed.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import current_app, g, request

from app.domain.errors import BreakwaterError, Code
from app.portal.cookies import is_from_here, session_secret
from app.portal.forms import carried
from app.web.bodies import read_ahead
from app.web.refusals import Refused

TEXTS = frozenset(
    {
        *("account", "description", "end_reason", "label", "legal_basis", "name", "object_ids", "paste", "reason"),
        *("recognised", "reference", "remark", "reported_body", "reported_reference", "service", "title", "told"),
    }
)
"""The fields whose texts are given back; what is not named here is not, so that no secret is, however it is spelled."""
_REFUSED_AS_MATERIAL = frozenset({Code.CONTENT_FORBIDDEN, Code.PERSON_DATA_FORBIDDEN})
_BEFORE_READING = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE})
"""Refusals that come before a body is read, from whoever was or is somebody."""


def typed_fields() -> list[tuple[str, str]]:
    """Give the fields of the form that was sent which somebody typed in several words, in their order: names and texts."""
    return [(name, value) for name, value in carried() if name in TEXTS and len(value.split()) > 1]


def typed_texts() -> list[str]:
    """Give what somebody typed into the form that was sent: texts of several words, in their order; nothing that is secret."""
    return [value for _, value in typed_fields()]


def typed_before(refused: Refused) -> list[str]:
    """Give what somebody typed into the form that was refused; nothing where it did not come from a page of ours."""
    if request.method != "POST" or refused.code in _REFUSED_AS_MATERIAL or not is_from_here() or not _is_read(refused):
        return []
    return typed_texts()


def not_material(text: str, failed: BreakwaterError | None) -> str:
    """Give a text to be filled into its field once more; nothing where the form was refused for what must never be here."""
    return "" if failed is not None and failed.code in _REFUSED_AS_MATERIAL else text


def _is_read(refused: Refused) -> bool:
    """Whether the body is here; one that the gate did not wait for is read now, to the form's own limit."""
    if "form" in vars(request):  # kept there once it was read
        return True
    view = current_app.view_functions.get(request.endpoint or "")
    if refused.status not in _BEFORE_READING or session_secret() is None or view is None:
        return False
    request.max_content_length = vars(view)["terms"].max_body_bytes
    read_ahead()
    return "body_failed" not in g
