"""What a form sent: its fields, once each, and no others.

Owns the strictness: a field that a page does not know, or that comes twice, is refused. What fields say is looked at below.
Kept by ``tests/portal/test_forms.py``.
"""

from __future__ import annotations

from flask import request

from app.domain.errors import MalformedInputError
from app.portal.cookies import FORGERY_FIELD

LONGEST_FIELD = 20_000  # characters


def fields(*names: str) -> dict[str, str]:
    """Give the fields of the form that was sent; one that is absent is an empty text, as browsers leave out what is not ticked.

    Raises:
        MalformedInputError: a field that is not among ``names``, comes twice, is too long, or holds a NUL or half a character.
    """
    for name, values in request.form.lists():
        if name not in {*names, FORGERY_FIELD} or len(values) > 1:
            raise MalformedInputError("This form has a field that the page does not know, or has one twice. Load the page anew.")
        for value in values:
            _check(value)
    return {name: request.form.get(name, "") for name in names}


def _check(value: str) -> None:
    if len(value) > LONGEST_FIELD or "\0" in value or not _is_whole(value):
        raise MalformedInputError("A field of this form is too long, or holds what is no text.")


def _is_whole(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
