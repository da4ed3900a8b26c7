"""What feedback says, in plain words, and the form in which it is given.

Owns the wording and the fields; each word of a closed list has one. Kept by ``tests/portal/answering/test_feedback_words.py``.
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

OUTCOMES: Mapping[FeedbackOutcome, str] = {
    FeedbackOutcome.ACTIONED: "it matched, and we acted on our own review",
    FeedbackOutcome.REPORTED: "we reported it to a hotline, or where the law says",
    FeedbackOutcome.REFERRED: "we passed it to law enforcement or a financial-intelligence unit",
    FeedbackOutcome.NO_MATCH: "we looked for it, and nothing matched",
    FeedbackOutcome.MATCH_NOT_VIOLATING: "it matched, and what it matched breaks no rule",
    FeedbackOutcome.FALSE_POSITIVE: "it matched what it does not mean",
}
OPINIONS: Mapping[OpinionWord, str] = {
    OpinionWord.STRONGLY_AGREE: "we strongly agree",
    OpinionWord.AGREE: "we agree",
    OpinionWord.NEUTRAL: "we neither agree nor disagree",
    OpinionWord.DISAGREE: "we disagree",
    OpinionWord.STRONGLY_DISAGREE: "we strongly disagree",
}
DISPUTES: Mapping[DisputeReason, str] = {
    DisputeReason.MISTAKEN_IDENTITY: "it is about somebody else",
    DisputeReason.NOT_VIOLATING: "what it is about breaks no rule",
    DisputeReason.OUTDATED: "it is not so any more",
    DisputeReason.WRONG_CLASSIFICATION: "it is something else than it says",
    DisputeReason.WRONG_IDENTIFIER: "the identifier is wrong",
}
EVIDENCE: Mapping[DisputeEvidence, str] = {
    DisputeEvidence.HUMAN_REVIEW: "people of ours looked",
    DisputeEvidence.TECHNICAL_ANALYSIS: "logs or measurements",
    DisputeEvidence.ACCOUNT_HOLDER_STATEMENT: "what whoever holds the account says",
    DisputeEvidence.LEGAL_DECISION: "a decision of a court or an authority",
    DisputeEvidence.NONE_GIVEN: "nothing that we say",
}
MARKS: Mapping[FeedbackMark, str] = {
    FeedbackMark.INGESTED: "it is in use with us",
    FeedbackMark.REVIEWED: "people of ours looked at it",
}
FIELDS = ("kind", "count", "outcome", "opinion", "dispute", "evidence", "mark")
_MOST_TIMES = 999_999_999
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
    if not given.isascii() or not given.isdigit() or int(given) > _MOST_TIMES:
        raise MalformedInputError(gettext("Say how often as a number; 0 if you did not see it."), pointer="/count")
    return int(given)
