"""The form in which a request is answered, as the services take it.

Owns its strictness; whether an answer fits the request is the services' to say. Kept by
``tests/portal/answering/test_request_answers.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from app.domain.errors import MalformedInputError
from app.domain.partner_request import REFERENCE, DeclineReason, GrantWay, RequestOutcome
from app.portal.words import gettext
from app.services.requesting.answer import MOST_OBJECTS, NewAnswer

FIELDS = ("outcome", "reference", "object_ids", "way", "reason")
_REFERENCE = re.compile(REFERENCE, re.ASCII)
Word = TypeVar("Word", bound=StrEnum)


def read_answer(given: Mapping[str, str]) -> NewAnswer:
    """Give the answer that a form says.

    Raises:
        MalformedInputError: a field says what none of its words is; the pointer names it.
    """
    outcome = word_in(RequestOutcome, given["outcome"], "outcome")
    if outcome is None:
        raise MalformedInputError(gettext("Say what you did."), pointer="/outcome")
    reference = given["reference"].strip()
    if reference and not _REFERENCE.fullmatch(reference):
        sentence = gettext("A reference is a word of up to 64 letters, digits and . _ / -, without spaces.")
        raise MalformedInputError(sentence, pointer="/reference")
    named = given["object_ids"].split()
    if len(named) > MOST_OBJECTS:
        raise MalformedInputError(gettext("An answer names 50 objects at most."), pointer="/object_ids")
    way, reason = word_in(GrantWay, given["way"], "way"), word_in(DeclineReason, given["reason"], "reason")
    return NewAnswer(outcome, reference or None, named, way, reason)


def word_in(words: type[Word], given: str, name: str) -> Word | None:
    """Give the word that a field says, None for nothing.

    Raises:
        MalformedInputError: it is none of these words.
    """
    if not given:
        return None
    if given not in [one.value for one in words]:
        raise MalformedInputError(gettext("Choose one of what is offered."), pointer=f"/{name}")
    return words(given)


def where(pointer: str | None) -> str:
    """Give the field that a pointer is about, empty for none."""
    name = (pointer or "").strip("/").partition("/")[0]
    return name if name in FIELDS else ""
