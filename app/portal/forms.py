"""What a form sent: its fields, and no others; once each, but for lists of boxes.

Owns the strictness: a field that a page does not know, or that comes twice, is refused; and what is carried on where a form
has to wait. What fields say is looked at below. Kept by ``tests/portal/test_forms.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict

from app.domain.errors import MalformedInputError
from app.portal.cookies import FORGERY_FIELD

LONGEST_FIELD = 20_000  # characters
_STRANGE = "This form has a field that the page does not know, or has one twice. Load the page anew."


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
            raise MalformedInputError(_STRANGE)
        for value in values:
            _check(value)
    return Sent({name: request.form.get(name, "") for name in once}, {name: request.form.getlist(name) for name in often})


def take(names: Iterable[str]) -> dict[str, str]:
    """Give single fields that came with a form, empty where they are absent, and leave the form as if it had come without.

    Raises:
        MalformedInputError: one of them comes twice, is too long, or holds a NUL or half a character.
    """
    wanted = list(names)
    given = {name: request.form.get(name, "") for name in wanted}
    if any(len(request.form.getlist(name)) > 1 for name in wanted):
        raise MalformedInputError(_STRANGE)
    for value in given.values():
        _check(value)
    rest = [(name, value) for name, value in request.form.items(multi=True) if name not in given]
    request.form = ImmutableMultiDict(rest)
    return given


def carried() -> list[tuple[str, str]]:
    """Give all that a form sent, unread and in its order, but for the word against forgery: names and values."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != FORGERY_FIELD]


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
