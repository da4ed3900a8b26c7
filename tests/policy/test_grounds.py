"""The ground on which somebody sees something: a table, and that there is one exactly where nothing hides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.handling import Audience, GroupShare, HandlingClass, posting_audience
from app.domain.vocabulary import Channel, PartnerState, Purpose, Role, Sensitivity
from app.policy.grounds import Ground, why_seen
from app.policy.viewer import Viewer
from tests.factories.policy_values import NOW, PUBLISHER_ID, VIEWER_ID, audience, empty_audience, handling, handling_class, viewer

SHARE = GroupShare("group-1", 1)
IN_GROUP = frozenset({SHARE})
NAMED = empty_audience(partners_in=frozenset({VIEWER_ID}))
READS = viewer(groups={"group-1": 1})
LAW = viewer(role=Role.LAW_ENFORCEMENT)


def of(*audiences: Audience, **differences: object) -> HandlingClass:
    return handling_class(handling(audiences=frozenset(audiences), **differences))


TABLE: dict[str, tuple[Viewer, HandlingClass, Ground | None]] = {
    "admitted by role and jurisdiction": (viewer(), of(audience()), Ground.KIND),
    "law enforcement, of what identifies": (LAW, of(audience(), sensitivity=Sensitivity.IDENTIFYING), Ground.KIND),
    "named": (viewer(), of(NAMED), Ground.NAMED),
    "named by one of two audiences": (viewer(), of(audience(), NAMED), Ground.NAMED),
    "another is named": (viewer(), of(audience(partners_in=frozenset({"another"}))), Ground.KIND),
    "named and excluded": (viewer(), of(replace(NAMED, partners_out=frozenset({VIEWER_ID}))), None),
    "named by somebody else's audience alone": (
        viewer(),
        replace(
            of(audience()), handlings=frozenset({handling(), handling(publisher=replace(handling().publisher, partner_id="x"))})
        ),
        Ground.KIND,
    ),
    "in a group alone": (READS, replace(of(audience()), in_exchange=False, shared_with=IN_GROUP), Ground.GROUP),
    "identifying, named by a group": (
        READS,
        replace(of(audience(), sensitivity=Sensitivity.IDENTIFYING), shared_with=IN_GROUP),
        Ground.GROUP,
    ),
    "bound to a group by what it refers to": (READS, of(audience(), posting_audience(PUBLISHER_ID, IN_GROUP)), Ground.GROUP),
    "behavioural, in the exchange and a group": (READS, replace(of(audience()), shared_with=IN_GROUP), Ground.KIND),
    "in a group that it does not read": (viewer(), replace(of(audience()), in_exchange=False, shared_with=IN_GROUP), None),
    "its own": (viewer(partner_id=PUBLISHER_ID), of(empty_audience()), Ground.OWN),
    "its own, suspended": (viewer(partner_id=PUBLISHER_ID, state=PartnerState.SUSPENDED), of(audience()), None),
    "told by the exchange": (viewer(), replace(of(), addressed_to=frozenset({VIEWER_ID})), Ground.ADDRESSED),
    "told to others": (viewer(), replace(of(audience()), addressed_to=frozenset({"another"})), None),
}


@pytest.mark.parametrize("row", TABLE)
def test_the_ground_is_the_first_that_holds(row: str) -> None:
    who, asked, ground = TABLE[row]
    assert why_seen(who, asked, Purpose.DETECTION, Channel.REST, NOW) is ground
