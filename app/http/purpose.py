"""How the OpenAPI document describes the header in which a reader says why it reads. Kept by ``tests/http/test_purpose.py``."""

from __future__ import annotations

from typing import Any

from app.domain.vocabulary import Purpose
from app.web.purpose import PURPOSE_HEADER

PURPOSE: dict[str, Any] = {
    "in": "header",
    "name": PURPOSE_HEADER,
    "required": False,
    "description": "Why the caller reads; needed for others' objects, unless it is fixed on the credential.",
    "schema": {"type": "string", "enum": [purpose.value for purpose in Purpose]},
}
