"""What is never kept, not even in a draft: what may be material or describe a child, and identifiers that leave as tokens alone.

Owns the refusal before anything is written, and its alarm, which is the composer's: a draft is no place to try disguises. Kept by
``tests/services/drafting/test_screen.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from app.domain.errors import Code, ForbiddenContentError, MalformedInputError, ProfileError, TooLargeError
from app.domain.observation import TOKENS_ONLY
from app.domain.partner import Principal
from app.services.composing.compose import record_forbidden
from app.services.exchange import Exchange
from app.stix.form_contacts import contacts_among
from app.stix.form_screen import illegible_text, screen_form
from app.stix.screen import screen
from breakwater_client.submission import Refusal

LONGEST_FORM = 200_000
"""Bytes of JSON that a draft may have."""

BARE = (
    "This seems to be, or to hold, a telephone number, a mail address or a device. They are not kept here, not even in a draft. "
    "Ask whoever runs the keys of your sharing group to make a token of it, and paste the line that they give you."
)

_MEMBERS = MappingProxyType({"title": "name", "description": "description"})
"""The members of an object that a form calls otherwise, or alike."""

_ILLEGIBLE = (
    "This text has characters that turn the direction of what follows, or that nobody sees: the second reader would not "
    "read what leaves. Type it anew instead of pasting it."
)


def refuse_what_is_never_kept(exchange: Exchange, principal: Principal, document: dict[str, Any]) -> None:
    """Return if a form (unverified, of any completeness) may be kept.

    Raises:
        ForbiddenContentError: it seems to carry material or describes a child; the operators are alarmed as at a submission.
        MalformedInputError: a text of it does not say what it shows.
        ProfileError: ``observable-invalid``: an identifier stands in it that leaves as a token alone.
        TooLargeError: it is larger than any form.
    """
    if len(json.dumps(document).encode()) > LONGEST_FORM:
        raise TooLargeError("This is more than one draft holds: enter fewer observables, and shorter texts.")
    try:
        screen_form(document)
    except ForbiddenContentError as refusal:
        record_forbidden(exchange, principal, [Refusal.of(refusal)])
        raise
    illegible = illegible_text(document)
    if illegible is not None:
        raise MalformedInputError(_ILLEGIBLE, pointer=illegible)
    for place in bare_identifiers(document):
        raise ProfileError(BARE, code=Code.OBSERVABLE_INVALID, pointer=f"/observables/{place}/value")


def refuse_correction_never_kept(
    exchange: Exchange, principal: Principal, corrected: dict[str, Any], changes: Mapping[str, Any]
) -> None:
    """Return if an object with what somebody corrects in it (unverified) may be kept; new texts are looked at as those of a form.

    Alarms and raises as ``refuse_what_is_never_kept``, with pointers into the object.
    """
    try:
        screen(corrected)
    except ForbiddenContentError as refusal:
        record_forbidden(exchange, principal, [Refusal.of(refusal)])
        raise
    texts = {name: changes[member] for name, member in _MEMBERS.items() if isinstance(changes.get(member), str)}
    try:
        refuse_what_is_never_kept(exchange, principal, {"what": texts})
    except (ForbiddenContentError, MalformedInputError) as refusal:
        refusal.pointer = f"/{_MEMBERS.get((refusal.pointer or '').rpartition('/')[2], '')}"
        raise


def bare_identifiers(document: dict[str, Any]) -> Iterator[int]:
    """Give the places of observables whose value leaves as a token alone, by the kind they say, or by what is found in it."""
    found = set(contacts_among(document.get("observables")))
    for place, one in enumerate(document.get("observables", ())):
        value = one.get("value")
        if place in found or (isinstance(value, str) and value and one.get("kind") in TOKENS_ONLY):
            yield place
