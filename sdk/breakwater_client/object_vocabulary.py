"""Closed words of STIX objects. Kept by ``tests/client/test_object_vocabulary.py``."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class CorrectionReason(StrEnum):
    """What was wrong with the versions before, as the version that corrects them says."""

    DUPLICATE = "duplicate"
    OUTDATED = "outdated"
    WRONG_CLASSIFICATION = "wrong-classification"
    WRONG_IDENTIFIER = "wrong-identifier"
    WRONG_PERSON = "wrong-person"


@unique
class RecallKind(StrEnum):
    """Which of its calls the exchange makes about what was shared: it is gone, was corrected, is contested or disputed."""

    CONTEST = "contest"
    CORRECTION = "correction"
    DISPUTE = "dispute"
    WITHDRAWAL = "withdrawal"

    @property
    def is_question(self) -> bool:
        """Whether it asks for a second look, and nothing is called back for good: nobody loses anything over an answer."""
        return self in QUESTIONS


QUESTIONS = frozenset({RecallKind.CONTEST, RecallKind.DISPUTE})
"""The calls that ask for a second look."""


@unique
class HeldBasis(StrEnum):
    """Why a copy is held though it was recalled."""

    LEGAL_CLAIM = "legal-claim"
    LEGAL_OBLIGATION = "legal-obligation"
    PRESERVATION_ORDER = "preservation-order"
    VITAL_INTERESTS = "vital-interests"


@unique
class ContestOutcome(StrEnum):
    """What whoever holds a contested version did when it looked at it again."""

    CORRECTED = "corrected"
    KEPT = "kept"
    NOT_HELD = "not-held"


@unique
class RecallOutcome(StrEnum):
    """What whoever holds a copy did when it was recalled."""

    DELETED = "deleted"
    HELD = "held"
    NOT_HELD = "not-held"
    STOPPED_USING = "stopped-using"


@unique
class Disposition(StrEnum):
    """What whoever sighted something found it to be."""

    CONFIRMED = "confirmed"
    FALSE_POSITIVE = "false-positive"
    INCONCLUSIVE = "inconclusive"
    NOT_ACTIONABLE = "not-actionable"
    NOT_FOUND = "not-found"


@unique
class FeedbackOutcome(StrEnum):
    """What became of something once whoever was given it used it."""

    ACTIONED = "actioned"
    FALSE_POSITIVE = "false-positive"
    MATCH_NOT_VIOLATING = "match-not-violating"
    NO_MATCH = "no-match"
    REFERRED = "referred"
    REPORTED = "reported"


@unique
class DisputeReason(StrEnum):
    """What whoever disputes something holds to be wrong with it."""

    MISTAKEN_IDENTITY = "mistaken-identity"
    NOT_VIOLATING = "not-violating"
    OUTDATED = "outdated"
    WRONG_CLASSIFICATION = "wrong-classification"
    WRONG_IDENTIFIER = "wrong-identifier"


@unique
class DisputeEvidence(StrEnum):
    """On what a dispute rests."""

    ACCOUNT_HOLDER_STATEMENT = "account-holder-statement"
    HUMAN_REVIEW = "human-review"
    LEGAL_DECISION = "legal-decision"
    NONE_GIVEN = "none-given"
    TECHNICAL_ANALYSIS = "technical-analysis"


@unique
class FeedbackMark(StrEnum):
    """How far somebody is with what it was given."""

    INGESTED = "ingested"
    REVIEWED = "reviewed"


@unique
class FeedbackKind(StrEnum):
    """What kind of feedback something is."""

    DISPUTE = "dispute"
    MARK = "mark"
    OPINION = "opinion"
    OUTCOME = "outcome"
    SIGHTING = "sighting"


@unique
class OpinionWord(StrEnum):
    """The words of opinion-enum (STIX 2.1 §10.18), from no to yes."""

    STRONGLY_DISAGREE = "strongly-disagree"
    DISAGREE = "disagree"
    NEUTRAL = "neutral"
    AGREE = "agree"
    STRONGLY_AGREE = "strongly-agree"


AnyOutcome = RecallOutcome | ContestOutcome
"""What a recipient says of a version, of a recall or of a contest."""


def outcome_words(kind: RecallKind) -> type[RecallOutcome | ContestOutcome]:
    """Give the words in which a notice of this kind is answered."""
    return ContestOutcome if kind.is_question else RecallOutcome
