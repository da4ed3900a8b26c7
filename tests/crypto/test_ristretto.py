"""The group behind one door: what is no element or no scalar is refused before the library sees it."""

from __future__ import annotations

import pytest

from app.crypto import ristretto
from app.domain.errors import MalformedInputError

BASE = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")  # RFC 9496 A.1
TWICE = bytes.fromhex("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919")
ONE, TWO = (number.to_bytes(32, "little") for number in (1, 2))

# RFC 9496 A.2: field elements that are not canonical, negative ones, and non-square x².
HOSTILE = [
    "00" * 32,  # the identity
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6",  # the generator with its highest bit set
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d",  # cut off
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d7600",  # and too long
    "",
]


@pytest.mark.parametrize("encoding", HOSTILE)
def test_what_is_no_element_is_refused_wherever_it_is_put_in(encoding: str) -> None:
    value = bytes.fromhex(encoding)
    for use in (
        lambda: ristretto.check_element(value),
        lambda: ristretto.multiply(TWO, value),
        lambda: ristretto.add(BASE, value),
        lambda: ristretto.add(value, BASE),
    ):
        with pytest.raises(MalformedInputError):
            use()


@pytest.mark.parametrize("value", [bytes(32), ristretto.ORDER.to_bytes(32, "little"), b"\xff" * 32, b"", bytes(31), bytes(33)])
def test_what_is_no_scalar_is_refused_wherever_it_is_put_in(value: bytes) -> None:
    for use in (
        lambda: ristretto.check_scalar(value),
        lambda: ristretto.multiply(value, BASE),
        lambda: ristretto.multiply_base(value),
        lambda: ristretto.inverse(value),
        lambda: ristretto.difference_of_product(value, ONE, ONE),
        lambda: ristretto.difference_of_product(ONE, value, ONE),
        lambda: ristretto.difference_of_product(ONE, ONE, value),
    ):
        with pytest.raises(MalformedInputError):
            use()


def test_multiples_of_the_generator_are_the_rfcs() -> None:
    assert ristretto.multiply_base(ONE) == ristretto.multiply(ONE, BASE) == BASE
    assert ristretto.multiply_base(TWO) == ristretto.add(BASE, BASE) == TWICE


def test_the_identity_never_comes_out() -> None:
    less = (ristretto.ORDER - 1).to_bytes(32, "little")
    with pytest.raises(MalformedInputError):
        ristretto.add(BASE, ristretto.multiply_base(less))


def test_an_inverse_undoes_a_scalar() -> None:
    scalar = ristretto.random_scalar()
    assert ristretto.multiply(ristretto.inverse(scalar), ristretto.multiply(scalar, TWICE)) == TWICE


def test_scalars_are_reduced_and_computed_with_modulo_the_order() -> None:
    assert ristretto.scalar_of((ristretto.ORDER + 2).to_bytes(64, "little")) == TWO
    assert ristretto.difference_of_product(ONE, TWO, TWO) == (ristretto.ORDER - 3).to_bytes(32, "little")
    assert ristretto.random_scalar() != ristretto.random_scalar()


def test_uniform_bytes_become_the_element_of_the_rfc() -> None:
    uniform = bytes.fromhex(
        "5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c1"
        "4d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6"
    )
    assert ristretto.element_of(uniform).hex() == "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"


@pytest.mark.parametrize("length", [0, 63, 65])
def test_other_lengths_are_not_hashed_onto_the_group(length: int) -> None:
    for use in (ristretto.element_of, ristretto.scalar_of):
        with pytest.raises(ValueError, match="64 bytes"):
            use(bytes(length))
