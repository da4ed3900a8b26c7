"""P-256: which points are keys, and which 64 bytes are signatures; the cases are those that Project Wycheproof collects."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.errors import Code, UnfitKeyError
from breakwater_client.trust.p256 import P256Verifier, sign

PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
MESSAGE = b"sample"
# RFC 6979 A.2.5.
KEY = ec.derive_private_key(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1())
X = 0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
Y = 0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299
R = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
S = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
SHA256, SHA384 = hashes.SHA256(), hashes.SHA384()


def raw(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32) for number in numbers)


def verifier() -> P256Verifier:
    return P256Verifier(raw(X, Y))


def is_signature(signature: bytes, message: bytes = MESSAGE) -> bool:
    try:
        verifier().verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_the_vector_of_rfc_6979_is_made_and_verifies() -> None:
    assert sign(KEY, MESSAGE) == raw(R, S)
    assert is_signature(raw(R, S))


def test_a_stranger_that_speaks_der_comes_to_the_same_verdict() -> None:
    KEY.public_key().verify(encode_dss_signature(R, S), MESSAGE, ec.ECDSA(SHA256))
    theirs = decode_dss_signature(KEY.sign(b"another", ec.ECDSA(SHA256)))
    assert is_signature(raw(*theirs), b"another")


def test_both_forms_of_s_are_signatures_because_keys_in_hardware_make_either() -> None:
    assert S > ORDER // 2
    assert is_signature(raw(R, ORDER - S))


@pytest.mark.parametrize("half", [0, 1], ids=["r", "s"])
def test_a_small_number_keeps_its_leading_zeros(half: int) -> None:
    signature, message = next(
        (signature, message)
        for message in (b"%d" % number for number in itertools.count())
        if not (signature := sign(KEY, message))[32 * half]
    )
    assert len(signature) == 64
    assert is_signature(signature, message)
    assert not is_signature(signature[: 32 * half] + signature[32 * half + 1 :], message)


def test_every_flipped_bit_is_refused() -> None:
    number = int.from_bytes(raw(R, S))
    assert not any(is_signature((number ^ 1 << bit).to_bytes(64)) for bit in range(512))


DER = encode_dss_signature(R, S)
NO_SIGNATURES = {
    "both are zero": raw(0, 0),
    "r is zero": raw(0, S),
    "s is zero": raw(R, 0),
    "both are one": raw(1, 1),
    "r is one": raw(1, S),
    "s is one": raw(R, 1),
    "r is the order": raw(ORDER, S),
    "s is the order": raw(R, ORDER),
    "both are the order": raw(ORDER, ORDER),
    "r is the order less one": raw(ORDER - 1, S),
    "s is the order less one": raw(R, ORDER - 1),
    "r is the order and one more": raw(ORDER + 1, S),
    "r is the field's prime": raw(PRIME, S),
    "s is the largest number": raw(R, 2**256 - 1),
    "r negated": raw(ORDER - R, S),
    "both negated": raw(ORDER - R, ORDER - S),
    "swapped": raw(S, R),
    "little-endian": raw(R, S)[::-1],
    "each little-endian": raw(R)[::-1] + raw(S)[::-1],
    "empty": b"",
    "one byte": b"\0",
    "only r": raw(R),
    "a byte short": raw(R, S)[:-1],
    "a byte more": raw(R, S) + b"\0",
    "a byte before": b"\0" + raw(R, S),
    "a third number": raw(R, S, S),
    "two of them": raw(R, S) * 2,
    "hexadecimal": raw(R, S).hex().encode(),
    "DER": DER,
    "DER cut to 64 bytes": DER[:64],
    "64 bytes of DER": encode_dss_signature(R >> 32, S >> 32)[:64],
    "DER of zeros": encode_dss_signature(0, 0),
}


@pytest.mark.parametrize("signature", NO_SIGNATURES.values(), ids=NO_SIGNATURES)
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    assert not is_signature(signature)


@pytest.mark.parametrize("number", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_numbers_out_of_range_do_not_verify_even_a_message_whose_digest_they_would_fit(number: int) -> None:
    assert not any(is_signature(raw(number, number), message) for message in (b"", MESSAGE, bytes(32)))


OTHER_WAYS: dict[str, Callable[[], bytes]] = {
    "SHA-384": lambda: KEY.sign(MESSAGE, ec.ECDSA(SHA384)),
    "SHA-512": lambda: KEY.sign(MESSAGE, ec.ECDSA(hashes.SHA512())),
    "SHA-1": lambda: KEY.sign(MESSAGE, ec.ECDSA(hashes.SHA1())),  # noqa: S303  # that it is refused is the test
    "hashed twice": lambda: KEY.sign(hashlib.sha256(MESSAGE).digest(), ec.ECDSA(SHA256)),
    "unhashed": lambda: KEY.sign(MESSAGE.rjust(32, b"\0"), ec.ECDSA(Prehashed(SHA256))),
    "another key": lambda: ec.generate_private_key(ec.SECP256R1()).sign(MESSAGE, ec.ECDSA(SHA256)),
    "the same number on another curve": lambda: ec.derive_private_key(KEY.private_numbers().private_value, ec.SECP256K1()).sign(
        MESSAGE, ec.ECDSA(SHA256)
    ),
}


@pytest.mark.parametrize("way", OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_a_signature_made_another_way_is_refused(way: Callable[[], bytes]) -> None:
    assert not is_signature(raw(*decode_dss_signature(way())))


# --- points -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    x: int
    y: int


def point_with_small_x() -> Point:
    """Give a point whose x has a second spelling, x + p, in 32 bytes."""
    for x in itertools.count(1):
        square = (x**3 - 3 * x + B) % PRIME
        y = pow(square, (PRIME + 1) // 4, PRIME)
        if y * y % PRIME == square:
            return Point(x, y)
    raise AssertionError


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]


SMALL = point_with_small_x()
NO_POINTS = {
    "not on the curve": raw(X, Y ^ 1),
    "swapped": raw(Y, X),
    "zero": raw(0, 0),
    "x zero, y one": raw(0, 1),
    "x is not reduced": raw(SMALL.x + PRIME, SMALL.y),
    "x is the prime": raw(PRIME, Y),
    "all ones": b"\xff" * 64,
    "a byte short": raw(X, Y)[:-1],
    "a byte more": raw(X, Y) + b"\0",
    "only x": raw(X),
    "empty": b"",
    "on secp256k1": point_of(ec.generate_private_key(ec.SECP256K1())),
}


@pytest.mark.parametrize("point", NO_POINTS.values(), ids=NO_POINTS)
def test_what_is_no_point_of_the_curve_is_refused(point: bytes) -> None:
    with pytest.raises(UnfitKeyError) as refusal:
        P256Verifier(point)
    assert refusal.value.code is Code.KEY_NOT_ACCEPTED


def test_the_reduced_spelling_of_the_same_point_is_a_key() -> None:
    P256Verifier(raw(SMALL.x, SMALL.y))
