"""The refusal of an observable that has not the form of its kind, and what every reading of one begins with.

Owns code and place. Sentences name forms and lengths, never what was entered. Kept by ``tests/stix/test_normalise_faults.py``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from app.domain.errors import Code, MalformedInputError, ProfileError
from app.domain.token_value import TokenKind, written_for_token

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Normal:
    """A value in the one spelling in which it is compared, and sentences about what was left out of what was entered."""

    value: str
    notes: tuple[str, ...] = ()


def refuse(sentence: str, place: str = "/value") -> NoReturn:
    """Refuse an observable; ``place`` is relative to it."""
    raise ProfileError(sentence, code=Code.OBSERVABLE_INVALID, pointer=place)


def trimmed(value: str, what: str) -> str:
    """Give a value without blanks around it; ``what`` is the noun for the refusal of one that hides something or says nothing."""
    text = value.strip()
    if not text:
        refuse(f"{what} is empty.")
    if any(unicodedata.category(one) in _UNSEEN for one in text):
        refuse(f"{what} has no control characters and none that cannot be seen.")
    return text


def token_normal(kind: TokenKind, text: str) -> Normal:
    """Give an identifier of which tokens are made as the tokens' scheme writes it: one rule, and so one token, everywhere."""
    try:
        return Normal(written_for_token(kind, text))
    except MalformedInputError as refusal:
        refuse(refusal.sentence)
