"""The form: what it leaves open, and whose an observable may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.observation import (
    ACCOUNT_LINKED,
    PLACES,
    RULES,
    TOKENS_ONLY,
    TOKENS_TOO,
    Observable,
    ObservableKind,
    Observation,
    WhoMayKnow,
)
from app.domain.vocabulary import Harm, OnwardShare, SubjectStatus, Surface, Tlp

FORM = Observation("Rooms", frozenset({Harm.LIVE_STREAMED_CSA}), frozenset({Surface.LIVE_STREAM}), WhoMayKnow())


def test_what_leads_to_a_person_is_asked_about_and_rules_are_not() -> None:
    assert TOKENS_ONLY < TOKENS_TOO
    assert TOKENS_TOO <= ACCOUNT_LINKED
    assert not RULES & ACCOUNT_LINKED


@pytest.mark.parametrize("kind", sorted(ACCOUNT_LINKED))
def test_an_observable_is_whose_it_says_itself_and_else_whose_the_form_says(kind: ObservableKind) -> None:
    form = replace(FORM, subject_status=SubjectStatus.MAY_BE_CHILD)
    assert form.status_of(Observable(kind, "1")) is SubjectStatus.MAY_BE_CHILD
    assert form.status_of(Observable(kind, "1", subject_status=SubjectStatus.UNKNOWN)) is SubjectStatus.UNKNOWN
    assert FORM.status_of(Observable(kind, "1")) is None


def test_what_is_nobodys_account_has_the_status_that_it_says_alone() -> None:
    form = replace(FORM, subject_status=SubjectStatus.MAY_BE_CHILD)
    assert form.status_of(Observable(ObservableKind.SHA1, "0")) is None
    own = Observable(ObservableKind.DOMAIN, "example.org", subject_status=SubjectStatus.COMPROMISED_ACCOUNT)
    assert form.status_of(own) is SubjectStatus.COMPROMISED_ACCOUNT


@pytest.mark.parametrize("kind", sorted(PLACES))
def test_a_place_is_protected_with_the_account(kind: ObservableKind) -> None:
    for status in (SubjectStatus.MAY_BE_CHILD, SubjectStatus.COMPROMISED_ACCOUNT):
        form = replace(FORM, subject_status=status)
        assert form.status_of(Observable(kind, "1")) is status
        assert form.status_of(Observable(kind, "1", subject_status=SubjectStatus.UNKNOWN)) is SubjectStatus.UNKNOWN
    assert replace(FORM, subject_status=SubjectStatus.UNKNOWN).status_of(Observable(kind, "1")) is None


def test_without_a_word_it_is_for_few_and_goes_no_further() -> None:
    assert (WhoMayKnow().tlp, WhoMayKnow().onward_share) == (Tlp.AMBER_STRICT, OnwardShare.NONE)
