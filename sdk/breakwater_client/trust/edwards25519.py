"""Which 32 bytes may be an Ed25519 public key: arithmetic on public values only, slow and in variable time.

Owns the check of a point at registration. Does no signing and touches no secret. Kept by
``tests/client/trust/test_edwards25519.py``.

The library's verification accepts keys of small order, for which anybody can forge: with the neutral point as key, one constant
signature verifies every message. It accepts a point of mixed order too, on whose signatures verifiers with and without the
cofactor disagree, so that one partner would trust what another refuses. Neither can come from honest key generation.
"""

from __future__ import annotations

from breakwater_client.errors import UnfitKeyError

_Point = tuple[int, int, int, int]
"""Extended coordinates (X, Y, Z, T) of RFC 8032 §5.1.4: x = X/Z, y = Y/Z, x·y = T/Z."""

_ENCODED_BYTES = 32
_PRIME = 2**255 - 19
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _PRIME) % _PRIME
_ROOT_OF_MINUS_ONE = pow(2, (_PRIME - 1) // 4, _PRIME)
_NEUTRAL: _Point = (0, 1, 1, 0)


def check_public_point(encoding: bytes) -> None:
    """Return if ``encoding`` (unverified bytes) is the canonical encoding of a point of prime order.

    About 2 ms: for registration, not for each verification. Does NOT show that anybody holds the private key
    (``possession.check_possession`` does). Source: RFC 8032 §5.1.3, stricter where it leaves the order open.

    Raises:
        UnfitKeyError: not 32 bytes, y not below the field's prime, not on the curve, small order, or mixed order.
    """
    if len(encoding) != _ENCODED_BYTES:
        raise UnfitKeyError("An Ed25519 public key has 32 bytes.")
    point = _decoded(int.from_bytes(encoding, "little"))
    if point is None:
        raise UnfitKeyError("The key is not the canonical encoding of a point on edwards25519.")
    # A sign bit on x = 0 is non-canonical as well; both such points have small order and end here.
    if _is_neutral(point) or not _is_neutral(_multiplied(_GROUP_ORDER, point)):
        raise UnfitKeyError("The key is not a point of prime order, so signatures under it prove nothing.")


def _decoded(number: int) -> _Point | None:
    """Give the point, or its negative: the sign bit is not read, because both have the same order."""
    y = number & (2**255 - 1)
    if y >= _PRIME:
        return None
    numerator, denominator = (y * y - 1) % _PRIME, (_D * y * y + 1) % _PRIME
    # The candidate root of numerator/denominator with one exponentiation, RFC 8032 §5.1.3 step 2.
    x = numerator * denominator**3 * pow(numerator * denominator**7, (_PRIME - 5) // 8, _PRIME) % _PRIME
    if (denominator * x * x + numerator) % _PRIME == 0:
        x = x * _ROOT_OF_MINUS_ONE % _PRIME
    if (denominator * x * x - numerator) % _PRIME != 0:
        return None
    return (x, y, 1, x * y % _PRIME)


def _is_neutral(point: _Point) -> bool:
    return point[1] == point[2]  # y = 1, which has x = 0 and nothing else


def _added(left: _Point, right: _Point) -> _Point:
    """Give the sum; complete formulas, so doubling and the neutral point need no case of their own (RFC 8032 §5.1.4)."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % _PRIME
    b = (left[1] + left[0]) * (right[1] + right[0]) % _PRIME
    c = 2 * left[3] * right[3] * _D % _PRIME
    d = 2 * left[2] * right[2] % _PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _PRIME, g * h % _PRIME, f * g % _PRIME, e * h % _PRIME)


def _multiplied(factor: int, point: _Point) -> _Point:
    result = _NEUTRAL
    while factor:
        if factor & 1:
            result = _added(result, point)
        point = _added(point, point)
        factor >>= 1
    return result
