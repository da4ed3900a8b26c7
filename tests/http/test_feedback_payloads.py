"""Forms of feedback on the wire."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.domain.object_vocabulary import DisputeEvidence, FeedbackKind
from app.http.feedback_payloads import FeedbackQueryPayload, NewFeedbackPayload
from app.services.weighing.compose_feedback import FeedbackAsked
from app.services.weighing.list_feedback import FeedbackQuery


def test_what_is_to_be_said_is_read() -> None:
    said = {"kind": "dispute", "word": "outdated", "evidence": "human-review"}
    expected = FeedbackAsked(FeedbackKind.DISPUTE, "outdated", DisputeEvidence.HUMAN_REVIEW)
    assert NewFeedbackPayload().load(said) == expected
    assert NewFeedbackPayload().load({"kind": "sighting", "count": 0}) == FeedbackAsked(FeedbackKind.SIGHTING, count=0)


@pytest.mark.parametrize("more", [{"count": -1}, {"count": "1"}, {"word": "Text of somebody"}, {"name": "a"}, {"kind": "praise"}])
def test_what_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewFeedbackPayload().load({"kind": "sighting"} | more)


def test_a_query_without_anything_asks_for_all() -> None:
    assert FeedbackQueryPayload().load({}) == FeedbackQuery()
