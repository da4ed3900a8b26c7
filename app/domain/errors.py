"""Every refusal the exchange can give.

Owns those that only an exchange gives; codes, and what reading, signing and verifying refuse, are ``breakwater_client``'s, and
named here too, so that the exchange raises them from one place. Does not know HTTP statuses (``app/web/refusals.py`` holds that
table) and never carries a submitted value: a sentence, a JSON pointer and a code are all that may leave. Kept by
``tests/domain/test_errors.py`` and ``tests/promises/test_documented_names.py`` (each code is explained in ``docs/errors.md``).
"""

from __future__ import annotations

from breakwater_client.errors import (
    BreakwaterError,
    Code,
    MalformedInputError,
    ProfileError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnfitKeyError,
    UnprovenError,
    UntrustedSignatureError,
)

__all__ = [
    "BreakwaterError",
    "Code",
    "ConflictError",
    "DepotError",
    "DepotFullError",
    "DepotRefusedError",
    "ExhaustedError",
    "ForbiddenContentError",
    "ForbiddenError",
    "GoneError",
    "MalformedInputError",
    "NotAcceptableError",
    "NotFoundError",
    "ProfileError",
    "RangeError",
    "ReadOnlyError",
    "RefusedError",
    "SignerRefusedError",
    "TooLargeError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnfitKeyError",
    "UnprovenError",
    "UnsupportedMediaTypeError",
    "UntrustedSignatureError",
]


class NotAcceptableError(BreakwaterError):
    """The caller takes no answer of the media type that this interface gives."""

    default_code = Code.NOT_ACCEPTABLE


class UnsupportedMediaTypeError(BreakwaterError):
    """The body's media type is not one this route reads."""

    default_code = Code.MEDIA_TYPE_UNSUPPORTED


class ForbiddenError(BreakwaterError):
    """The caller is known and may know that the thing exists, but may not do this."""

    default_code = Code.PERMISSION_MISSING


class NotFoundError(BreakwaterError):
    """Absent, or hidden from the caller: one error for both, with one sentence."""

    default_code = Code.NOT_FOUND

    def __init__(self) -> None:
        """Take no sentence: whoever raises it must not be able to tell absent from hidden."""
        super().__init__("There is nothing here that you may see.")


class ConflictError(BreakwaterError):
    """The request contradicts what is already stored."""

    default_code = Code.STATE_CONFLICT


class DepotError(UnavailableError):
    """The place where exports are laid cannot be reached; trying again later is right."""

    default_code = Code.STORAGE_UNAVAILABLE


class DepotFullError(DepotError):
    """The place where exports are laid has no room left."""

    default_code = Code.STORAGE_FULL


class DepotRefusedError(DepotError):
    """The place where exports are laid takes nothing from the exchange: it is read-only, or the right is missing."""

    default_code = Code.STORAGE_REFUSED


class GoneError(BreakwaterError):
    """The thing was there for the caller, and is not any more: what it holds may not be given now."""

    default_code = Code.EXPORT_FILE_GONE


class RangeError(BreakwaterError):
    """The range that was asked for lies outside of the file."""

    default_code = Code.RANGE_NOT_SATISFIABLE

    def __init__(self, sentence: str, *, size: int) -> None:
        """Keep the sentence, and how many bytes the file has."""
        super().__init__(sentence)
        self.size = size


class ExhaustedError(BreakwaterError):
    """The caller's organisation has used what it may use in a day (UTC), or in an hour."""

    default_code = Code.VOLUME_EXHAUSTED

    def __init__(self, sentence: str, *, retry_after_seconds: int) -> None:
        """Keep the sentence, and in how many seconds there is more to use."""
        super().__init__(sentence)
        self.retry_after_seconds = retry_after_seconds


class ReadOnlyError(UnavailableError):
    """The exchange takes nothing in: its log is not what it published, or nobody can tell. Reading goes on."""

    default_code = Code.EXCHANGE_READ_ONLY

    def __init__(self) -> None:
        """Take no sentence: callers learn that it is so, operators why."""
        super().__init__("The exchange takes nothing in just now; its operators are looking into it. Reading goes on.")


class ForbiddenContentError(BreakwaterError):
    """The object seems to carry material or data that must never enter the exchange."""

    default_code = Code.CONTENT_FORBIDDEN


class RefusedError(BreakwaterError):
    """Policy says no to a submission."""

    default_code = Code.TERMS_EXCEEDED


class SignerRefusedError(BreakwaterError):
    """The signer does not sign this: it is nothing that the key may say. A defect of ours, or somebody's attempt."""
