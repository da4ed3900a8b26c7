"""Answers of TAXII: documents, and envelopes joined from stored bytes.

Owns how they are written. Stored objects are never parsed on their way out, so that signatures and digests hold byte for byte;
lists that are empty are left out (TAXII 2.1 §3.1). Kept by ``tests/taxii/test_answers.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from app.services.intake.receipts import instant_text
from app.services.reading.pull import Page
from app.taxii.media_types import TAXII

DATE_ADDED_FIRST = "X-TAXII-Date-Added-First"
DATE_ADDED_LAST = "X-TAXII-Date-Added-Last"


def answer(document: Mapping[str, Any], status: int = HTTPStatus.OK) -> Response:
    """Give a document of TAXII."""
    return Response(orjson.dumps(document), status=status, content_type=TAXII)


def answer_envelope(page: Page) -> Response:
    """Give a page of objects as an envelope (TAXII 2.1 §3.7); ``next`` is there if there is more, and only then."""
    if not page.objects:
        return answer({})
    onward = f'"more":true,"next":"{page.next}",' if page.more else '"more":false,'
    body = b"".join((b"{", onward.encode(), b'"objects":[', b",".join(page.objects), b"]}"))
    response = Response(body, content_type=TAXII)
    if page.first_added is not None and page.last_added is not None:
        response.headers[DATE_ADDED_FIRST] = instant_text(page.first_added)
        response.headers[DATE_ADDED_LAST] = instant_text(page.last_added)
    return response
