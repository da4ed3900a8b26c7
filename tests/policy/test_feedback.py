"""How feedback gets to the publisher of what it is about, clause by clause."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.handling import GroupShare, HandlingClass
from app.domain.vocabulary import ANY, PartnerState, Role, Sensitivity, SubjectStatus, Tlp
from app.policy.feedback import Reach, reach
from tests.factories.policy_values import (
    PUBLISHER_ID,
    VIEWER_ID,
    audience,
    handling,
    publisher,
    viewer,
)

EVERYBODY = frozenset({audience(roles=frozenset({ANY}), jurisdictions=frozenset({ANY}))})
NAMED = frozenset({audience(partners_in=frozenset({VIEWER_ID}), roles=frozenset(), jurisdictions=frozenset())})
NOT_NAMED = frozenset({audience(partners_in=frozenset({"another"}), roles=frozenset(), jurisdictions=frozenset())})
KEPT_OUT = frozenset({audience(roles=frozenset({ANY}), jurisdictions=frozenset({ANY}), partners_out=frozenset({VIEWER_ID}))})


def given(**differences: Any) -> HandlingClass:
    return HandlingClass(PUBLISHER_ID, frozenset({handling(**{"audiences": EVERYBODY} | differences)}))


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ({}, Reach.BY_HANDLING),
        ({"sensitivity": Sensitivity.IDENTIFYING}, Reach.ADDRESSED),
        ({"sensitivity": Sensitivity.IDENTIFYING, "audiences": NAMED}, Reach.BY_HANDLING),
        ({"audiences": frozenset()}, Reach.REFUSED),
        ({"audiences": NOT_NAMED}, Reach.REFUSED),
        ({"audiences": KEPT_OUT}, Reach.REFUSED),
        ({"sensitivity": Sensitivity.IDENTIFYING, "audiences": KEPT_OUT}, Reach.REFUSED),
        ({"subject_status": SubjectStatus.MAY_BE_CHILD}, Reach.KEPT),
        ({"subject_status": SubjectStatus.COMPROMISED_ACCOUNT, "sensitivity": Sensitivity.IDENTIFYING}, Reach.KEPT),
        ({"tlp": Tlp.RED}, Reach.KEPT),
        ({"purposes": frozenset()}, Reach.BY_HANDLING),
    ],
)
def test_a_publisher_is_reached(differences: dict[str, Any], expected: Reach) -> None:
    assert reach(viewer(), given(**differences)) is expected


def test_aggregates_only_are_kept_to() -> None:
    assert reach(viewer(role=Role.RESEARCHER), given(sensitivity=Sensitivity.BEHAVIOURAL)) is Reach.KEPT


@pytest.mark.parametrize("differences", [{"agreement": None}, {"state": PartnerState.SUSPENDED}, {"tlp_ceiling": Tlp.CLEAR}])
def test_what_the_publishers_own_terms_are_plays_no_part(differences: dict[str, Any]) -> None:
    assert reach(viewer(**differences), given()) is Reach.BY_HANDLING


def test_the_publishers_own_handling_is_not_asked_and_anothers_keeps_nothing_from_it() -> None:
    own = handling(publisher=publisher(partner_id=VIEWER_ID), audiences=frozenset())
    others = handling(publisher=publisher(partner_id="another"), audiences=NOT_NAMED)
    base = given()
    assert reach(viewer(), HandlingClass(PUBLISHER_ID, base.handlings | {own})) is Reach.BY_HANDLING
    assert reach(viewer(), HandlingClass(PUBLISHER_ID, base.handlings | {others})) is Reach.ADDRESSED


def test_what_is_posted_to_a_group_alone_needs_its_publisher_in_it() -> None:
    share = GroupShare("group", 1)
    posted = HandlingClass(PUBLISHER_ID, given().handlings, in_exchange=False, shared_with=frozenset({share}))
    assert reach(viewer(), posted) is Reach.REFUSED
    assert reach(viewer(groups={"group": 1}), posted) is Reach.BY_HANDLING
