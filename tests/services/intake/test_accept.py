"""What becomes of each object before anything is narrowed or written; the whole of it stands in ``test_admit.py``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Code, RefusedError
from app.domain.handling import GroupShare, HandlingClass
from app.domain.vocabulary import Tlp
from app.services.intake.accept import Admission, Before, Intake, Taken, refused_at
from app.services.intake.attest import Attestor
from app.services.intake.post import Target
from app.services.intake.settle_handling import Candidate
from app.storage.columns import FOREVER
from app.storage.counter import Order
from breakwater_client.submission import ObjectResult, ResultStatus
from breakwater_client.trust.keys import PrivateKey
from tests.factories import policy_values
from tests.factories.arrivals import OWNER, checked, stored
from tests.factories.policy_values import NOW

INDICATOR = "indicator--00000000-0000-4000-8000-000000000001"
VERSION = "2026-01-01T00:00:00Z"
IN_A = Target(1, GroupShare("group-a", 0), ending_ids=frozenset({OWNER}))
NOT_ITS_PUBLISHERS = Target(1, GroupShare("group-a", 0), ending_ids=frozenset({"partner-ngo-d"}))
CLASS = policy_values.handling_class()


def _intake(before: Before, target: Target, submitter_id: str = OWNER) -> Intake:
    submitter, owner = policy_values.viewer(partner_id=submitter_id), policy_values.viewer(partner_id=OWNER)
    admission = Admission(
        order=Order(10, 10, 10, 10, NOW),
        submitter=submitter,
        owners={submitter_id: submitter, OWNER: owner},
        usable_keyids=frozenset({"keyid"}),
        law_enforcement=frozenset(),
        attestor=Attestor(PrivateKey.generate(), "exchange", policy_values.partner(), NOW),
        submission_id="",
        now=NOW,
        target=target,
    )
    return Intake(admission, before)


def _take(
    before: Before, target: Target, submitter_id: str = OWNER, handling_class: HandlingClass = CLASS
) -> ObjectResult | Taken:
    one = checked(INDICATOR, VERSION)
    return _intake(before, target, submitter_id).take(one, Candidate(one, handling_class, None, FOREVER))


def _before(handling_class: HandlingClass, postings: dict[int, GroupShare]) -> Before:
    return Before([stored(INDICATOR, VERSION, 1)], {1: handling_class}, {1: postings})


NOTHING = Before([], {}, {})
IN_THE_EXCHANGE = _before(CLASS, {})
IN_GROUP = _before(IN_A.posted(CLASS), {1: GroupShare("group-a", 0)})


@pytest.mark.parametrize("target", [Target(), IN_A], ids=["exchange", "group"])
def test_what_is_new_gets_a_place_and_is_in_the_collection_it_comes_by(target: Target) -> None:
    taken = _take(NOTHING, target)
    assert isinstance(taken, Taken)
    assert (taken.accepted.position, taken.accepted.stored) == (11, None)
    assert taken.accepted.handling_class == target.posted(CLASS)


@pytest.mark.parametrize(("before", "target"), [(IN_THE_EXCHANGE, Target()), (IN_GROUP, IN_A)], ids=["exchange", "group"])
def test_what_is_in_the_collection_is_stored_already(before: Before, target: Target) -> None:
    result = _take(before, target)
    assert isinstance(result, ObjectResult)
    assert result.status is ResultStatus.ALREADY_STORED


def test_what_is_in_a_group_comes_to_the_exchange_as_it_is_and_stays_in_the_group() -> None:
    taken = _take(IN_GROUP, Target())
    assert isinstance(taken, Taken)
    assert (taken.accepted.version_id, taken.accepted.log_index, taken.accepted.position) == (1, 0, 1)
    assert taken.accepted.handling_class.in_exchange
    assert taken.accepted.handling_class.shared_with == {GroupShare("group-a", 0)}


def test_what_was_said_stays_said_and_what_is_said_now_is_added() -> None:
    narrower = policy_values.handling_class(policy_values.handling(tlp=Tlp.AMBER_STRICT))
    taken = _take(IN_THE_EXCHANGE, IN_A, handling_class=narrower)
    assert isinstance(taken, Taken)
    assert taken.accepted.handling_class.handlings == CLASS.handlings | narrower.handlings


def test_only_its_owner_posts_it_further() -> None:
    result = _take(IN_GROUP, Target(), submitter_id="partner-ngo-d")
    assert isinstance(result, ObjectResult)
    assert result.refusal is not None
    assert result.refusal.code is Code.TERMS_EXCEEDED


def test_what_is_passed_on_goes_into_no_group_that_its_publisher_is_not_in_whatever_is_stored() -> None:
    results = [_take(before, NOT_ITS_PUBLISHERS, "partner-ngo-d") for before in (NOTHING, IN_GROUP, IN_THE_EXCHANGE)]
    refusals = [one.refusal for one in results if isinstance(one, ObjectResult)]
    assert len(refusals) == 3
    assert {one.code for one in refusals if one} == {Code.GROUP_EXCLUDED}
    assert len(set(refusals)) == 1
    assert isinstance(_take(NOTHING, IN_A, "partner-ngo-d"), Taken)


def test_whatever_its_owner_withdrew_is_left_out_of_what_governs() -> None:
    left = stored(INDICATOR, VERSION, 1)
    assert Before([replace(left, withdrawn_at=NOW), left], {1: CLASS}, {}).without_withdrawn().versions == [left]


def test_a_refusal_is_at_the_place_of_its_object() -> None:
    refusal = RefusedError("No.", code=Code.TERMS_EXCEEDED, pointer="/name")
    result = refused_at("/objects/3", refusal)
    assert result.refusal is not None
    assert (result.pointer, result.refusal.pointer) == ("/objects/3", "/objects/3/name")
