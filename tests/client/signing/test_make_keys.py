"""The partner's side of a key's life."""

from __future__ import annotations

import pytest

from breakwater_client.errors import UnfitKeyError
from breakwater_client.signing.make_keys import (
    Rotation,
    new_key,
    prove,
    public_keyid,
    read_private_key,
    sign_for,
)
from breakwater_client.trust.key_rotation import open_rotation
from breakwater_client.trust.keys import load_public_key
from breakwater_client.trust.possession import check_possession
from breakwater_client.vocabulary import KeyUsage


def test_both_halves_of_a_new_key_belong_together() -> None:
    made = new_key()
    assert read_private_key(made.private_pem).public.to_pem() == made.public_pem
    assert public_keyid(made.public_pem) == made.keyid
    assert new_key().keyid != made.keyid


def test_a_new_key_does_not_show_its_private_half() -> None:
    made = new_key()
    assert repr(made) == f"<NewKey {made.keyid}>"


def test_lines_before_the_key_do_not_matter() -> None:
    made = new_key()
    assert read_private_key(b"a remark\n" + made.private_pem).public.keyid == made.keyid


@pytest.mark.parametrize("content", [b"", b"nothing", new_key().public_pem])
def test_what_is_no_private_key_is_refused(content: bytes) -> None:
    with pytest.raises(UnfitKeyError):
        read_private_key(content)


def test_the_proof_is_one_that_the_exchange_accepts() -> None:
    made = new_key()
    registration = prove(read_private_key(made.private_pem), "challenge", "partner")
    public = load_public_key(registration["public_key"].encode())
    assert check_possession(public, registration["challenge"], "partner", registration["proof"]).keyid == made.keyid


def test_an_old_key_signs_for_the_new_one() -> None:
    old = read_private_key(new_key().private_pem)
    rotation = Rotation(old.public.keyid, new_key().keyid, KeyUsage.OBJECT_SIGNING, "partner")
    assert open_rotation(sign_for(rotation, old), old.public) == rotation
