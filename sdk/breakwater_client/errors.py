"""Every refusal the exchange can give, with its stable code, and what this library refuses itself.

Owns the codes and the exceptions of whatever reads, signs and verifies; no submitted value is in any of them: a sentence, a JSON
pointer and a code are all that they say. Kept by ``tests/client/test_errors.py``; each code is explained in ``docs/errors.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import ClassVar


@unique
class Code(StrEnum):
    """Stable machine-readable names of refusals. Alphabetical, never reused; documented in ``docs/errors.md``."""

    AGREEMENT_NOT_IN_FORCE = "agreement-not-in-force"
    APPROVAL_NEEDED = "approval-needed"
    AUDIENCE_NOT_FOUND = "audience-not-found"
    BEHAVIOUR_RETIRED = "behaviour-retired"
    BEHAVIOUR_UNKNOWN = "behaviour-unknown"
    BODY_TOO_LARGE = "body-too-large"
    CATALOGUE_CHANGED = "catalogue-changed"
    CATALOGUE_TEXT_REFUSED = "catalogue-text-refused"
    CHECKPOINT_PENDING = "checkpoint-pending"
    CHECKPOINT_TOO_OLD = "checkpoint-too-old"
    CONTENT_FORBIDDEN = "content-forbidden"
    CURSOR_INVALID = "cursor-invalid"
    DIRECTORY_CHAIN_BROKEN = "directory-chain-broken"
    DIRECTORY_EXPIRED = "directory-expired"
    DIRECTORY_OF_ANOTHER_EXCHANGE = "directory-of-another-exchange"
    DIRECTORY_ROLLED_BACK = "directory-rolled-back"
    EXCHANGE_OVERLOADED = "exchange-overloaded"
    EXCHANGE_READ_ONLY = "exchange-read-only"
    EXCHANGE_UNAVAILABLE = "exchange-unavailable"
    EXPORT_CHAIN_BROKEN = "export-chain-broken"
    EXPORT_DIFFERENT = "export-different"
    EXPORT_EXPIRED = "export-expired"
    EXPORT_FILE_GONE = "export-file-gone"
    EXPORT_FORKED = "export-forked"
    EXPORT_OF_ANOTHER = "export-of-another"
    EXPORT_ROLLED_BACK = "export-rolled-back"
    FEEDBACK_NOT_TOLD = "feedback-not-told"
    GROUP_EXCLUDED = "group-excluded"
    GROUP_NOT_WRITABLE = "group-not-writable"
    HANDLING_UNRESOLVED = "handling-unresolved"
    IDEMPOTENCY_KEY_INVALID = "idempotency-key-invalid"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    INTERNAL = "internal"
    JSON_DUPLICATE_KEY = "json-duplicate-key"
    JSON_ENCODING = "json-encoding"
    JSON_NUMBER_OUT_OF_RANGE = "json-number-out-of-range"
    JSON_STRING_FORBIDDEN = "json-string-forbidden"
    JSON_STRING_TOO_LONG = "json-string-too-long"
    JSON_SYNTAX = "json-syntax"
    JSON_TOO_DEEP = "json-too-deep"
    KEY_NOT_ACCEPTED = "key-not-accepted"
    KEY_NOT_ACTIVE = "key-not-active"
    KEY_POSSESSION_UNPROVEN = "key-possession-unproven"
    KEY_WAS_COMPROMISED = "key-was-compromised"
    LEGAL_HOLD = "legal-hold"
    LOG_FORKED = "log-forked"
    LOG_ROLLED_BACK = "log-rolled-back"
    MEDIA_TYPE_UNSUPPORTED = "media-type-unsupported"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    NOT_FOUND = "not-found"
    OBJECT_TOO_LARGE = "object-too-large"
    OBJECT_TYPE_UNSUPPORTED = "object-type-unsupported"
    OBSERVABLE_INVALID = "observable-invalid"
    PARTNER_NOT_ACTIVE = "partner-not-active"
    PATTERN_INVALID = "pattern-invalid"
    PERMISSION_MISSING = "permission-missing"
    PERSON_DATA_FORBIDDEN = "person-data-forbidden"
    PROFILE_VIOLATION = "profile-violation"
    PROOF_INVALID = "proof-invalid"
    PURPOSE_MISSING = "purpose-missing"
    PURPOSE_NOT_PERMITTED = "purpose-not-permitted"
    RANGE_NOT_SATISFIABLE = "range-not-satisfiable"
    RELEASE_FORKED = "release-forked"
    REPORT_FIRST = "report-first"
    REQUEST_CLOCK_SKEW = "request-clock-skew"
    REQUEST_INVALID = "request-invalid"
    REQUEST_NONCE_USED = "request-nonce-used"
    REQUEST_NOT_PERMITTED = "request-not-permitted"
    REQUEST_SIGNATURE_INVALID = "request-signature-invalid"
    SCHEMA_VIOLATION = "schema-violation"
    SECOND_PERSON_NEEDED = "second-person-needed"
    SELF_DISPUTE = "self-dispute"
    SIGNATURE_INVALID = "signature-invalid"
    SIGNATURE_MISSING = "signature-missing"
    SIGNER_MISMATCH = "signer-mismatch"
    STATE_CONFLICT = "state-conflict"
    STORAGE_FULL = "storage-full"
    STORAGE_REFUSED = "storage-refused"
    STORAGE_UNAVAILABLE = "storage-unavailable"
    SUBJECT_STATUS_MISSING = "subject-status-missing"
    SUBMISSION_NOT_ATOMIC = "submission-not-atomic"
    TERMS_EXCEEDED = "terms-exceeded"
    TOO_MANY_OBJECTS = "too-many-objects"
    TOO_MANY_REFERENCES = "too-many-references"
    UNAUTHENTICATED = "unauthenticated"
    VERSION_CONFLICT = "version-conflict"
    VERSION_WITHDRAWN = "version-withdrawn"
    VOLUME_EXHAUSTED = "volume-exhausted"


class BreakwaterError(Exception):
    """Base of everything raised below http.

    ``sentence`` is for the partner's engineer and must be free of submitted values, key material and hidden facts.
    ``pointer`` is an RFC 6901 JSON pointer into what was submitted, or None where no place can be named.
    """

    default_code: ClassVar[Code] = Code.INTERNAL

    def __init__(self, sentence: str, *, code: Code | None = None, pointer: str | None = None) -> None:
        """Keep the code (the class's own unless given), the sentence and the pointer."""
        super().__init__(sentence)
        self.code = code or self.default_code
        self.sentence = sentence
        self.pointer = pointer


class MalformedInputError(BreakwaterError):
    """What was sent cannot be read as what it claims to be (JSON, envelope, parameter)."""

    default_code = Code.REQUEST_INVALID


class TooLargeError(BreakwaterError):
    """A limit on size or count was passed."""

    default_code = Code.BODY_TOO_LARGE


class UnauthenticatedError(BreakwaterError):
    """Nobody, or nobody we know, is asking."""

    default_code = Code.UNAUTHENTICATED


class UnavailableError(BreakwaterError):
    """The exchange cannot answer now (database away, still starting); trying again later is right."""

    default_code = Code.EXCHANGE_UNAVAILABLE


class UntrustedSignatureError(BreakwaterError):
    """A signature is missing, does not verify, or was made with a key that does not count."""

    default_code = Code.SIGNATURE_INVALID


class ProfileError(BreakwaterError):
    """A STIX object breaks the specification's schema or the exchange's profile."""

    default_code = Code.SCHEMA_VIOLATION


class UnfitKeyError(BreakwaterError):
    """A public key that may not be registered: wrong kind, wrong encoding, small order."""

    default_code = Code.KEY_NOT_ACCEPTED


class UnprovenError(BreakwaterError):
    """A proof from the log does not show what it is to show: that a leaf is in a tree, or that one tree extends another."""

    default_code = Code.PROOF_INVALID


@dataclass(frozen=True, slots=True)
class Answer:
    """Of which answer an error speaks: its HTTP status, and the request's id if the exchange gave one."""

    status: int
    request_id: str | None = None


class ExchangeError(BreakwaterError):
    """What came of asking an exchange over the network.

    ``told`` is the code as the exchange spelled it, or one of this library's own words for what no exchange tells; a newer
    exchange may tell codes that ``Code`` does not know: ``code`` is then the class's own. ``status`` is the HTTP status,
    ``request_id`` what to name when you ask the exchange's operators.
    """

    default_code = Code.EXCHANGE_UNAVAILABLE

    def __init__(
        self, sentence: str, *, told: str | None = None, pointer: str | None = None, answer: Answer | None = None
    ) -> None:
        """Keep what is known of the answer; the sentence is the exchange's own where it gave one."""
        super().__init__(sentence, code=Code(told) if told in set(Code) else None, pointer=pointer)
        self.told = told
        self.status = answer.status if answer else None
        self.request_id = answer.request_id if answer else None


class UnusableAddressError(ExchangeError):
    """Address or credential are not fit: nothing was sent."""

    default_code = Code.REQUEST_INVALID


class ExchangeAwayError(ExchangeError):
    """The exchange cannot be reached, is busy beyond patience, or what answers is none: trying again later is right."""

    default_code = Code.EXCHANGE_UNAVAILABLE


class ExchangeRefusedError(ExchangeError):
    """The exchange said no."""

    default_code = Code.REQUEST_INVALID


class StateFileError(BreakwaterError):
    """A file in which this library keeps where it stands is locked, damaged, or another one's. ``told``: which, in a word."""

    default_code = Code.STATE_CONFLICT

    def __init__(self, sentence: str, *, told: str = "state-file") -> None:
        """Keep the sentence, which names the file, and the word: ``state-file`` or ``locked``."""
        super().__init__(sentence)
        self.told = told
