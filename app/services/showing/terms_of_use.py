"""On which terms a reader has a version: what its publisher allows, until when, and who vouches for its bytes.

Owns what of a handling a reader is told: never an audience, which is its publisher's secret, and nothing of what others demand by
references but that they do. Kept by ``tests/services/showing/test_terms_of_use.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.handling import HandlingClass
from app.domain.vocabulary import Assurance, OnwardShare, PermittedUse, Review, Sensitivity, SubjectStatus, Tlp
from app.policy.handling import RESTRICTIONS
from app.policy.telling import depends
from app.storage import explanations, handling
from app.storage.columns import FOREVER
from app.storage.explanations import Times
from app.storage.feed import VisibleVersion
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class TermsOfUse:
    """The narrowest of what its owner says: an older handling may still bind a newer version.

    ``until``: when it ends for everybody; None: never. ``from_when`` is the end of an embargo that is still to come.
    ``is_addressed``: the exchange tells it to particular partners. ``depends``: others' objects, to which it refers, narrow it.
    """

    tlp: Tlp
    sensitivity: Sensitivity
    permitted_uses: tuple[PermittedUse, ...]
    onward_share: OnwardShare
    assurance: Assurance
    subject_status: SubjectStatus
    review: Review
    until: datetime | None
    from_when: datetime | None
    depends: bool = False
    is_addressed: bool = False


def terms_of_use(connection: Connection, versions: Sequence[VisibleVersion]) -> Mapping[int, TermsOfUse]:
    """Give the terms of versions that a reader was found to see, by their row ids."""
    classes = handling.classes_by_id(connection, {one.class_id for one in versions})
    times = explanations.times_of(connection, [one.version_id for one in versions])
    return {one.version_id: _terms(classes[one.class_id], times[one.version_id]) for one in versions}


def _terms(handling_class: HandlingClass, times: Times) -> TermsOfUse:
    own = handling_class.own or handling_class.handlings
    uses = _met_uses([one.permitted_uses for one in own])
    return TermsOfUse(
        tlp=max((one.tlp for one in own), key=lambda one: one.rank, default=Tlp.RED),
        sensitivity=max((one.sensitivity for one in own), key=lambda one: one.rank, default=Sensitivity.IDENTIFYING),
        permitted_uses=tuple(one for one in PermittedUse if one in uses),
        onward_share=min((one.onward_share for one in own), key=lambda one: one.rank, default=OnwardShare.NONE),
        assurance=min((one.assurance for one in own), default=Assurance.CHANNEL_ATTESTED),
        subject_status=max((one.subject_status for one in own), key=lambda one: one.rank, default=SubjectStatus.UNKNOWN),
        review=min((one.review for one in own), key=lambda one: one.rank, default=Review.UNREVIEWED),
        until=None if times.visible_until >= FOREVER else times.visible_until,
        from_when=times.release_at if times.position is None else None,
        depends=depends(handling_class),
        is_addressed=handling_class.addressed_to is not None,
    )


def _met_uses(stated: Sequence[frozenset[PermittedUse]]) -> frozenset[PermittedUse]:
    """Give what each allows, and what any of them restricts."""
    if not stated:
        return frozenset({PermittedUse.NONE})
    return (frozenset.intersection(*stated) - RESTRICTIONS) | (frozenset.union(*stated) & RESTRICTIONS)
