"""An observation as people enter it: a form, from which signed objects are composed.

Owns what the form says and the vocabularies that are its own; its spelling is ``schemas/observation.json``
(``app/stix/observation_documents.py`` reads it), and what becomes of it ``app/stix/compose.py``'s. Kept by
``tests/domain/test_observation.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from app.domain.vocabulary import (
    Assertion,
    Harm,
    OnwardShare,
    PermittedUse,
    Provenance,
    Purpose,
    Review,
    SubjectStatus,
    Surface,
    Tlp,
    Urgency,
)

MOST_OBSERVABLES = 100
"""Observables that one form may have."""

MOST_BEHAVIOURS = 20
"""Behaviours that one form may have; an object's context takes no more."""


USUAL_DAYS = 14
"""Within so many days whoever asks for access is answered, where an offer does not say."""


@unique
class ObservableKind(StrEnum):
    """What kind of thing was observed, and so how it is normalised and in which form it leaves."""

    ACCOUNT_ID = "account-id"
    BEHAVIOURAL_RULE = "behavioural-rule"
    DEVICE = "device"
    DOMAIN = "domain"
    EMAIL = "email"
    HANDLE = "handle"
    INVITE_LINK = "invite-link"
    IP = "ip"
    KEYWORD_TERM = "keyword-term"
    MD5 = "md5"
    NETCLEAN = "netclean"
    PAYMENT_HANDLE_HMAC = "payment-handle-hmac"
    PDQ = "pdq"
    PHONE = "phone"
    PHOTODNA = "photodna"
    ROOM_OR_STREAM_ID = "room-or-stream-id"
    SAFER = "safer"
    SHA1 = "sha1"
    SHA256 = "sha256"
    TEXT_RULE = "text-rule"
    URL = "url"
    VIDENTIFIER = "videntifier"
    VPDQ = "vpdq"
    WALLET = "wallet"


ACCOUNT_LINKED = frozenset(
    {
        ObservableKind.ACCOUNT_ID,
        ObservableKind.DEVICE,
        ObservableKind.EMAIL,
        ObservableKind.HANDLE,
        ObservableKind.IP,
        ObservableKind.PAYMENT_HANDLE_HMAC,
        ObservableKind.PHONE,
        ObservableKind.WALLET,
    }
)
"""Kinds that lead to one account or person: of these it must be said first whose they may be."""

PLACES = frozenset({ObservableKind.DOMAIN, ObservableKind.INVITE_LINK, ObservableKind.ROOM_OR_STREAM_ID, ObservableKind.URL})
"""Kinds that may be somebody's own place: protected with the account where a form is of one to protect."""

TOKENS_ONLY = frozenset({ObservableKind.DEVICE, ObservableKind.EMAIL, ObservableKind.PAYMENT_HANDLE_HMAC, ObservableKind.PHONE})
"""Kinds that leave as a token of a group's key and never as they are."""

TOKENS_TOO = TOKENS_ONLY | {ObservableKind.ACCOUNT_ID, ObservableKind.HANDLE}
"""Kinds that may leave as a token."""

RULES = frozenset({ObservableKind.BEHAVIOURAL_RULE, ObservableKind.KEYWORD_TERM, ObservableKind.TEXT_RULE})
"""Kinds that are nothing seen but what to look for: of these there is an indicator alone."""


@unique
class ObservableRole(StrEnum):
    """What an observable is in the observation: something to detect, or something that belongs to the picture."""

    CONTEXT = "context"
    INDICATOR = "indicator"


@unique
class RuleLanguage(StrEnum):
    """The language that a rule is written in."""

    OSPREY_SML = "osprey-sml"
    PCRE = "pcre"
    PLAIN = "plain"
    SIGMA = "sigma"


@unique
class ConfidenceBand(StrEnum):
    """How sure somebody is, in words (STIX 2.1, appendix A: None, Low, Med, High)."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@unique
class SourceReliability(StrEnum):
    """The Admiralty scale's letter for a source."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"
    E = "e"
    F = "f"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that stands for an identifier within a group: how it is made, in which period of the key, and the 32 bytes."""

    scheme: str
    epoch: str
    token: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a vPDQ hash: its PDQ hash, the quality (0 to 100), and where it stands in the video."""

    value: str
    quality: int
    at_milliseconds: int


@dataclass(frozen=True, slots=True)
class Observable:
    """One thing that was observed: its value as it was entered, a token, or frames; exactly one of them.

    ``service``: of which service it is, where it is another one than the form says. ``subject_status``: whose it may be, where
    that differs from the rest. ``language`` is of rules, ``payment_kind`` of payment handles, ``quality`` of PDQ alone.
    """

    kind: ObservableKind
    value: str | None = None
    token: Token | None = None
    frames: tuple[Frame, ...] = ()
    role: ObservableRole = ObservableRole.INDICATOR
    service: str | None = None
    subject_status: SubjectStatus | None = None
    valid_until: datetime | None = None
    language: RuleLanguage | None = None
    payment_kind: str | None = None
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Who was told already, and when: an authority or hotline by its public name, never a person."""

    body: str
    reported_at: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure somebody is: a number from 0 to 100, or a band; and the Admiralty scale for source and information."""

    confidence: int | None = None
    band: ConfidenceBand | None = None
    reliability: SourceReliability | None = None
    credibility: int | None = None


@dataclass(frozen=True, slots=True)
class WhoMayKnow:
    """Whom it is for, and what they may do with it.

    Either ``marking_ref``, a marking that is submitted already and says everything, or the rest. ``group_id``: the sharing group
    it will be posted to. ``protected_audience_id``: for accounts that may be a child's or were taken over, instead of
    ``audience_id``. What is None the agreement's default says.
    """

    tlp: Tlp = Tlp.AMBER_STRICT
    audience_id: str | None = None
    protected_audience_id: str | None = None
    group_id: str | None = None
    marking_ref: str | None = None
    purposes: frozenset[Purpose] | None = None
    permitted_uses: frozenset[PermittedUse] | None = None
    onward_share: OnwardShare = OnwardShare.NONE


@dataclass(frozen=True, slots=True)
class Offer:
    """That access to what the form says may be asked for: who may know that there is something, for what, answered by when."""

    who_may_know: WhoMayKnow
    considered_purposes: frozenset[Purpose]
    respond_within_days: int


@dataclass(frozen=True, slots=True)
class Observation:
    """The whole form. ``subject_status`` None: it was not said, and then no account may be in it.

    Times are aware UTC; behaviours are codes of the catalogue as they were entered.
    """

    title: str
    harm_types: frozenset[Harm]
    surfaces: frozenset[Surface]
    who_may_know: WhoMayKnow
    subject_status: SubjectStatus | None = None
    description: str | None = None
    behaviours: tuple[str, ...] = ()
    service: str | None = None
    observables: tuple[Observable, ...] = ()
    how_sure: Certainty = field(default_factory=Certainty)
    urgency: Urgency | None = None
    already_reported_to: tuple[Report, ...] = ()
    provenance: Provenance | None = None
    review: Review | None = None
    assertion: Assertion | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    valid_until: datetime | None = None
    offer: Offer | None = None

    def status_of(self, observable: Observable) -> SubjectStatus | None:
        """Give whose an observable may be: what it says itself, else what the form says; None for what is no account's.

        A place takes the form's where that protects: it may be the page or the room of that account.
        """
        is_kept = self.subject_status in (SubjectStatus.MAY_BE_CHILD, SubjectStatus.COMPROMISED_ACCOUNT)
        if observable.kind in ACCOUNT_LINKED or (is_kept and observable.kind in PLACES):
            return observable.subject_status or self.subject_status
        return observable.subject_status
