"""Which object says what feedback; that the exchange takes each is kept by ``tests/services/weighing``."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breakwater_client.errors import MalformedInputError
from breakwater_client.extensions import DISPOSITION, DISPUTE, FEEDBACK_MARK
from breakwater_client.object_vocabulary import DisputeEvidence, FeedbackKind
from breakwater_client.signing.feedback_objects import FeedbackAsked, check_feedback, feedback_object

ABOUT = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "type_name", "extension"),
    [
        (FeedbackAsked(FeedbackKind.SIGHTING, count=0), "sighting", None),
        (FeedbackAsked(FeedbackKind.OUTCOME, "no-match"), "sighting", DISPOSITION),
        (FeedbackAsked(FeedbackKind.OPINION, "agree"), "opinion", None),
        (FeedbackAsked(FeedbackKind.DISPUTE, "outdated", DisputeEvidence.HUMAN_REVIEW), "opinion", DISPUTE),
        (FeedbackAsked(FeedbackKind.MARK, "ingested"), "note", FEEDBACK_MARK),
    ],
)
def test_each_kind_has_its_object(asked: FeedbackAsked, type_name: str, extension: str | None) -> None:
    value = feedback_object(ABOUT, asked, "identity--1", NOW)
    assert (value["type"], value["created"], value["created_by_ref"]) == (type_name, "2026-11-27T12:00:00.000Z", "identity--1")
    assert list(value.get("extensions", {})) == ([extension] if extension else [])
    assert ABOUT in (value.get("sighting_of_ref"), *value.get("object_refs", ()))


def test_who_has_no_identity_names_none() -> None:
    assert "created_by_ref" not in feedback_object(ABOUT, FeedbackAsked(FeedbackKind.OPINION, "agree"), None, NOW)


@pytest.mark.parametrize(
    "asked",
    [
        FeedbackAsked(FeedbackKind.OPINION, "guilty"),
        FeedbackAsked(FeedbackKind.DISPUTE, "outdated"),
        FeedbackAsked(FeedbackKind.MARK, "ingested", count=1),
    ],
)
def test_what_cannot_be_said_is_refused(asked: FeedbackAsked) -> None:
    with pytest.raises(MalformedInputError):
        check_feedback(asked)


@pytest.mark.parametrize("word", ["guilty", None])
@pytest.mark.parametrize(("kind", "one_of_them"), [("opinion", "strongly-agree"), ("mark", "ingested"), ("outcome", "no-match")])
def test_a_word_that_a_kind_has_not_is_answered_with_those_that_it_has(kind: str, one_of_them: str, word: str | None) -> None:
    with pytest.raises(MalformedInputError, match=f"one of these words.*{one_of_them}") as refused:
        check_feedback(FeedbackAsked(FeedbackKind(kind), word))
    assert "guilty" not in refused.value.sentence
    with pytest.raises(MalformedInputError, match="has no word"):
        check_feedback(FeedbackAsked(FeedbackKind.SIGHTING, "guilty"))
