"""Feedback is found by its kind, its word, whose and what it is about."""

from __future__ import annotations

from app.domain.feedback import FEEDBACK, FEEDBACK_ABOUT, FEEDBACK_ON, Feedback, facets_of, name_of
from app.domain.object_vocabulary import FeedbackKind


def feedback(*subjects: str) -> Feedback:
    return Feedback(FeedbackKind.OUTCOME, "no-match", frozenset(subjects), is_bound=True)


def test_the_facets_of_feedback() -> None:
    assert set(facets_of(feedback("a", "b"), [("owner", "a")])) == {
        (FEEDBACK, "outcome"),
        (FEEDBACK, "outcome:no-match"),
        (FEEDBACK_ON, "owner"),
        (FEEDBACK_ABOUT, name_of("a")),
    }


def test_what_is_about_nothing_that_its_giver_sees_has_none() -> None:
    assert not list(facets_of(feedback("a"), []))


def test_a_name_has_64_characters_however_long_the_id_is() -> None:
    assert {len(name_of("a")), len(name_of("a" * 300))} == {64}
    assert name_of("a") != name_of("b")
