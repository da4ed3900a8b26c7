"""The handling that something would have: what a publisher states, under its agreement's default, as at submission.

Owns reading such a statement; how statements meet and what may be submitted is policy's, the same functions that admission asks.
Kept by ``tests/services/explaining/test_handling_to_be.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.errors import Code, RefusedError
from app.domain.handling import Audience, HandlingClass, MarkingTerms, ObjectContext, Publisher
from app.domain.vocabulary import Assurance, Harm, Profile, Purpose, Sensitivity, SubjectStatus, Tlp
from app.policy.handling import EffectiveHandling, StatedHandling, effective_handling
from app.policy.submission import why_refused
from app.policy.viewer import Viewer
from app.storage import handling
from app.storage.session import Connection

INLINE = "audience--00000000-0000-4000-8000-000000000000"
"""Stands for the id of an audience that is told beside the question and registered nowhere."""


@dataclass(frozen=True, slots=True)
class HandlingToBe:
    """What a marking and a context would say; None where they are silent, and the agreement's default speaks.

    ``audience`` is one that is told here, ``audience_id`` one that is registered; at most one of them.
    """

    tlp: Tlp | None = None
    sensitivity: Sensitivity | None = None
    harm_types: frozenset[Harm] = frozenset()
    subject_status: SubjectStatus | None = None
    purposes: frozenset[Purpose] | None = None
    audience_id: str | None = None
    audience: Audience | None = None
    release_at: datetime | None = None
    expires_at: datetime | None = None


def class_to_be(
    connection: Connection, submitter: Viewer, stated: HandlingToBe, now: datetime
) -> tuple[EffectiveHandling, HandlingClass]:
    """Give the effective handling, and the class of an object of the submitter's own that has it and refers to nothing.

    Raises:
        RefusedError: what admission would refuse for its handling: no agreement in force, beyond its terms, an audience that is
            not the submitter's, an end that is past or before the embargo's.
    """
    agreement = submitter.agreement_at(now)
    if agreement is None:
        raise RefusedError("Your organisation has no agreement in force.", code=Code.AGREEMENT_NOT_IN_FORCE)
    own = _own_audiences(connection, submitter, agreement, stated)
    effective = effective_handling(
        StatedHandling(
            publisher=Publisher(submitter.partner_id, submitter.role, submitter.jurisdiction),
            assurance=Assurance.PUBLISHER_SIGNED,
            default=agreement.default_handling,
            default_audience=own.get(agreement.default_handling.audience_id or ""),
            context=ObjectContext(stated.sensitivity, stated.harm_types, stated.subject_status),
            sensitivity_floor=Sensitivity.AGGREGATE,
            markings=[_marking(stated, own)],
        )
    )
    if effective.expires_at is not None and effective.expires_at <= now:
        raise RefusedError("The handling has expired already.", code=Code.HANDLING_UNRESOLVED)
    profiles = agreement.write.profiles
    profile = Profile.OCSEA if Profile.OCSEA in profiles or not profiles else min(profiles)
    refused = why_refused(submitter, effective.handling, profile, now)
    if refused is not None:
        raise RefusedError(refused.sentence, code=refused.code)
    return effective, HandlingClass(submitter.partner_id, frozenset({effective.handling}))


def _own_audiences(connection: Connection, submitter: Viewer, agreement: Agreement, stated: HandlingToBe) -> dict[str, Audience]:
    """Give those audiences that are named and the submitter's; another's is answered as an absent one."""
    wanted = {one for one in (agreement.default_handling.audience_id, stated.audience_id) if one is not None}
    found = handling.audiences(connection, wanted)
    if stated.audience_id is not None and not _is_own(found.get(stated.audience_id), submitter):
        sentence = "The handling names an audience that you have not registered."
        raise RefusedError(sentence, code=Code.AUDIENCE_NOT_FOUND, pointer="/handling/audience_id")
    return found


def _is_own(audience: Audience | None, submitter: Viewer) -> bool:
    return audience is not None and audience.owner_id == submitter.partner_id


def _marking(stated: HandlingToBe, own: dict[str, Audience]) -> tuple[MarkingTerms, Audience | None]:
    audience = stated.audience or own.get(stated.audience_id or "")
    audience_id = None if audience is None else audience.audience_id
    terms = MarkingTerms(stated.tlp, audience_id, stated.purposes, release_at=stated.release_at, expires_at=stated.expires_at)
    return terms, audience
