"""Strict JSON for the small documents of administration, so that they are read by the same rules as submissions.

Owns the limit on their size; the rules of JSON are ``stix.strict_json``'s, and what a document says is its reader's business.
Kept by ``tests/services/test_read_document.py``.
"""

from __future__ import annotations

from typing import Any

from app.domain.errors import TooLargeError
from breakwater_client.documents.json_limits import MAX_BODY_BYTES
from breakwater_client.documents.strict_json import parse

__all__ = ["MAX_BODY_BYTES", "MAX_DOCUMENT_BYTES", "read_document"]

MAX_DOCUMENT_BYTES = 256 * 1024


def read_document(body: bytes) -> Any:
    """Give the JSON value of a small body (unverified bytes): no name twice, no NUL, nothing deep, no number beyond 2^53.

    Raises:
        MalformedInputError: no strict JSON; code and pointer say what and where.
        TooLargeError: more than ``MAX_DOCUMENT_BYTES``.
    """
    if len(body) > MAX_DOCUMENT_BYTES:
        raise TooLargeError(f"The body has more than {MAX_DOCUMENT_BYTES} bytes.")
    return parse(body)
