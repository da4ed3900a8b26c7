"""Keeps how handling classes meet, and that silence in a value never means everything."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.handling import Audience, GroupShare, Handling, HandlingClass, MarkingTerms, ObjectContext, posting_audience
from app.domain.vocabulary import Sensitivity, Tlp
from tests.factories.policy_values import PUBLISHER_ID, VIEWER_ID, handling, handling_class, publisher

OWN = handling()
OTHERS = handling(publisher=publisher(partner_id=VIEWER_ID))
IDENTIFYING = handling(sensitivity=Sensitivity.IDENTIFYING)
NOBODY = handling(audiences=frozenset())
A, LATER_A, B = GroupShare("group-a", 1), GroupShare("group-a", 2), GroupShare("group-b", 0)
classes = st.builds(
    HandlingClass,
    st.sampled_from((PUBLISHER_ID, VIEWER_ID)),
    st.frozensets(st.sampled_from([handling(tlp=label) for label in Tlp] + [OTHERS, IDENTIFYING, NOBODY])),
    in_exchange=st.booleans(),
    shared_with=st.frozensets(st.sampled_from((A, LATER_A, B))),
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


def folded(stated: Handling, *shares: GroupShare) -> Handling:
    return replace(stated, audiences=stated.audiences | {posting_audience(PUBLISHER_ID, frozenset(shares))})


def test_what_is_in_the_exchange_demands_its_handlings() -> None:
    assert handling_class(OWN, OTHERS).demands == {OWN, OTHERS}
    assert HandlingClass(PUBLISHER_ID, frozenset({OWN}), shared_with=frozenset({A})).demands == {OWN}


def test_what_is_in_groups_alone_demands_that_they_are_read() -> None:
    one = HandlingClass(PUBLISHER_ID, frozenset({OWN, OTHERS}), in_exchange=False, shared_with=frozenset({A, B}))
    assert one.demands == {folded(OWN, A, B), OTHERS}


def test_unbound_it_keeps_what_others_demanded_and_all_handlings() -> None:
    theirs = replace(OTHERS, audiences=OTHERS.audiences | {posting_audience(OTHERS.publisher.partner_id, frozenset({A}))})
    one = HandlingClass(PUBLISHER_ID, frozenset({folded(OWN, A), theirs, OTHERS}), in_exchange=False, shared_with=frozenset({B}))
    assert one.unbound == replace(one, handlings=frozenset({OWN, theirs, OTHERS}))
    assert one.unbound.unbound == one.unbound


def test_what_is_for_nobody_stays_so_in_a_group() -> None:
    one = HandlingClass(PUBLISHER_ID, frozenset({NOBODY}), in_exchange=False, shared_with=frozenset({A}))
    assert one.demands == {NOBODY}


def test_what_is_posted_nowhere_demands_what_nobody_has() -> None:
    assert HandlingClass(PUBLISHER_ID, frozenset({OWN}), in_exchange=False).demands == {folded(OWN)}


def test_narrowing_says_nothing_of_where_a_class_is() -> None:
    one = HandlingClass(PUBLISHER_ID, frozenset({OWN}), in_exchange=False, shared_with=frozenset({A}))
    assert one.narrowed_by([handling_class(OTHERS)]) == replace(one, handlings=frozenset({OWN, OTHERS}))
    assert handling_class(OTHERS, owner_id=VIEWER_ID).narrowed_by([one]) == handling_class(OTHERS, OWN, owner_id=VIEWER_ID)


@pytest.mark.parametrize(
    ("one", "stays"),
    [
        (HandlingClass(PUBLISHER_ID, frozenset({OWN}), shared_with=frozenset({A})), False),
        (HandlingClass(PUBLISHER_ID, frozenset({IDENTIFYING}), shared_with=frozenset({A})), True),
        (HandlingClass(PUBLISHER_ID, frozenset({OWN}), in_exchange=False, shared_with=frozenset({A})), True),
        (
            HandlingClass(
                PUBLISHER_ID, frozenset({OWN, replace(OTHERS, sensitivity=Sensitivity.IDENTIFYING)}), shared_with=frozenset({A})
            ),
            False,
        ),
    ],
)
def test_groups_beside_the_exchange_are_named_only_for_what_identifies(one: HandlingClass, *, stays: bool) -> None:
    assert one.normal == (one if stays else replace(one, shared_with=frozenset()))


@pytest.mark.parametrize(
    ("other", "within"),
    [
        ({}, True),
        ({"in_exchange": True}, True),
        ({"shared_with": frozenset({A, B})}, True),
        ({"shared_with": frozenset({LATER_A})}, False),
        ({"shared_with": frozenset()}, False),
        ({"handlings": frozenset({OWN})}, True),
        ({"handlings": frozenset({OWN, OTHERS, NOBODY})}, False),
    ],
)
def test_a_class_is_within_another_that_asks_less_and_is_where_it_is(other: dict[str, object], *, within: bool) -> None:
    one = HandlingClass(PUBLISHER_ID, frozenset({OWN, OTHERS}), in_exchange=False, shared_with=frozenset({A}))
    assert one.is_within(replace(one, **other)) is within  # type: ignore[arg-type]  # named by the table


def test_what_is_in_the_exchange_is_within_no_class_of_groups() -> None:
    one = handling_class(OWN)
    assert not one.is_within(replace(one, in_exchange=False))


@given(classes)
def test_the_normal_form_is_normal(one: HandlingClass) -> None:
    assert one.normal.normal == one.normal
    assert one.normal.is_within(one)
