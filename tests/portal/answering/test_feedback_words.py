from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.domain.errors import MalformedInputError
from app.domain.object_vocabulary import (
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    OpinionWord,
)
from app.portal.answering import feedback_words as words
from app.services.weighing.compose_feedback import FeedbackAsked


@pytest.mark.parametrize(
    ("known", "listed"),
    [
        (words.DISPUTES, DisputeReason),
        (words.EVIDENCE, DisputeEvidence),
        (words.MARKS, FeedbackMark),
        (words.OPINIONS, OpinionWord),
        (words.OUTCOMES, FeedbackOutcome),
    ],
)
def test_each_word_of_a_closed_list_has_a_meaning(known: Mapping[Any, Any], listed: Any) -> None:
    assert set(known) == set(listed)


def filled(**given: str) -> dict[str, str]:
    return dict.fromkeys(words.FIELDS, "") | given


def test_a_form_says_one_thing() -> None:
    assert words.read_feedback(filled(kind="sighting", count=" 0 ")) == FeedbackAsked(FeedbackKind.SIGHTING, count=0)
    given = filled(kind="outcome", outcome="actioned", mark="ingested")
    assert words.read_feedback(given) == FeedbackAsked(FeedbackKind.OUTCOME, "actioned")
    given = filled(kind="dispute", dispute="outdated", evidence="human-review")
    assert words.read_feedback(given) == FeedbackAsked(FeedbackKind.DISPUTE, "outdated", DisputeEvidence.HUMAN_REVIEW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "kind"),
        ({"kind": "gossip"}, "kind"),
        ({"kind": "sighting"}, "count"),
        ({"kind": "sighting", "count": "-1"}, "count"),
        ({"kind": "sighting", "count": "\N{SUPERSCRIPT TWO}"}, "count"),
        ({"kind": "sighting", "count": "1000000000"}, "count"),
        ({"kind": "outcome"}, "outcome"),
        ({"kind": "opinion", "opinion": "maybe"}, "opinion"),
        ({"kind": "dispute", "dispute": "outdated"}, "evidence"),
    ],
)
def test_what_is_left_out_or_wrong_is_said_at_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(MalformedInputError) as refused:
        words.read_feedback(filled(**given))
    assert refused.value.pointer == f"/{field}"
