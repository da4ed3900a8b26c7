"""Refusals as problem documents (RFC 9457): the one shape of every error of REST, and of whatever has no shape of its own.

Owns the document; status, words and headers are ``app/web/refusals.py``'s. Kept by ``tests/http/test_problems.py``.
"""

from __future__ import annotations

import json

from flask import Response

from app.web.context import request_id
from app.web.refusals import Refused

PROBLEM_MEDIA_TYPE = "application/problem+json"


def problem(refused: Refused) -> Response:
    """Give the problem document of a refusal."""
    document = {
        "type": f"urn:breakwater:problem:{refused.code}",
        "title": refused.title,
        "status": int(refused.status),
        "detail": refused.sentence,
        "code": refused.code.value,
        "request_id": request_id(),
    }
    if refused.pointer is not None:
        document["pointer"] = refused.pointer
    return Response(json.dumps(document), status=int(refused.status), content_type=PROBLEM_MEDIA_TYPE)
