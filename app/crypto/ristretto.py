"""The group ristretto255 (RFC 9496): elements and scalars as their 32 bytes, through libsodium.

Owns the one door to the library, and what it takes: an element is the one canonical encoding of a point that is not the identity,
a scalar is reduced and not zero. Lengths are looked at here, since the library hands pointers on. Does not know what is computed
with them (``app/crypto/oprf.py``). Kept by ``tests/crypto/test_ristretto.py``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from app.domain.errors import MalformedInputError

ELEMENT_BYTES = 32
SCALAR_BYTES = 32
HASH_BYTES = 64
ORDER = 2**252 + 27742317777372353535851937790883648493
"""How many elements there are: scalars are numbers below it, little-endian."""

_FIELD = 2**255 - 19
_IDENTITY = bytes(ELEMENT_BYTES)
_NO_ELEMENT = "This is no element of ristretto255 in its one encoding, or it is the identity."
_NO_SCALAR = "This is no scalar of ristretto255: 32 bytes, little-endian, below the group's order and not zero."


@cache
def _library() -> Any:
    """Load the library when it is first needed: it unpacks megabytes into a temporary file, which few processes need."""
    import rbcl  # noqa: PLC0415  # see above

    return rbcl


def check_element(value: bytes) -> bytes:
    """Give unverified bytes back if they are an element's.

    Raises:
        MalformedInputError: another length, an encoding that is not canonical, no point, or the identity.
    """
    if len(value) != ELEMENT_BYTES or value == _IDENTITY or not _is_canonical(value):
        raise MalformedInputError(_NO_ELEMENT)
    if not _library().crypto_core_ristretto255_is_valid_point(value):
        raise MalformedInputError(_NO_ELEMENT)
    return value


def _is_canonical(value: bytes) -> bool:
    """Whether it is a number below the field's and even (RFC 9496 §4.3.1); rbcl 1.1.2's libsodium overlooks the highest bit."""
    return int.from_bytes(value, "little") < _FIELD and value[0] & 1 == 0


def check_scalar(value: bytes) -> bytes:
    """Give unverified bytes back if they are a scalar's; raises ``MalformedInputError`` otherwise."""
    if len(value) != SCALAR_BYTES or not 0 < int.from_bytes(value, "little") < ORDER:
        raise MalformedInputError(_NO_SCALAR)
    return value


def random_scalar() -> bytes:
    """Give a new secret scalar, never zero."""
    while True:
        scalar: bytes = _library().crypto_core_ristretto255_scalar_random()
        if any(scalar):
            return scalar


def scalar_of(hashed: bytes) -> bytes:
    """Give the scalar of 64 uniform bytes: their number modulo the order. Zero, of which nobody knows one, is not ruled out."""
    return _sized(_library().crypto_core_ristretto255_scalar_reduce(_of_length(hashed, HASH_BYTES)), SCALAR_BYTES)


def element_of(hashed: bytes) -> bytes:
    """Give the element of 64 uniform bytes (RFC 9496 §4.3.4).

    Raises ``MalformedInputError`` for the identity, of which nobody knows a hash.
    """
    return check_element(_library().crypto_core_ristretto255_from_hash(_of_length(hashed, HASH_BYTES)))


def multiply(scalar: bytes, element: bytes) -> bytes:
    """Give an element so many times; both are looked at first.

    Raises:
        MalformedInputError: as ``check_element`` and ``check_scalar``.
    """
    product: bytes = _library().crypto_scalarmult_ristretto255(check_scalar(scalar), check_element(element))
    return product


def multiply_base(scalar: bytes) -> bytes:
    """Give the generator so many times; raises as ``multiply``."""
    product: bytes = _library().crypto_scalarmult_ristretto255_base(check_scalar(scalar))
    return product


def add(one: bytes, other: bytes) -> bytes:
    """Give the sum of two elements.

    Raises:
        MalformedInputError: one of them is none, or the sum is the identity.
    """
    return check_element(_library().crypto_core_ristretto255_add(check_element(one), check_element(other)))


def inverse(scalar: bytes) -> bytes:
    """Give the scalar that undoes this one; raises as ``check_scalar``."""
    inverted: bytes = _library().crypto_core_ristretto255_scalar_invert(check_scalar(scalar))
    return inverted


def difference_of_product(one: bytes, factor: bytes, other: bytes) -> bytes:
    """Give ``one - factor * other`` of three scalars; raises as ``check_scalar``."""
    product = _library().crypto_core_ristretto255_scalar_mul(check_scalar(factor), check_scalar(other))
    difference: bytes = _library().crypto_core_ristretto255_scalar_sub(check_scalar(one), product)
    return difference


def _of_length(value: bytes, length: int) -> bytes:
    if len(value) != length:
        raise ValueError(f"{length} bytes are hashed onto the group")
    return value


def _sized(value: bytes, length: int) -> bytes:
    assert len(value) == length  # noqa: S101  # what the library gives
    return value
