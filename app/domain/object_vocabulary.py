"""The closed vocabularies of the exchange's own object types, and of its extensions for sightings and countermeasures.

Owns the words. The lists are those of ``docs/vocabulary.md``; the schemas in ``schemas/`` repeat them, and
``tests/client/documents/test_published.py`` and ``tests/promises/test_documented_names.py`` keep all three equal.
"""

from __future__ import annotations

from enum import StrEnum, unique

from breakwater_client.object_vocabulary import (
    QUESTIONS,
    ContestOutcome,
    CorrectionReason,
    Disposition,
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    HeldBasis,
    OpinionWord,
    RecallKind,
    RecallOutcome,
)

__all__ = [
    "QUESTIONS",
    "ActionTaken",
    "BlindedKind",
    "ContestOutcome",
    "ContestReason",
    "CorrectionReason",
    "Cost",
    "CountBand",
    "Disposition",
    "DisputeEvidence",
    "DisputeReason",
    "EvidenceGrade",
    "FeedbackKind",
    "FeedbackMark",
    "FeedbackOutcome",
    "HeldBasis",
    "Interest",
    "OpinionWord",
    "PaymentKind",
    "PerceptualAlgorithm",
    "RecallAct",
    "RecallKind",
    "RecallOutcome",
    "RecallReason",
    "RequestState",
    "RequestedConduct",
    "ResponseLevel",
    "RoomAccess",
    "SafetyPrinciple",
]


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
