"""Who sees what, and why not: the one answer to every read, export, explanation and simulation.

Owns step 0 and the joining of the three voices of ``docs/policy.md``; what each clause says is in ``app/policy/clauses.py``.
Embargo, expiry and withdrawal belong to a version's time and are not judged here, nor is the credential's right to read
(``app/policy/administration.py``). Kept by the decision table of ``tests/policy/test_visibility.py`` and the properties of
``tests/policy/test_visibility_properties.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from app.domain.handling import Handling, HandlingClass
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.policy.clauses import BEFORE_ALL, NO_TERMS, OWN_HANDLING, VOICES, Asked, Clause, Subject, Table, Voice
from app.policy.viewer import Viewer

__all__ = ["Clause", "Hidden", "Loss", "Viewer", "Voice", "loss_by", "sees_somehow", "why_hidden"]

_CLASSES_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Hidden:
    """Which voice objected first, by which clause, under which agreement version (None: none in force then).

    For owner and operators only: a reader is never told that anything is hidden. Whose handling objected is not in it.
    """

    voice: Voice
    clause: Clause
    agreement_version: int | None


def why_hidden(viewer: Viewer, handling_class: HandlingClass, purpose: Purpose, channel: Channel, now: datetime) -> Hidden | None:
    """Give the first objection to this viewer's reading of objects of this class, or None if it may.

    Before all: what is addressed to partners one by one is seen by exactly these while active; no more is asked.
    0. An active partner sees its own classes. In them, and wherever else its own handlings stand, only the ceiling of the
       credential is measured, and only against its own handlings: what others say never takes away what is one's own.
    1. to 3. Exchange baseline, agreement and publisher must each admit every other handling of the class; default is no.

    What was posted to the exchange is admitted by its handlings; what was posted to groups by its handlings *and* one of the
    groups, which also names who may see identifying data. Either is enough.

    Clauses are asked in the order of their tables, each about all handlings, so that the answer does not depend on the order
    of a set. ``now`` is aware UTC. The cost is some microseconds a class.
    """
    agreement = viewer.agreement_at(now)
    asked = Asked(viewer, agreement, NO_TERMS if agreement is None else agreement.read, purpose, channel)
    found = _first_objection(asked, handling_class)
    if found is None:
        return None
    voice, clause = found
    return Hidden(voice, clause, None if agreement is None else agreement.version)


def sees_somehow(viewer: Viewer, handling_class: HandlingClass, now: datetime) -> bool:
    """Whether the viewer's *partner* could see this class now, for any purpose and by any channel of its agreement.

    Used at admission: a referenced object narrows the referring one if its submitter could see it. The credential's ceiling is
    therefore left out, else submitting with a narrower credential would shake off the narrowing.
    """
    partner = replace(viewer, tlp_ceiling=Tlp.RED)
    return any(why_hidden(partner, handling_class, purpose, channel, now) is None for purpose in Purpose for channel in Channel)


@dataclass(frozen=True, slots=True)
class Loss:
    """What a viewer would lose if classes needed further handlings as well: those of others (``theirs``), and its own."""

    theirs: bool
    own: bool


def loss_by(viewer: Viewer, further: frozenset[Handling], purpose: Purpose, channel: Channel, now: datetime) -> Loss:
    """Say what is lost of classes that a viewer sees when each of them needs ``further`` handlings too.

    For a class of another owner, ``why_hidden`` objects to class and further handlings together exactly if it objects to the
    class or ``theirs`` is True; for one of the viewer's own, if it objects to the class or ``own`` is. One exception: of a class
    that reaches the viewer through a group, which names it, nothing may be lost although ``theirs`` is True. Classes that are
    addressed to partners are never narrowed.
    """
    agreement = viewer.agreement_at(now)
    asked = Asked(viewer, agreement, NO_TERMS if agreement is None else agreement.read, purpose, channel)
    own, others = _by_publisher(viewer, further)
    loses_own = _first(OWN_HANDLING, asked, own) is not None
    return Loss(theirs=loses_own or _first(VOICES, asked, others) is not None, own=loses_own)


def _first_objection(asked: Asked, handling_class: HandlingClass) -> tuple[Voice, Clause] | None:
    found = _first(BEFORE_ALL, asked, (handling_class,))
    if found is not None or handling_class.addressed_to is not None:
        return found
    if not handling_class.in_exchange:
        return _objection(asked, handling_class.owner_id, _as_shared(handling_class))
    found = _objection(asked, handling_class.owner_id, handling_class.handlings)
    if found is None or not any(map(asked.viewer.reads, handling_class.shared_with)):
        return found
    return found if _objection(asked, handling_class.owner_id, _as_shared(handling_class)) else None


@lru_cache(maxsize=_CLASSES_REMEMBERED)
def _as_shared(handling_class: HandlingClass) -> frozenset[Handling]:
    return handling_class.as_shared


def _objection(asked: Asked, owner_id: str, handlings: Collection[Handling]) -> tuple[Voice, Clause] | None:
    own, others = _by_publisher(asked.viewer, handlings)
    if owner_id == asked.viewer.partner_id:
        others.clear()
    return _first(OWN_HANDLING, asked, own) or _first(VOICES, asked, others)


def _by_publisher(viewer: Viewer, handlings: Collection[Handling]) -> tuple[list[Handling], list[Handling]]:
    """Give the viewer's own handlings, and those of others."""
    own: list[Handling] = []
    others: list[Handling] = []
    for handling in handlings:
        (own if handling.publisher.partner_id == viewer.partner_id else others).append(handling)
    return own, others


def _first(table: Table[Subject], asked: Asked, subjects: Sequence[Subject]) -> tuple[Voice, Clause] | None:
    for voice, rule in table:
        for subject in subjects:
            clause = rule(asked, subject)
            if clause is not None:
                return voice, clause
    return None
