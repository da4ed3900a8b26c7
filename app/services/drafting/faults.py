"""Everything that keeps a form from being kept, told at once: so that nobody saves again and again to learn of one after another.

Owns how the faults after the first are found. Nothing is kept, and no alarm is given: the refusal gave it. Kept by
``tests/services/drafting/test_faults.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain.errors import BreakwaterError, Code, ForbiddenContentError
from app.services.drafting.rows import without_place
from app.services.drafting.screen import BARE, bare_identifiers
from app.stix.form_screen import describes_child, screen_form

_MOST = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a form.

    ``is_material``: it is not shown again, not even to whoever sent it; nor is a text in which a child is described.
    """

    pointer: str
    sentence: str
    is_material: bool = False


def faults_of(document: dict[str, Any], refusal: BreakwaterError) -> list[Fault]:
    """Give every fault of a form (unverified) that was refused, the first as it was refused; twenty at most."""
    if not isinstance(refusal, ForbiddenContentError) and refusal.code is not Code.OBSERVABLE_INVALID:
        return [Fault(refusal.pointer or "", refusal.sentence)]
    rest, found = document, list[Fault]()
    while len(found) < _MOST:
        try:
            screen_form(rest)
        except ForbiddenContentError as again:
            place = again.pointer or ""
            found.append(Fault(place, again.sentence, is_material=_is_material(rest, again)))
            shorter = without_place(rest, place)
            if shorter == rest:
                break
            rest = shorter
        else:
            break
    return found + [Fault(f"/observables/{place}/value", BARE) for place in bare_identifiers(rest)][: _MOST - len(found)]


def _is_material(document: dict[str, Any], refusal: ForbiddenContentError) -> bool:
    """Whether what was refused is never shown again; a text with a contact alone is, so that it can be taken out."""
    inner: Any = document
    for step in (refusal.pointer or "").split("/")[1:]:
        inner = inner.get(step) if isinstance(inner, dict) else None
    return refusal.code is Code.CONTENT_FORBIDDEN or (isinstance(inner, str) and bool(describes_child(inner)))
