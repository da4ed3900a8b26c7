"""The partner's side of a key's life."""

from __future__ import annotations

import base64

import pytest

from app.crypto.key_rotation import open_rotation
from app.crypto.keys import load_public_key
from app.crypto.possession import check_possession
from app.crypto.seal import CursorSealer
from app.domain.errors import MalformedInputError, UnfitKeyError
from app.domain.vocabulary import KeyUsage
from app.services.offline.make_keys import (
    Rotation,
    new_cursor_key,
    new_key,
    new_overlap_key,
    overlap_epoch,
    prove,
    public_keyid,
    read_private_key,
    sign_for,
)


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


def test_a_cursor_key_seals() -> None:
    sealer = CursorSealer([base64.b64decode(new_cursor_key())])
    assert sealer.open(sealer.seal(b"position", b"context"), b"context") == b"position"
    assert new_cursor_key() != new_cursor_key()


def test_an_old_key_signs_for_the_new_one() -> None:
    old = read_private_key(new_key().private_pem)
    rotation = Rotation(old.public.keyid, new_key().keyid, KeyUsage.OBJECT_SIGNING, "partner")
    assert open_rotation(sign_for(rotation, old), old.public) == rotation


def test_a_key_of_overlap_checks_is_new_each_time_and_names_its_epoch() -> None:
    one, other = new_overlap_key(), new_overlap_key()
    assert len({overlap_epoch(one), overlap_epoch(other), overlap_epoch(b"a line before\n" + one + b"\n")}) == 2
    for content in (b"", b"!", b"AAAA"):
        with pytest.raises(MalformedInputError):
            overlap_epoch(content)
