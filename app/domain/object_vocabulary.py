"""The closed vocabularies of the exchange's own object types, and of its extensions for sightings and countermeasures.

Owns the words. The lists are those of ``docs/vocabulary.md``; the schemas in ``schemas/`` repeat them, and
``tests/stix/test_published.py`` and ``tests/promises/test_documented_names.py`` keep all three equal.
"""

from __future__ import annotations

from enum import StrEnum, unique


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


@unique
class ActionTaken(StrEnum):
    """What whoever sighted something did about it."""

    ACCESS_LIMITED = "access-limited"
    CONTENT_REMOVED = "content-removed"
    NONE = "none"
    PRESERVED = "preserved"
    REPORTED_TO_HOTLINE = "reported-to-hotline"
    REPORTED_TO_LAW_ENFORCEMENT = "reported-to-law-enforcement"
    SAFETY_DESIGN_CHANGED = "safety-design-changed"


@unique
class SafetyPrinciple(StrEnum):
    """The principle of Safety by Design (eSafety Commissioner) that a countermeasure serves."""

    SERVICE_PROVIDER_RESPONSIBILITY = "service-provider-responsibility"
    TRANSPARENCY_AND_ACCOUNTABILITY = "transparency-and-accountability"
    USER_EMPOWERMENT_AND_AUTONOMY = "user-empowerment-and-autonomy"


@unique
class ResponseLevel(StrEnum):
    """The capability of the Model National Response (WeProtect Global Alliance) that a countermeasure belongs to."""

    CRIMINAL_JUSTICE = "criminal-justice"
    INDUSTRY = "industry"
    POLICY_AND_GOVERNANCE = "policy-and-governance"
    RESEARCH_AND_INSIGHT = "research-and-insight"
    SOCIETY_AND_CULTURE = "society-and-culture"
    VICTIM_SUPPORT = "victim-support"


@unique
class EvidenceGrade(StrEnum):
    """How well it is known that a countermeasure works, listed from the least to the best."""

    NONE = "none"
    EXPERT = "expert"
    OBSERVATIONAL = "observational"
    EXPERIMENTAL = "experimental"


@unique
class Cost(StrEnum):
    """What a countermeasure costs a service, listed from the least to the most."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@unique
class PerceptualAlgorithm(StrEnum):
    """Perceptual hashes, which find what looks alike."""

    NETCLEAN = "netclean"
    PDQ = "pdq"
    PHOTODNA = "photodna"
    SAFER = "safer"
    VIDENTIFIER = "videntifier"
    VPDQ = "vpdq"


@unique
class RoomAccess(StrEnum):
    """Who could enter a live room."""

    INVITATION = "invitation"
    PAID = "paid"
    PUBLIC = "public"
    UNKNOWN = "unknown"


@unique
class PaymentKind(StrEnum):
    """What kind of thing a payment handle names."""

    ACCOUNT = "account"
    CARD = "card"
    MOBILE_MONEY = "mobile-money"
    VOUCHER = "voucher"
    WALLET = "wallet"


@unique
class BlindedKind(StrEnum):
    """What kind of identifier a token stands for."""

    ACCOUNT_ID = "account-id"
    DEVICE = "device"
    EMAIL = "email"
    HANDLE = "handle"
    PHONE = "phone"


@unique
class RequestState(StrEnum):
    """Where a request stands."""

    ANSWERED = "answered"
    CLOSED = "closed"
    DECLINED = "declined"
    OPEN = "open"


@unique
class Interest(StrEnum):
    """Why somebody asks others to speak with them before they act."""

    ACTIVE_INVESTIGATION = "active-investigation"
    PLANNED_ACTION = "planned-action"
    VICTIM_PROTECTION = "victim-protection"


@unique
class CountBand(StrEnum):
    """How many observables an offer of access stands for: below ten, a hundred, a thousand, or more."""

    FEW = "few"
    TENS = "tens"
    HUNDREDS = "hundreds"
    THOUSANDS = "thousands"

    @classmethod
    def of(cls, count: int) -> CountBand:
        """Give the band of a count (1 at least)."""
        return tuple(cls)[min(len(str(count)), len(cls)) - 1]


@unique
class RequestedConduct(StrEnum):
    """What a deconfliction notice asks of its readers."""

    CONTACT_BEFORE_ACTING = "contact-before-acting"
    DO_NOT_ACT = "do-not-act"
    INFORMATION_ONLY = "information-only"


@unique
class RecallReason(StrEnum):
    """Why what was shared is called back."""

    CONTESTED = "contested"
    ERASURE = "erasure"
    ERROR = "error"
    KEY_COMPROMISE = "key-compromise"
    LEGAL_ORDER = "legal-order"
    WITHDRAWN = "withdrawn"


@unique
class CorrectionReason(StrEnum):
    """What was wrong with the versions before, as the version that corrects them says."""

    DUPLICATE = "duplicate"
    OUTDATED = "outdated"
    WRONG_CLASSIFICATION = "wrong-classification"
    WRONG_IDENTIFIER = "wrong-identifier"
    WRONG_PERSON = "wrong-person"


@unique
class ContestReason(StrEnum):
    """Why somebody says that a person is listed wrongly."""

    ACCOUNT_TAKEN_OVER = "account-taken-over"
    MISTAKEN_IDENTITY = "mistaken-identity"
    NOT_UNLAWFUL = "not-unlawful"
    OUTDATED = "outdated"


@unique
class RecallAct(StrEnum):
    """What a recall asks of whoever holds a copy; to review is what a contest asks for, and no withdrawal."""

    DELETE = "delete"
    REVIEW = "review"
    STOP_USING = "stop-using"


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
