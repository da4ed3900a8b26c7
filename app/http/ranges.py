"""Files over HTTP: whole, one range of them, or not at all if the caller has them (RFC 9110 §13, §14).

Owns conditions and ranges. Several ranges at once, and what is no range of bytes, are answered with the whole, as RFC 9110 §14.2
allows. Kept by ``tests/http/test_ranges.py``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.errors import RangeError
from app.services.exporting.give_file import GivenFile
from app.web.context import is_head
from app.web.streams import line_by_line

_MEDIA_TYPE = "application/octet-stream"
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_HEADERS = {
    "Range": "One range of bytes; of several the whole is given.",
    "If-Range": "The ETag of what the caller has a part of; where it does not hold, the whole is given.",
    "If-None-Match": "An ETag given before; if it still holds, the answer is 304 without a body.",
}
HEADERS_OF_RANGES: tuple[dict[str, Any], ...] = tuple(
    {"in": "header", "name": name, "required": False, "description": said, "schema": {"type": "string"}}
    for name, said in _HEADERS.items()
)

PART_OF_A_FILE: dict[str, Any] = {
    "description": "The range that was asked for.",
    "content": {_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    "headers": {"Content-Range": {"schema": {"type": "string"}}},
}


def answer_file(given: GivenFile) -> Response:
    """Give a file as it was asked for; raises ``RangeError`` where the range that was asked for lies outside of it."""
    if request.if_none_match.contains_weak(given.sha256):
        return _tagged(Response(status=HTTPStatus.NOT_MODIFIED), given)
    asked = _range(given)
    start, stop = asked or (0, given.size)
    body = b"" if is_head() or start == stop else line_by_line(given.read(start, stop))
    status = HTTPStatus.OK if asked is None else HTTPStatus.PARTIAL_CONTENT
    response = _tagged(Response(body, status=status, content_type=_MEDIA_TYPE), given)
    response.headers["Content-Length"] = str(stop - start)
    response.headers["Content-Disposition"] = f'attachment; filename="{given.name}"'
    if asked is not None:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{given.size}"
    return response


def _range(given: GivenFile) -> tuple[int, int] | None:
    """Give from where to where is asked for, None for the whole."""
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    # Of a part of something else the rest is of no use; and only a strong tag says that it is the same.
    if asked is None or not _is_same(given):
        return None
    first, last = (int(part) if part else None for part in asked.groups())
    if first is None:
        return _inside(max(0, given.size - (last or 0)), given.size, given) if last is not None else None
    if last is not None and last < first:
        return None
    return _inside(first, given.size if last is None else min(last + 1, given.size), given)


def _inside(start: int, stop: int, given: GivenFile) -> tuple[int, int]:
    if start >= stop:
        raise RangeError("The range that was asked for lies outside of the file.", size=given.size)
    return start, stop


def _is_same(given: GivenFile) -> bool:
    tag = request.headers.get("If-Range")
    return tag is None or tag == f'"{given.sha256}"'


def _tagged(response: Response, given: GivenFile) -> Response:
    response.set_etag(given.sha256)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(given.sha256)).decode()}:"
    return response
