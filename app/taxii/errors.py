"""Refusals as TAXII error messages (TAXII 2.1 §3.6): the one shape of every error under ``/taxii2``.

Owns the document; status, words and headers are ``app/web/refusals.py``'s. Kept by ``tests/taxii/test_errors.py``.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from app.taxii.answers import answer
from app.web.context import request_id
from app.web.refusals import Refused


def taxii_error(refused: Refused) -> Response:
    """Give the error message of a refusal: ``error_code`` is the stable code, ``error_id`` the request's id."""
    document: dict[str, Any] = {
        "title": refused.title,
        "description": refused.sentence,
        "error_id": request_id(),
        "error_code": refused.code.value,
        "http_status": str(int(refused.status)),
    }
    if refused.pointer:  # empty is the whole body, which is what the request was about anyway
        document["details"] = {"pointer": refused.pointer}
    return answer(document, int(refused.status))
