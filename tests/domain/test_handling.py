"""Keeps how handling classes meet, and that silence in a value never means everything."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.handling import Audience, HandlingClass, MarkingTerms, ObjectContext
from app.domain.vocabulary import Tlp
from tests.factories.policy_values import PUBLISHER_ID, VIEWER_ID, handling, handling_class, publisher

OWN = handling()
OTHERS = handling(publisher=publisher(partner_id=VIEWER_ID))
classes = st.builds(
    HandlingClass,
    st.sampled_from((PUBLISHER_ID, VIEWER_ID)),
    st.frozensets(st.sampled_from([handling(tlp=label) for label in Tlp] + [OTHERS])),
)


def test_a_narrowed_class_keeps_its_owner_and_needs_every_handling() -> None:
    narrowed = handling_class(OWN).narrowed_by([handling_class(OTHERS)])
    assert narrowed == HandlingClass(PUBLISHER_ID, frozenset({OWN, OTHERS}))


def test_a_class_narrowed_by_nothing_is_itself() -> None:
    assert handling_class(OWN).narrowed_by([]) == handling_class(OWN)


@settings(deadline=None)
@given(classes, classes, classes)
def test_narrowing_does_not_depend_on_order_or_repetition(own: HandlingClass, one: HandlingClass, two: HandlingClass) -> None:
    narrowed = own.narrowed_by([one, two])
    assert own.narrowed_by(iter([two, one])) == narrowed
    assert own.narrowed_by([one]).narrowed_by([two]) == narrowed
    assert narrowed.narrowed_by([one, own, narrowed]) == narrowed
    assert hash(narrowed) == hash(own.narrowed_by([two, one, two]))


@settings(deadline=None)
@given(classes, classes)
def test_narrowing_only_adds_handlings(own: HandlingClass, other: HandlingClass) -> None:
    narrowed = own.narrowed_by([other])
    assert narrowed.owner_id == own.owner_id
    assert narrowed.handlings == own.handlings | other.handlings


def test_equal_classes_are_equal_however_they_were_made() -> None:
    one = handling_class(OWN, OTHERS, owner_id=PUBLISHER_ID)
    other = handling_class(OTHERS, OWN, owner_id=PUBLISHER_ID)
    assert one == other
    assert len({one, other}) == 1


def test_an_audience_is_empty_unless_told() -> None:
    audience = Audience(audience_id="audience-1", owner_id=PUBLISHER_ID)
    assert {audience.roles, audience.jurisdictions, audience.partners_in, audience.partners_out} == {frozenset()}


def test_a_marking_and_a_context_are_silent_unless_told() -> None:
    terms, context = MarkingTerms(), ObjectContext()
    assert {getattr(terms, name) for name in MarkingTerms.__slots__} == {None, False}
    assert (context.sensitivity, context.subject_status, context.review, context.harm_types) == (None, None, None, frozenset())


def test_a_handling_cannot_be_changed_after_it_was_decided_on() -> None:
    with pytest.raises(FrozenInstanceError):
        OWN.tlp = Tlp.CLEAR  # type: ignore[misc]  # that this is impossible is the point
