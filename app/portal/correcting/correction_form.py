"""The form of a correction: what stands in its fields, what was sent, and the page.

Owns names and spelling; what may be corrected is judged below. Kept by ``tests/portal/correcting/test_correction_form.py``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from itertools import groupby
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, ForbiddenContentError, MalformedInputError
from app.domain.object_vocabulary import CorrectionReason
from app.domain.vocabulary import Harm, Phase
from app.portal.correcting.words import MEMBERS
from app.portal.forms import Sent, sent
from app.portal.pages import page
from app.portal.plain_words import called, choices, offered, pairs
from app.portal.words import gettext
from app.services.drafting.correct import Correction
from app.services.drafting.correctable import Correctable
from app.services.drafting.pick import behaviours_to_pick
from app.web.context import exchange

TEXTS = ("name", "description", "confidence", "valid_until")
LISTS = ("behaviours", "harm_types")
LARGEST_FORM = 128 * 1024  # bytes
_PHASES = tuple(Phase)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
_MOST = 100
Typed = dict[str, Any]


def sent_form() -> Sent:
    """Give what was sent; raises ``MalformedInputError`` for a field that the page does not have."""
    return sent(("version", "revision", "reason", *TEXTS), LISTS)


def typed_of(found: Correctable, changes: Mapping[str, Any] | None = None, reason: str = "") -> Typed:
    """Give what the fields show: what stands in the object, with changes that were made already."""
    typed: Typed = {"version": found.version, "reason": reason, "revision": ""}
    for member in (*TEXTS, *LISTS):
        typed[member] = _shown(member, (changes or {}).get(member, found.said(member)))
    return typed


def typed_again(given: Sent) -> Typed:
    """Give what was typed."""
    return dict(given.single) | {name: list(given.repeated[name]) for name in LISTS}


def read_correction(given: Sent, found: Correctable) -> Correction:
    """Give what was said; raises ``MalformedInputError`` for a number or a time that is none, with its field."""
    standing, changes = typed_of(found), {}
    for member in found.members:
        said = sorted(set(given.repeated[member])) if member in LISTS else given[member].strip().replace("\r\n", "\n")
        if said != (sorted(standing[member]) if member in LISTS else standing[member].strip()):
            changes[member] = _read(member, said)
    return Correction(given["version"], given["reason"], changes)


def form_page(found: Correctable, typed: Typed, action: str, refusal: BreakwaterError | None = None, **known: Any) -> Response:
    """Give the page with the form; of what must never be here the field shows what stands in the object."""
    at = "" if refusal is None else field_of(refusal.pointer or "")
    if isinstance(refusal, ForbiddenContentError):
        standing = typed_of(found)
        typed = typed | {name: standing[name] for name in ([at] if at else TEXTS)}
    status = HTTPStatus.CONFLICT if isinstance(refusal, ConflictError) else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(
        "correcting/form.html",
        HTTPStatus.OK if refusal is None else status,
        found=found,
        typed=typed,
        action=action,
        faults=[] if refusal is None else [(at, refusal.sentence)],
        fault_at=defaultdict(str, {at: refusal.sentence} if refusal is not None else {}),
        titles=MEMBERS,
        reasons=pairs(offered(CorrectionReason)),
        harms=choices(offered(Harm)),
        phases=_phases(typed["behaviours"]),
        **known,
    )


def field_of(pointer: str) -> str:
    """Give the field that a place in an object (RFC 6901) is of; empty where there is none."""
    return next((step for step in pointer.split("/") if step in {"reason", *MEMBERS}), "")


def _phases(chosen: list[str]) -> list[tuple[str, list[Any]]]:
    found = sorted(behaviours_to_pick(exchange(), chosen), key=lambda one: _PHASES.index(one.phase))
    return [(called(phase), list(each)) for phase, each in groupby(found, key=lambda one: one.phase)]


def _shown(member: str, said: Any) -> Any:
    if member in LISTS:
        return list(said or ())
    if member == "valid_until" and said:
        return str(said)[:16]
    return "" if said is None else str(said)


def _read(member: str, said: Any) -> Any:
    if not said:
        return None
    if member == "confidence":
        if not _NUMBER.fullmatch(said) or int(said) > _MOST:
            raise MalformedInputError(gettext("This is a whole number from 0 to 100."), pointer="/confidence")
        return int(said)
    if member == "valid_until":
        if not _LOCAL.fullmatch(said):
            raise MalformedInputError(gettext("This is a day and a time, in UTC."), pointer="/valid_until")
        return f"{said}:00Z"
    return said
