"""Organisations, the people in them, their keys, exports and webhooks: what each is called, and in which state it is.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.export import ExportFormat, ExportState, Trouble
from app.domain.usage import QuestionKind
from app.domain.vocabulary import KeyState, KeyUsage, MemberRole, PartnerState, Role, StaffRole
from app.domain.webhook import Outcome

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Role: {
        Role.HOTLINE: "hotline",
        Role.LAW_ENFORCEMENT: "law enforcement",
        Role.NGO: "NGO",
        Role.PAYMENT_PROVIDER: "payment provider",
        Role.PLATFORM: "platform",
        Role.REGULATOR: "regulator",
        Role.RESEARCHER: "researcher",
    },
    PartnerState: {
        PartnerState.ACTIVE: "active",
        PartnerState.SUSPENDED: "suspended",
        PartnerState.ENDED: "ended",
    },
    MemberRole: {
        MemberRole.ADMINISTRATOR: "administrator",
        MemberRole.ANALYST: "analyst",
        MemberRole.REVIEWER: "reviewer",
        MemberRole.READ_ONLY: "read only",
        MemberRole.DATA_PROTECTION: "data protection",
    },
    StaffRole: {
        StaffRole.OPERATOR: "operator",
        StaffRole.AUDITOR: "auditor",
        StaffRole.DATA_PROTECTION: "data protection",
    },
    KeyState: {
        KeyState.PENDING: "waits for an operator",
        KeyState.ACTIVE: "counts",
        KeyState.RETIRED: "retired",
        KeyState.REVOKED: "revoked",
        KeyState.COMPROMISED: "in other hands",
    },
    KeyUsage: {
        KeyUsage.OBJECT_SIGNING: "signs objects",
        KeyUsage.REQUEST_SIGNING: "signs requests",
        KeyUsage.CHECKPOINT_COSIGNING: "cosigns checkpoints, as a witness",
        KeyUsage.CHECKPOINT_SIGNING: "signs the log's checkpoints",
        KeyUsage.DIRECTORY_SIGNING: "signs the directory",
        KeyUsage.STATEMENT_SIGNING: "signs statements of the exchange",
    },
    ExportState: {
        ExportState.WAITING: "waits",
        ExportState.WRITING: "is being written",
        ExportState.PUBLISHED: "published",
        ExportState.ABANDONED: "given up",
    },
    ExportFormat: {
        ExportFormat.STIX_NDJSON: "STIX, an object a line",
        ExportFormat.STIX_BUNDLE: "STIX bundles",
        ExportFormat.PARQUET: "Parquet tables",
        ExportFormat.CSV: "CSV tables",
    },
    Trouble: {
        Trouble.ACCESS_ENDED: "the credential that it reads as has ended",
        Trouble.STORAGE_FULL: "the place for its files is full",
        Trouble.STORAGE_REFUSED: "the place for its files refuses them",
        Trouble.STORAGE_UNAVAILABLE: "the place for its files cannot be reached",
        Trouble.VOLUME_EXHAUSTED: "what the agreement lets you be given in a day is used up",
    },
    Outcome: {
        Outcome.ADDRESS_REFUSED: "its address is none that may be called",
        Outcome.CERTIFICATE_REFUSED: "its certificate did not hold",
        Outcome.DELIVERED: "taken",
        Outcome.GONE: "it said that it is gone for good",
        Outcome.NO_ANSWER: "it gave no answer",
        Outcome.REDIRECTED: "it led elsewhere, which is not followed",
        Outcome.REFUSED: "it refused",
        Outcome.SECRET_UNREADABLE: "the exchange has lost its key",
        Outcome.SERVER_FAILED: "its server failed",
        Outcome.TIMED_OUT: "it took too long",
        Outcome.UNREACHABLE: "it could not be reached",
    },
    QuestionKind: {
        QuestionKind.OBSERVABLE: "observables looked up",
        QuestionKind.SIMULATION: "questions who would see something",
        QuestionKind.EVALUATION: "elements of overlap checks",
        QuestionKind.ACCESS: "requests for access to offers",
        QuestionKind.CONTEST: "looking for what is contested",
        QuestionKind.OVERLAP: "overlap checks",
        QuestionKind.STAFF: "questions by the exchange's own people",
    },
}
"""In the order in which they are offered."""
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    MemberRole: {
        MemberRole.ADMINISTRATOR: "Keeps members, keys, credentials, exports and webhooks, and may do all that an analyst and a "
        "reviewer may.",
        MemberRole.ANALYST: "Reads, submits, answers recalls and requests, and acknowledges urgent pages.",
        MemberRole.REVIEWER: "Reads, reviews as a second person, answers recalls, and sees what was disclosed to whom. "
        "Submits nothing.",
        MemberRole.READ_ONLY: "Reads what is shared with the organisation. Changes and sends nothing.",
        MemberRole.DATA_PROTECTION: "Reads no objects. Sees what was disclosed to whom, the agreement, members and proposals.",
    },
    Trouble: {
        Trouble.ACCESS_ENDED: "Let it go on with another one.",
        Trouble.STORAGE_FULL: "The operators make room.",
        Trouble.STORAGE_REFUSED: "The operators look at it.",
        Trouble.STORAGE_UNAVAILABLE: "The operators look at it.",
        Trouble.VOLUME_EXHAUSTED: "It goes on tomorrow.",
    },
}
BADGES: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    KeyState: {
        KeyState.PENDING: "warning",
        KeyState.ACTIVE: "good",
        KeyState.REVOKED: "problem",
        KeyState.COMPROMISED: "problem",
    },
    ExportState: {ExportState.ABANDONED: "problem", ExportState.PUBLISHED: "good", ExportState.WAITING: "warning"},
    PartnerState: {PartnerState.ACTIVE: "good", PartnerState.SUSPENDED: "warning"},
}
"""How a state looks; those left out are plain."""
COUNTED_ROLES: Mapping[Role, tuple[str, str]] = {
    Role.HOTLINE: ("hotline", "hotlines"),
    Role.LAW_ENFORCEMENT: ("law enforcement", "law enforcement"),
    Role.NGO: ("NGO", "NGOs"),
    Role.PAYMENT_PROVIDER: ("payment provider", "payment providers"),
    Role.PLATFORM: ("platform", "platforms"),
    Role.REGULATOR: ("regulator", "regulators"),
    Role.RESEARCHER: ("researcher", "researchers"),
}
"""The same words of roles, where several organisations are meant."""
