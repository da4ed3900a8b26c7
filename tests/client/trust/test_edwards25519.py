"""Which points may be keys: small order, mixed order, bad encodings, and honest keys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.errors import UnfitKeyError
from breakwater_client.trust.edwards25519 import _PRIME, _added, _decoded, check_public_point
from tests.factories.weak_points import FORGED, MIXED_ORDER, NON_CANONICAL, SMALL_ORDER, SMALL_ORDER_NON_CANONICAL


def honest_key() -> bytes:
    return Ed25519PrivateKey.generate().public_key().public_bytes_raw()


def encoded(number_x: int, number_y: int, number_z: int) -> bytes:
    inverse = pow(number_z, -1, _PRIME)
    x, y = number_x * inverse % _PRIME, number_y * inverse % _PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


def test_keys_of_honest_generation_pass() -> None:
    for _ in range(20):
        check_public_point(honest_key())


def test_the_base_point_passes() -> None:
    check_public_point(bytes.fromhex("58" + "66" * 31))


@pytest.mark.parametrize("encoding", SMALL_ORDER)
def test_a_point_of_small_order_is_refused(encoding: str) -> None:
    with pytest.raises(UnfitKeyError, match="prime order"):
        check_public_point(bytes.fromhex(encoding))


@pytest.mark.parametrize("encoding", SMALL_ORDER_NON_CANONICAL + NON_CANONICAL)
def test_a_non_canonical_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(UnfitKeyError):
        check_public_point(bytes.fromhex(encoding))


@pytest.mark.parametrize("encoding", MIXED_ORDER)
def test_a_point_of_mixed_order_is_refused(encoding: str) -> None:
    with pytest.raises(UnfitKeyError, match="prime order"):
        check_public_point(bytes.fromhex(encoding))


@pytest.mark.parametrize("torsion", SMALL_ORDER[1:])
def test_an_honest_key_with_a_small_order_part_is_refused(torsion: str) -> None:
    honest, small = (_decoded(int.from_bytes(point, "little")) for point in (honest_key(), bytes.fromhex(torsion)))
    assert honest
    assert small
    mixed = encoded(*_added(honest, small)[:3])
    assert _decoded(int.from_bytes(mixed, "little")) is not None
    with pytest.raises(UnfitKeyError, match="prime order"):
        check_public_point(mixed)


def test_bytes_that_are_no_point_are_refused() -> None:
    with pytest.raises(UnfitKeyError, match="canonical encoding"):
        check_public_point((2).to_bytes(32, "little"))


def test_about_half_of_all_bytes_are_no_point() -> None:
    refused = sum(_decoded(y) is None for y in range(2, 202))
    assert 60 < refused < 140


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(UnfitKeyError, match="32 bytes"):
        check_public_point(bytes(length))


def test_the_library_alone_accepts_a_forgery_under_a_key_of_small_order() -> None:
    neutral = Ed25519PublicKey.from_public_bytes(bytes.fromhex(SMALL_ORDER[0]))
    neutral.verify(FORGED, b"anything at all")  # raises if it did not: then this floor's check would be needless
