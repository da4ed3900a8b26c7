"""The effective handling of one object version: what its markings, its context and the agreement's default say together.

Owns how statements meet: the narrowest wins, and silence never widens. Does not resolve marking references or audience ids, and
does not judge whether a marking may be used by this publisher (another partner's private marking is refused before). Kept by
``tests/policy/test_handling.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from app.domain.errors import Code, RefusedError
from app.domain.handling import Audience, DefaultHandling, Handling, MarkingTerms, ObjectContext, Publisher
from app.domain.vocabulary import (
    Assurance,
    OnwardShare,
    PermittedUse,
    Purpose,
    Review,
    Sensitivity,
    SubjectStatus,
    Tlp,
)
from app.policy.clauses import PROTECTED_SUBJECTS

RESTRICTIONS = frozenset(
    {
        PermittedUse.CONTACT_FOR_INSTRUCTION,
        PermittedUse.HUMAN_REVIEW_ONLY,
        PermittedUse.NO_AUTOMATED_ENFORCEMENT,
        PermittedUse.NO_MODEL_TRAINING,
        PermittedUse.NO_SUBJECT_CONTACT,
        PermittedUse.NONE,
    },
)
"""Uses that bind the reader instead of allowing something; one statement is enough to lay them on.

``contact-for-instruction`` is among them: under IEP 2.0 the reader *must* ask the provider before it acts.
"""


@dataclass(frozen=True, slots=True)
class StatedHandling:
    """Everything that was said about how one object version is to be handled.

    ``default_audience`` and the audiences beside the markings are what ``audience_id`` of the default and of each marking
    resolved to; None only where the statement names none. ``sensitivity_floor`` is what the object's STIX itself demands.
    """

    publisher: Publisher
    assurance: Assurance
    default: DefaultHandling
    default_audience: Audience | None
    context: ObjectContext
    sensitivity_floor: Sensitivity
    markings: Sequence[tuple[MarkingTerms, Audience | None]]


@dataclass(frozen=True, slots=True)
class EffectiveHandling:
    """The handling that decisions read, and the version's own embargo and expiry (aware UTC, None: none)."""

    handling: Handling
    release_at: datetime | None
    expires_at: datetime | None


def effective_handling(stated: StatedHandling) -> EffectiveHandling:
    """Give what all statements say together.

    The narrowest TLP and onward sharing, every audience that anybody named, the purposes that all allow, the permissions that
    all give and the restrictions that any lays on; the context's (else the default's) harm types and sensitivity, the latter not
    below the floor; the latest embargo and the earliest expiry. A protected subject is for human review and never enforcement.

    NOT checked: that the publisher may use these markings and owns these audiences.

    Raises:
        RefusedError: ``handling-unresolved``, if an audience that a statement names is not given, or if nothing would be left
            between embargo and expiry.
    """
    default, context = stated.default, stated.context
    terms = [marking for marking, _audience in stated.markings]
    subject_status = context.subject_status or SubjectStatus.UNKNOWN
    uses = (default.permitted_uses, *(marking.permitted_uses for marking in terms))
    handling = Handling(
        publisher=stated.publisher,
        assurance=stated.assurance,
        tlp=max((default.tlp, *(m.tlp for m in terms if m.tlp is not None)), key=lambda tlp: tlp.rank),
        sensitivity=max(context.sensitivity or default.sensitivity, stated.sensitivity_floor, key=lambda each: each.rank),
        harm_types=context.harm_types or default.harm_types,
        audiences=_named_audiences(stated),
        purposes=_common_purposes((default.purposes, *(marking.purposes for marking in terms))),
        permitted_uses=_met_uses((each for each in uses if each is not None), subject_status),
        onward_share=min(
            (default.onward_share, *(m.onward_share for m in terms if m.onward_share is not None)),
            key=lambda share: share.rank,
        ),
        subject_status=subject_status,
        review=context.review or Review.UNREVIEWED,
    )
    release_at, expires_at = _window(terms)
    return EffectiveHandling(handling, release_at, expires_at)


def closed_handling(publisher: Publisher) -> Handling:
    """Give a handling by which a publisher keeps something from everybody but itself: it names no audience.

    It is one and the same for each publisher, so that however many of them come together in a class, there is one.
    """
    return Handling(
        publisher=publisher,
        assurance=Assurance.PUBLISHER_SIGNED,
        tlp=Tlp.CLEAR,
        sensitivity=Sensitivity.AGGREGATE,
        harm_types=frozenset(),
        audiences=frozenset(),
        purposes=frozenset(),
        permitted_uses=frozenset(),
        onward_share=OnwardShare.NONE,
        subject_status=SubjectStatus.UNKNOWN,
        review=Review.UNREVIEWED,
    )


def _named_audiences(stated: StatedHandling) -> frozenset[Audience]:
    pairs = [(stated.default.audience_id, stated.default_audience)]
    pairs += [(marking.audience_id, audience) for marking, audience in stated.markings]
    for audience_id, audience in pairs:
        if audience_id != (None if audience is None else audience.audience_id):
            raise RefusedError("An audience that the handling names could not be resolved.", code=Code.HANDLING_UNRESOLVED)
    return frozenset(audience for _audience_id, audience in pairs if audience is not None)


def _common_purposes(stated: Iterable[frozenset[Purpose] | None]) -> frozenset[Purpose]:
    return reduce(frozenset.intersection, (purposes for purposes in stated if purposes is not None))


def _met_uses(stated: Iterable[frozenset[PermittedUse]], subject_status: SubjectStatus) -> frozenset[PermittedUse]:
    uses = tuple(stated)
    permissions = reduce(frozenset.intersection, uses) - RESTRICTIONS
    restrictions = reduce(frozenset.union, uses) & RESTRICTIONS
    if subject_status in PROTECTED_SUBJECTS:
        permissions -= {PermittedUse.ENFORCE_AFTER_OWN_REVIEW}
        restrictions |= {PermittedUse.HUMAN_REVIEW_ONLY, PermittedUse.NO_AUTOMATED_ENFORCEMENT}
    return permissions | restrictions


def _window(terms: Sequence[MarkingTerms]) -> tuple[datetime | None, datetime | None]:
    release_at = max((m.release_at for m in terms if m.release_at is not None), default=None)
    expires_at = min((m.expires_at for m in terms if m.expires_at is not None), default=None)
    if release_at is not None and expires_at is not None and expires_at <= release_at:
        raise RefusedError("The handling expires before it is released.", code=Code.HANDLING_UNRESOLVED)
    return release_at, expires_at
