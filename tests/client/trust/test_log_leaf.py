"""Leaves: their bytes, their hash, and that the salt hides what they are about."""

from __future__ import annotations

import hashlib

import pytest

from app.domain.errors import BreakwaterError, Code
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash, new_salt

SALT = bytes(range(32))
DIGEST = hashlib.sha256(b"content").digest()


def test_a_leaf_is_its_kind_a_zero_byte_and_the_salted_digest() -> None:
    assert leaf_bytes(LeafKind.OBJECT_VERSION, SALT, DIGEST) == b"object-version\x00" + hashlib.sha256(SALT + DIGEST).digest()


def test_a_leaf_of_fixed_salt_and_content_has_these_bytes() -> None:
    leaf = leaf_bytes(LeafKind.OBJECT_VERSION, bytes(32), bytes(32))
    assert leaf.hex() == b"object-version\x00".hex() + "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"


@pytest.mark.parametrize(
    ("leaf", "digest"),
    [
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"\x00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
        (bytes.fromhex("2021"), "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"),
    ],
)
def test_the_hash_is_that_of_rfc_6962(leaf: bytes, digest: str) -> None:
    assert leaf_hash(leaf).hex() == digest


def test_a_salt_is_32_random_bytes() -> None:
    salts = {new_salt() for _ in range(50)}
    assert len(salts) == 50
    assert {len(salt) for salt in salts} == {32}


def test_one_content_under_two_salts_gives_two_leaves() -> None:
    assert leaf_bytes(LeafKind.OBJECT_VERSION, new_salt(), DIGEST) != leaf_bytes(LeafKind.OBJECT_VERSION, new_salt(), DIGEST)


@pytest.mark.parametrize(
    ("salt", "digest"), [(b"", DIGEST), (SALT[:-1], DIGEST), (SALT + b"x", DIGEST), (SALT, b""), (SALT, DIGEST[1:])]
)
def test_another_length_is_a_mistake_of_the_caller(salt: bytes, digest: bytes) -> None:
    with pytest.raises(BreakwaterError) as refusal:
        leaf_bytes(LeafKind.OBJECT_VERSION, salt, digest)
    assert refusal.value.code is Code.INTERNAL


def test_kinds_are_ascii_without_a_zero_byte() -> None:
    assert all(kind.isascii() and "\x00" not in kind for kind in LeafKind)
