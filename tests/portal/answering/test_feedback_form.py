from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError
from app.domain.object_vocabulary import (
    DisputeEvidence,
    FeedbackKind,
)
from app.portal.answering import feedback_form
from app.services.weighing.compose_feedback import FeedbackAsked


def filled(**given: str) -> dict[str, str]:
    return dict.fromkeys(feedback_form.FIELDS, "") | given


def test_a_form_says_one_thing() -> None:
    assert feedback_form.read_feedback(filled(kind="sighting", count=" 0 ")) == FeedbackAsked(FeedbackKind.SIGHTING, count=0)
    given = filled(kind="outcome", outcome="actioned", mark="ingested")
    assert feedback_form.read_feedback(given) == FeedbackAsked(FeedbackKind.OUTCOME, "actioned")
    given = filled(kind="dispute", dispute="outdated", evidence="human-review")
    assert feedback_form.read_feedback(given) == FeedbackAsked(FeedbackKind.DISPUTE, "outdated", DisputeEvidence.HUMAN_REVIEW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "kind"),
        ({"kind": "gossip"}, "kind"),
        ({"kind": "sighting"}, "count"),
        ({"kind": "sighting", "count": "-1"}, "count"),
        ({"kind": "sighting", "count": "\N{SUPERSCRIPT TWO}"}, "count"),
        ({"kind": "sighting", "count": "1000000000"}, "count"),
        ({"kind": "sighting", "count": "9" * 5000}, "count"),
        ({"kind": "outcome"}, "outcome"),
        ({"kind": "opinion", "opinion": "maybe"}, "opinion"),
        ({"kind": "dispute", "dispute": "outdated"}, "evidence"),
    ],
)
def test_what_is_left_out_or_wrong_is_said_at_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(MalformedInputError) as refused:
        feedback_form.read_feedback(filled(**given))
    assert refused.value.pointer == f"/{field}"
