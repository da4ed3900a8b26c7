"""The closed vocabularies of the exchange, one enumeration each.

Owns the words; what they mean for a decision is in ``app/policy``. The lists are those of ``docs/vocabulary.md``; the schemas in
``schemas/`` repeat them and ``tests/promises/test_documented_names.py`` keeps both equal.
"""

from __future__ import annotations

from enum import StrEnum, unique

from breakwater_client.vocabulary import KeyAlgorithm, KeyState, KeyUsage, Purpose, Tlp

__all__ = [
    "ANY",
    "Assertion",
    "Assurance",
    "Channel",
    "Extent",
    "Harm",
    "KeyAlgorithm",
    "KeyState",
    "KeyUsage",
    "MemberRole",
    "OnwardShare",
    "OverdueRecall",
    "PartnerState",
    "PermittedUse",
    "Phase",
    "Profile",
    "Provenance",
    "Purpose",
    "Review",
    "Role",
    "Sensitivity",
    "StaffRole",
    "SubjectStatus",
    "Surface",
    "Tlp",
    "TransferBasis",
    "Urgency",
]


@unique
class Role(StrEnum):
    """What kind of organisation a partner is. Regulator and researcher see aggregates only."""

    HOTLINE = "hotline"
    LAW_ENFORCEMENT = "law-enforcement"
    NGO = "ngo"
    PAYMENT_PROVIDER = "payment-provider"
    PLATFORM = "platform"
    REGULATOR = "regulator"
    RESEARCHER = "researcher"


@unique
class PartnerState(StrEnum):
    """Whether a partner may act at all."""

    ACTIVE = "active"
    ENDED = "ended"
    SUSPENDED = "suspended"


@unique
class Channel(StrEnum):
    """The way by which bytes leave the exchange."""

    EXPORT = "export"
    PORTAL = "portal"
    REST = "rest"
    TAXII = "taxii"
    WEBHOOK = "webhook"


@unique
class Extent(StrEnum):
    """How much of the versions on a ledger row left: their content, only their ids, or only that there is something."""

    CONTENT = "content"
    EXISTENCE = "existence"
    IDS = "ids"


@unique
class Sensitivity(StrEnum):
    """How near an object comes to a person, listed from the least to the most sensitive."""

    AGGREGATE = "aggregate"
    BEHAVIOURAL = "behavioural"
    IDENTIFYING = "identifying"

    @property
    def rank(self) -> int:
        """Place from the least (0) to the most sensitive (2)."""
        return tuple(Sensitivity).index(self)


@unique
class Assurance(StrEnum):
    """Who vouches for the bytes: the publisher's own signature, or only the channel they came by."""

    CHANNEL_ATTESTED = "channel-attested"
    PUBLISHER_SIGNED = "publisher-signed"


@unique
class Profile(StrEnum):
    """The rules that a submission is checked by."""

    OCSEA = "ocsea"
    STIX = "stix"


@unique
class Harm(StrEnum):
    """Kinds of harm an object is about."""

    AI_GENERATED_CSAM = "ai-generated-csam"
    CSAM = "csam"
    EXPLOITATION_IN_TRAVEL_AND_TOURISM = "exploitation-in-travel-and-tourism"
    LIVE_STREAMED_CSA = "live-streamed-csa"
    NETWORK_FACILITATION = "network-facilitation"
    SEXUAL_EXTORTION_CONTENT = "sexual-extortion-content"
    SEXUAL_EXTORTION_FINANCIAL = "sexual-extortion-financial"
    SOLICITATION_OF_CHILDREN = "solicitation-of-children"
    TRAFFICKING_RELATED = "trafficking-related"


@unique
class SubjectStatus(StrEnum):
    """Who an account or person-linked observable is believed to belong to."""

    ADULT_BELIEVED = "adult-believed"
    UNKNOWN = "unknown"
    COMPROMISED_ACCOUNT = "compromised-account"
    MAY_BE_CHILD = "may-be-child"

    @property
    def rank(self) -> int:
        """Place from the least (0) to the most protected (3)."""
        return tuple(SubjectStatus).index(self)


@unique
class Surface(StrEnum):
    """The kind of product surface on which something was seen."""

    APP_STORE = "app-store"
    CLOUD = "cloud"
    COMMENTS = "comments"
    DATING = "dating"
    DIRECT_MESSAGE = "direct-message"
    E2EE_MESSAGING = "e2ee-messaging"
    FILE_HOSTING = "file-hosting"
    FORUM = "forum"
    GAMING = "gaming"
    GENERATIVE_AI = "generative-ai"
    GROUP_CHAT = "group-chat"
    HOSTING = "hosting"
    LIVE_STREAM = "live-stream"
    PAYMENTS = "payments"
    RECOMMENDATION = "recommendation"
    SEARCH = "search"
    SHORT_VIDEO = "short-video"
    SOCIAL_FEED = "social-feed"
    UNKNOWN = "unknown"
    VIDEO_CALL = "video-call"
    VIRTUAL_WORLD = "virtual-world"
    VOICE = "voice"


@unique
class Phase(StrEnum):
    """Phases of the kill chain ``ocsea-disruption``, in order."""

    PRESENCE_AND_PERSONA = "presence-and-persona"
    CONTACT_SEEKING = "contact-seeking"
    TRUST_BUILDING = "trust-building"
    ISOLATION_AND_PLATFORM_MIGRATION = "isolation-and-platform-migration"
    SOLICITATION = "solicitation"
    COERCION_AND_CONTROL = "coercion-and-control"
    LIVE_ABUSE_FACILITATION = "live-abuse-facilitation"
    PAYMENT_AND_MONETISATION = "payment-and-monetisation"
    CAPTURE_AND_REDISTRIBUTION = "capture-and-redistribution"
    EVASION_AND_RETURN = "evasion-and-return"


@unique
class Urgency(StrEnum):
    """How pressing the protective need is; it does not grade material."""

    ACTIVE_CONTACT = "active-contact"
    ACTIVE_NETWORK = "active-network"
    CONTEXTUAL = "contextual"
    HISTORIC = "historic"
    IMMINENT_RISK = "imminent-risk"


@unique
class Review(StrEnum):
    """How far people have looked at it, listed from the least to the most reviewed."""

    UNREVIEWED = "unreviewed"
    HUMAN_REVIEWED = "human-reviewed"
    SECOND_REVIEWED = "second-reviewed"
    LE_CONFIRMED = "le-confirmed"

    @property
    def rank(self) -> int:
        """Place from the least (0) to the most reviewed (3)."""
        return tuple(Review).index(self)


@unique
class Provenance(StrEnum):
    """Where the knowledge came from."""

    BEHAVIOURAL_RULE = "behavioural-rule"
    CLASSIFIER = "classifier"
    FINANCIAL = "financial"
    HASH_MATCH = "hash-match"
    INVESTIGATION = "investigation"
    LAW_ENFORCEMENT = "law-enforcement"
    TRUSTED_FLAGGER = "trusted-flagger"
    USER_REPORT = "user-report"


@unique
class Assertion(StrEnum):
    """What the publisher says of the thing; *disputed* is computed, never asserted."""

    INVESTIGATION_SEED = "investigation-seed"
    NEGATIVE = "negative"
    POSITIVE = "positive"


@unique
class PermittedUse(StrEnum):
    """What a reader may do with it: the five of IEP 2.0 (FIRST), then the exchange's own."""

    AGGREGATE_RESEARCH = "aggregate-research"
    CONTACT_FOR_INSTRUCTION = "contact-for-instruction"
    DETECT = "detect"
    ENFORCE_AFTER_OWN_REVIEW = "enforce-after-own-review"
    EXTERNALLY_VISIBLE_DIRECT_ACTIONS = "externally-visible-direct-actions"
    EXTERNALLY_VISIBLE_INDIRECT_ACTIONS = "externally-visible-indirect-actions"
    HUMAN_REVIEW_ONLY = "human-review-only"
    INTERNALLY_VISIBLE_ACTIONS = "internally-visible-actions"
    LE_INVESTIGATION = "le-investigation"
    NO_AUTOMATED_ENFORCEMENT = "no-automated-enforcement"
    NO_MODEL_TRAINING = "no-model-training"
    NO_SUBJECT_CONTACT = "no-subject-contact"
    NONE = "none"
    SAFETY_DESIGN = "safety-design"


@unique
class OnwardShare(StrEnum):
    """Whom a reader may pass it on to, listed from the narrowest to the widest."""

    NONE = "none"
    SAME_ORGANISATION = "same-organisation"
    LISTED = "listed"

    @property
    def rank(self) -> int:
        """Place from the narrowest (0) to the widest (2)."""
        return tuple(OnwardShare).index(self)


@unique
class TransferBasis(StrEnum):
    """The legal basis on which data cross a border; ``not-stated`` in agreements from before it was asked."""

    ADEQUACY = "adequacy"
    APPROPRIATE_SAFEGUARDS = "appropriate-safeguards"
    LAW_ENFORCEMENT_COOPERATION = "law-enforcement-cooperation"
    NOT_STATED = "not-stated"
    PUBLIC_INTEREST = "public-interest"
    VITAL_INTERESTS = "vital-interests"


@unique
class OverdueRecall(StrEnum):
    """What happens when a recall was not answered in time."""

    ALARM = "alarm"
    LOSE_ACCESS = "lose-access"


@unique
class StaffRole(StrEnum):
    """What a person of the exchange itself may do."""

    AUDITOR = "auditor"
    DATA_PROTECTION = "data-protection"
    OPERATOR = "operator"


@unique
class MemberRole(StrEnum):
    """What a person within a partner may do."""

    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    DATA_PROTECTION = "data-protection"
    READ_ONLY = "read-only"
    REVIEWER = "reviewer"


ANY = "any"
"""The word that stands for every role or every jurisdiction where a list admits it; an empty list admits nobody."""
