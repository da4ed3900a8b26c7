"""Why a request reads: the header in which it says so.

Owns the header; whether the caller may read for that purpose is asked below. Kept by ``tests/web/test_purpose.py``.
"""

from __future__ import annotations

from flask import request

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Purpose

PURPOSE_HEADER = "Breakwater-Purpose"


def stated_purpose() -> Purpose | None:
    """Give the purpose that the request states, None if it states none.

    Raises:
        MalformedInputError: it states something else.
    """
    stated = request.headers.get(PURPOSE_HEADER)
    try:
        return None if stated is None else Purpose(stated)
    except ValueError:
        words = ", ".join(Purpose)
        raise MalformedInputError(f"{PURPOSE_HEADER} is one of: {words}.") from None
