"""A deny never widens, and empty means nobody: tried on every question in which two facts change together.

A deny is anything that somebody can say, take away or let end to keep something from a reader. Of the denies some are empty
lists: they hide everything that is not the reader's own, and not addressed to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.agreement import CrossBorderTerms, RecallTerms
from app.domain.handling import Handling, HandlingClass
from app.domain.vocabulary import Channel, OverdueRecall, PartnerState, Purpose, Sensitivity, SubjectStatus, Tlp, TransferBasis
from app.policy.viewer import Viewer
from app.policy.visibility import why_hidden
from tests.factories.policy_values import NOW, VIEWER_ID, empty_audience, handling, publisher
from tests.policy.facts import every_combination

Question = tuple[Viewer, HandlingClass]
Deny = Callable[[Viewer, HandlingClass], Question]
NONE: frozenset[Any] = frozenset()
NOBODY = empty_audience(audience_id="audience-of-nobody")


def of_viewer(**changes: Any) -> Deny:
    return lambda viewer, one: (replace(viewer, **changes), one)


def of_agreement(**changes: Any) -> Deny:
    def deny(viewer: Viewer, one: HandlingClass) -> Question:
        return replace(viewer, agreement=viewer.agreement and replace(viewer.agreement, **changes)), one

    return deny


def of_terms(**changes: Any) -> Deny:
    def deny(viewer: Viewer, one: HandlingClass) -> Question:
        held = viewer.agreement
        return replace(viewer, agreement=held and replace(held, read=replace(held.read, **changes))), one

    return deny


def of_class(**changes: Any) -> Deny:
    return lambda viewer, one: (viewer, replace(one, **changes))


def of_handlings(change: Callable[[Handling], Handling]) -> Deny:
    return lambda viewer, one: (viewer, replace(one, handlings=frozenset(map(change, one.handlings))))


def kept_out(stated: Handling) -> Handling:
    out = frozenset({VIEWER_ID})
    return replace(stated, audiences=frozenset(replace(one, partners_out=one.partners_out | out) for one in stated.audiences))


def late(viewer: Viewer, one: HandlingClass) -> Question:
    strict = RecallTerms(overdue=OverdueRecall.LOSE_ACCESS)
    return replace(viewer, recall_overdue=True, agreement=viewer.agreement and replace(viewer.agreement, recall=strict)), one


def needing_another(viewer: Viewer, one: HandlingClass) -> Question:
    further = handling(publisher=publisher(partner_id="partner-regulator-a"), audiences=frozenset({NOBODY}))
    return viewer, replace(one, handlings=one.handlings | {further})


EMPTY: dict[str, Deny] = {
    "no agreement": of_viewer(agreement=None),
    "no role agreed": of_terms(publisher_roles=NONE),
    "no jurisdiction agreed": of_terms(publisher_jurisdictions=NONE),
    "no purpose agreed": of_terms(purposes=NONE),
    "no sensitivity agreed": of_terms(sensitivities=NONE),
    "no harm type agreed": of_terms(harm_types=NONE),
    "no channel agreed": of_terms(channels=NONE),
    "no audience": of_handlings(lambda stated: replace(stated, audiences=NONE)),
    "audiences of nobody": of_handlings(lambda stated: replace(stated, audiences=frozenset({NOBODY}))),
    "one audience of nobody more": of_handlings(lambda stated: replace(stated, audiences=stated.audiences | {NOBODY})),
    "no purpose permitted": of_handlings(lambda stated: replace(stated, purposes=NONE)),
    "posted nowhere": of_class(in_exchange=False, shared_with=NONE),
    "no handling": of_class(handlings=NONE),
    "the need of a handling for nobody": needing_another,
}
DENIES: dict[str, Deny] = EMPTY | {
    "suspending the partner": of_viewer(state=PartnerState.SUSPENDED),
    "ending the partner": of_viewer(state=PartnerState.ENDED),
    "suspending the agreement": of_agreement(is_suspended=True),
    "ending the agreement": of_agreement(ends_at=NOW),
    "an agreement of somebody else": of_agreement(partner_id="partner-ngo-a"),
    "being late, where that shuts out": late,
    "nothing from abroad": of_terms(cross_border=CrossBorderTerms(NONE, NONE, TransferBasis.NOT_STATED)),
    "the lowest ceiling agreed": of_terms(tlp_ceiling=Tlp.CLEAR),
    "the lowest ceiling of the credential": of_viewer(tlp_ceiling=Tlp.CLEAR),
    "leaving every group": of_viewer(groups={}),
    "taking it out of every group": of_class(shared_with=NONE),
    "taking it out of the exchange": of_class(in_exchange=False),
    "addressing it to nobody": of_class(addressed_to=NONE),
    "keeping the partner out": of_handlings(kept_out),
    "the highest label": of_handlings(lambda stated: replace(stated, tlp=Tlp.RED)),
    "a protected subject": of_handlings(lambda stated: replace(stated, subject_status=SubjectStatus.MAY_BE_CHILD)),
}
ASKED = [(one.viewer(), one.handling_class(), one.purpose, one.channel) for one in every_combination(2)]


def is_seen(viewer: Viewer, one: HandlingClass, purpose: Purpose, channel: Channel) -> bool:
    return why_hidden(viewer, one, purpose, channel, NOW) is None


HIDDEN = [asked for asked in ASKED if not is_seen(*asked)]
OTHERS = [asked for asked in ASKED if asked[1].owner_id != VIEWER_ID and asked[1].addressed_to is None]


def test_there_is_something_to_widen_and_something_to_empty() -> None:
    assert len(ASKED) > len(HIDDEN) > 1_000
    assert sum(is_seen(*asked) for asked in OTHERS) > 1_000


@pytest.mark.parametrize("deny", DENIES)
def test_a_deny_never_widens(deny: str) -> None:
    assert [asked for asked in HIDDEN if is_seen(*DENIES[deny](asked[0], asked[1]), *asked[2:])] == []


@pytest.mark.parametrize("empty", EMPTY)
def test_empty_is_nobody(empty: str) -> None:
    assert [asked for asked in OTHERS if is_seen(*EMPTY[empty](asked[0], asked[1]), *asked[2:])] == []


def test_what_is_more_sensitive_is_a_deny_where_all_sensitivities_are_agreed() -> None:
    """One that an agreement leaves out is a deny of another kind: its list is taken word by word."""
    change = of_handlings(lambda stated: replace(stated, sensitivity=Sensitivity.IDENTIFYING))
    every = frozenset(Sensitivity)
    agreed = [
        asked
        for asked in HIDDEN
        if (terms := asked[0].agreement and asked[0].agreement.read)
        and (terms.sensitivities, terms.cross_border.sensitivities) == (every, every)
    ]
    assert agreed
    assert [asked for asked in agreed if is_seen(*change(asked[0], asked[1]), *asked[2:])] == []
