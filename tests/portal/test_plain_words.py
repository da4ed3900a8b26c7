from __future__ import annotations

import pytest

from app.domain.object_vocabulary import FeedbackKind
from app.domain.observation import ObservableRole
from app.domain.prevention import Trend
from app.domain.recovery import RecoveryState
from app.domain.vocabulary import ANY, Harm, OnwardShare, Phase, Purpose, Sensitivity, SubjectStatus, Surface, Tlp
from app.portal import plain_words
from app.portal.plain_words import called, listed, said, spoken, sure, type_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Tlp.AMBER_STRICT, "TLP:AMBER+STRICT"),
        (Harm.AI_GENERATED_CSAM, "AI-generated child sexual abuse material"),
        (Purpose.VICTIM_PROTECTION, "protecting a child"),
        (OnwardShare.NONE, "nobody"),
        ("log-behind", "log behind"),
    ],
)
def test_values_are_shown_in_words(value: object, words: str) -> None:
    assert spoken(value) == words


def test_words_alone_begin_with_a_capital_and_keep_the_rest() -> None:
    assert (called(Phase.TRUST_BUILDING), called(Surface.GENERATIVE_AI)) == ("Trust building", "Generative AI")
    assert said(Surface, "direct-message") == "Direct message"
    assert said(Surface, "x-somebodys-own") == "X somebodys own"
    assert plain_words.all_said(Harm, ["csam", "x-other"]) == "Child sexual abuse material, x other"


def test_words_that_are_written_alike_keep_their_meanings() -> None:
    assert (spoken(Surface.UNKNOWN), spoken(Trend.UNKNOWN)) == ("surface not known", "no trend yet")


def test_several_come_in_the_order_of_their_vocabulary() -> None:
    assert listed({Sensitivity.IDENTIFYING, Sensitivity.AGGREGATE}) == "numbers only, leading to a person"
    assert listed([]) == ""
    assert listed({ANY, Harm.CSAM}) == "any"
    assert [plain_words.several(one) for one in ("any", "ngo", "law-enforcement")] == [
        "all organisations",
        "NGOs",
        "law enforcement",
    ]


def test_words_are_given_for_boxes_and_lists() -> None:
    offered = plain_words.offered(ObservableRole)
    assert plain_words.choices(offered) == [
        ("indicator", "To be detected", "Others look for it on their services."),
        ("context", "Part of the picture only", "It helps people to understand; no program looks for it."),
    ]
    assert plain_words.pairs(offered[1:]) == [("context", "Part of the picture only")]
    assert plain_words.badge_of(RecoveryState.USED) == "good"
    assert plain_words.badge_of(RecoveryState.REFUSED) == ""


def test_feedback_accounts_and_certainty_are_said() -> None:
    assert plain_words.feedback_said(FeedbackKind.SIGHTING, "not-seen") == "Looked for, and not seen"
    assert plain_words.feedback_said(FeedbackKind.OPINION, "agree") == "Agree"
    assert plain_words.account_words(SubjectStatus.UNKNOWN) == "The account: not known whose."
    assert plain_words.account_words(SubjectStatus.MAY_BE_CHILD).startswith("The account: may be a child's own. In sexual")
    assert [sure(one) for one in (0, 29, 30, 85)] == [
        "Only a lead (0 of 100)",
        "Not very sure (29 of 100)",
        "Fairly sure (30 of 100)",
        "Sure (85 of 100)",
    ]


def test_a_type_without_words_is_called_by_its_name() -> None:
    given = ("indicator--1", "x-synthetic-thing--1", "anything")
    assert [type_words(one) for one in given] == ["Indicator", "X synthetic thing", "Anything"]


def test_things_are_counted_by_what_they_are() -> None:
    counted = plain_words.counted_types({"user-account": 2, "file": 1, "x-a": 1, "x-b": 1})
    assert counted == ["2 accounts", "1 file, by its hash", "2 other things"]
