"""What a form sent: its fields, and no others; once each, but for lists of boxes.

Owns the strictness: a field that a page does not know, or that comes twice, is refused. What fields say is looked at below.
Kept by ``tests/portal/test_forms.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from app.domain.errors import MalformedInputError
from app.portal.cookies import FORGERY_FIELD

LONGEST_FIELD = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent: ``single`` fields, empty where they are absent, and all values of ``repeated`` ones, as of boxes."""

    single: Mapping[str, str]
    repeated: Mapping[str, Sequence[str]]

    def __getitem__(self, name: str) -> str:
        """Give a single field."""
        return self.single[name]


def fields(*names: str) -> dict[str, str]:
    """Give the fields of the form that was sent; one that is absent is an empty text, as browsers leave out what is not ticked.

    Raises:
        MalformedInputError: a field that is not among ``names``, comes twice, is too long, or holds a NUL or half a character.
    """
    return dict(sent(names).single)


def sent(single: Iterable[str], repeated: Iterable[str] = ()) -> Sent:
    """Give the form that was sent, where some fields may come several times; raises as ``fields``."""
    once, often = list(single), list(repeated)
    for name, values in request.form.lists():
        if name not in {*once, *often, FORGERY_FIELD} or (len(values) > 1 and name not in often):
            raise MalformedInputError("This form has a field that the page does not know, or has one twice. Load the page anew.")
        for value in values:
            _check(value)
    return Sent({name: request.form.get(name, "") for name in once}, {name: request.form.getlist(name) for name in often})


def described(name: str, help_text: str, fault: str) -> Markup:
    """Give the attributes that tie a field to its help and to what is wrong with it, for people who hear the page."""
    ids = " ".join(part for part, is_there in ((f"{name}-fault", fault), (f"{name}-help", help_text)) if is_there)
    tied = Markup(' aria-describedby="{}"').format(ids) if ids else Markup()
    return tied + Markup(' aria-invalid="true"') if fault else tied


def _check(value: str) -> None:
    if len(value) > LONGEST_FIELD or "\0" in value or not _is_whole(value):
        raise MalformedInputError("A field of this form is too long, or holds what is no text.")


def _is_whole(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
