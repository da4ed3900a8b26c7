"""The ``Idempotency-Key`` of a request (as in draft-ietf-httpapi-idempotency-key-header), which every POST takes.

Owns what a key is bound to over HTTP: the caller, the route, the path and the body. The rule itself is ``services.answer_once``.
Kept by ``tests/http/test_idempotency.py``.
"""

from __future__ import annotations

from typing import Any

from flask import request

from app.services.answer_once import KeyUse, key_use
from app.web.bodies import whole_body
from app.web.context import principal, rule

HEADER = "Idempotency-Key"
PARAMETER: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "The same key with the same body gives the same answer, for seven days; with another body it is a conflict.",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
}


def presented_key() -> str | None:
    """Give the key that the request presents (unverified), None without one."""
    return request.headers.get(HEADER)


def use_of_key() -> KeyUse | None:
    """Give the use that this request makes of its idempotency key, None if it has none.

    The path counts as part of the body: one key on two things of one kind is a conflict and never the other's answer.
    """
    bound = request.path.encode() + b"\n" + whole_body()
    return key_use(principal(), rule().removeprefix("/api/v1/"), presented_key(), bound)
