"""Query parameters of TAXII (TAXII 2.1 §3.4): which page is asked for, and of which objects.

Owns their forms. What is malformed is refused and never ignored: a mistyped filter must not widen a result. Kept by
``tests/taxii/test_queries.py``.
"""

from __future__ import annotations

import re
from datetime import datetime

from flask import request

from app.domain.collection import Collection
from app.domain.errors import Code, MalformedInputError
from app.services.reading.pull import Filters, PageRequest
from app.taxii.timestamps import instant

PAGE = frozenset({"added_after", "limit", "next"})
OBJECTS = PAGE | {"match[id]", "match[type]"}

MOST_OBJECTS = 5_000
"""Most objects in one answer, whatever was asked for."""

_USUAL_OBJECTS = 1_000
_MOST_VALUES = 1_000
_STIX_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]")
_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,512}")
_NUMBER = re.compile(r"0*([1-9][0-9]*)")


def asked_page(collection: Collection) -> PageRequest:
    """Give the page of a collection that the request asks for.

    Raises:
        MalformedInputError: a parameter has not the form that it should have; ``cursor-invalid`` for ``next``.
    """
    filters = Filters(
        stix_ids=_values("match[id]", _STIX_ID),
        types=_values("match[type]", _TYPE),
        facets=() if collection.harm is None else (("harm", frozenset({collection.harm.value})),),
        added_after=_added_after(),
    )
    return PageRequest(filters, _cursor(), _limit())


def _values(name: str, form: re.Pattern[str]) -> frozenset[str]:
    """Give the values of a filter, separated by commas; empty if the request has no such filter."""
    given = request.args.get(name)
    if given is None:
        return frozenset()
    values = given.split(",")
    if len(values) > _MOST_VALUES or not all(map(form.fullmatch, values)):
        raise MalformedInputError(f"{name} takes up to {_MOST_VALUES} values of its form, separated by commas.")
    return frozenset(values)


def _added_after() -> datetime | None:
    given = request.args.get("added_after")
    if given is None:
        return None
    read = instant(given)
    if read is None:
        raise MalformedInputError("added_after takes a time of RFC 3339, such as 2026-01-05T10:00:00.000000Z.")
    return read


def _limit() -> int:
    given = request.args.get("limit")
    if given is None:
        return _USUAL_OBJECTS
    digits = _NUMBER.fullmatch(given)
    if digits is None:
        raise MalformedInputError("limit takes a whole number from 1; what is above 5000 counts as 5000.")
    return MOST_OBJECTS if len(digits[1]) > len(str(MOST_OBJECTS)) else min(int(digits[1]), MOST_OBJECTS)


def _cursor() -> str | None:
    given = request.args.get("next")
    if given is not None and not _CURSOR.fullmatch(given):
        sentence = "next takes what an earlier answer gave as next, unchanged."
        raise MalformedInputError(sentence, code=Code.CURSOR_INVALID)
    return given
