"""The form in which feedback is given.

Owns the fields. Kept by ``tests/portal/answering/test_feedback_form.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.errors import MalformedInputError
from app.domain.object_vocabulary import (
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    OpinionWord,
)
from app.portal.answering.request_answers import word_in
from app.portal.words import gettext
from app.services.weighing.compose_feedback import FeedbackAsked

FIELDS = ("kind", "count", "outcome", "opinion", "dispute", "evidence", "mark")
_MOST_DIGITS = 9
_WORDS = {
    FeedbackKind.OUTCOME: FeedbackOutcome,
    FeedbackKind.OPINION: OpinionWord,
    FeedbackKind.DISPUTE: DisputeReason,
    FeedbackKind.MARK: FeedbackMark,
}


def read_feedback(given: Mapping[str, str]) -> FeedbackAsked:
    """Give the feedback that a form says; of its fields those of its kind count.

    Raises:
        MalformedInputError: a field says what it cannot; the pointer names it.
    """
    kind = word_in(FeedbackKind, given["kind"], "kind")
    if kind is None:
        raise MalformedInputError(gettext("Choose what you want to say."), pointer="/kind")
    if kind is FeedbackKind.SIGHTING:
        return FeedbackAsked(kind, count=_times(given["count"].strip()))
    word = word_in(_WORDS[kind], given[kind], kind)
    if word is None:
        raise MalformedInputError(gettext("Choose one of what is offered."), pointer=f"/{kind}")
    evidence = word_in(DisputeEvidence, given["evidence"], "evidence") if kind is FeedbackKind.DISPUTE else None
    if kind is FeedbackKind.DISPUTE and evidence is None:
        raise MalformedInputError(gettext("Say on what the dispute rests."), pointer="/evidence")
    return FeedbackAsked(kind, word.value, evidence)


def _times(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > _MOST_DIGITS:
        raise MalformedInputError(gettext("Say how often as a number; 0 if you did not see it."), pointer="/count")
    return int(given)
