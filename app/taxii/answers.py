"""Answers of TAXII: documents, and envelopes joined from stored bytes.

Owns how they are written. Stored objects are never parsed on their way out, so that signatures and digests hold byte for byte;
lists that are empty are left out (TAXII 2.1 §3.1). Kept by ``tests/taxii/test_answers.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from app.services.reading.pull import Manifest, Page
from app.taxii.media_types import STIX, TAXII
from app.web.streams import joined
from breakwater_client.instant import instant_text

DATE_ADDED_FIRST = "X-TAXII-Date-Added-First"
DATE_ADDED_LAST = "X-TAXII-Date-Added-Last"


def answer(document: Mapping[str, Any], status: int = HTTPStatus.OK) -> Response:
    """Give a document of TAXII."""
    return Response(orjson.dumps(document), status=status, content_type=TAXII)


def answer_envelope(page: Page) -> Response:
    """Give a page of objects as an envelope (TAXII 2.1 §3.7); ``next`` is there if there is more, and only then."""
    if not page.objects:
        return answer({})
    head = f'{{"more":true,"next":"{page.next}","objects":[' if page.more else '{"more":false,"objects":['
    response = Response(joined(head.encode(), page.objects, b"]}"), content_type=TAXII)
    return _dated(response, page)


def answer_manifest(manifest: Manifest) -> Response:
    """Give a page of object versions as a manifest (TAXII 2.1 §5.3.1)."""
    entries = [
        {"id": one.stix_id, "date_added": instant_text(one.added_at), "version": one.version, "media_type": STIX}
        for one in manifest.entries
    ]
    return _answer_list("objects", entries, manifest)


def answer_versions(manifest: Manifest) -> Response:
    """Give the versions of one object (TAXII 2.1 §5.8.1), those that several owners state alike once."""
    return _answer_list("versions", list(dict.fromkeys(one.version for one in manifest.entries)), manifest)


def _answer_list(name: str, entries: Sequence[object], manifest: Manifest) -> Response:
    if not entries:
        return answer({})
    onward = {"more": True, "next": manifest.next} if manifest.more else {"more": False}
    return _dated(answer({**onward, name: entries}), manifest)


def _dated(response: Response, page: Page | Manifest) -> Response:
    """Say when the first and the last object of a page were added for this reader (TAXII 2.1 §3.5)."""
    if page.first_added is not None and page.last_added is not None:
        response.headers[DATE_ADDED_FIRST] = instant_text(page.first_added)
        response.headers[DATE_ADDED_LAST] = instant_text(page.last_added)
    return response
