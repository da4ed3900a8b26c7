from __future__ import annotations

import pytest

from app.domain.errors import UnfitKeyError
from app.domain.vocabulary import KeyAlgorithm, KeyUsage
from app.signer.key_holder import FileKeyHolder
from breakwater_client.trust.keys import PrivateKey
from tests.factories.signers import new_keys, pems


def test_each_use_has_its_key() -> None:
    keys = new_keys()
    holder = FileKeyHolder(pems(keys))
    for usage, key in keys.items():
        key.public.verify(holder.key(usage).sign(b"message"), b"message")


def test_a_use_without_a_key_is_refused() -> None:
    with pytest.raises(UnfitKeyError, match="each use"):
        FileKeyHolder(dict(list(pems(new_keys()).items())[:2]))


def test_one_key_for_two_uses_is_refused() -> None:
    key = PrivateKey.generate()
    with pytest.raises(UnfitKeyError, match="of its own"):
        FileKeyHolder(pems(new_keys() | {KeyUsage.STATEMENT_SIGNING: key, KeyUsage.DIRECTORY_SIGNING: key}))


def test_checkpoints_are_signed_by_ed25519_alone() -> None:
    p256 = PrivateKey.generate(KeyAlgorithm.P256)
    FileKeyHolder(pems(new_keys() | {KeyUsage.STATEMENT_SIGNING: p256}))
    with pytest.raises(UnfitKeyError, match="Ed25519"):
        FileKeyHolder(pems(new_keys() | {KeyUsage.CHECKPOINT_SIGNING: p256}))


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(UnfitKeyError):
        FileKeyHolder(pems(new_keys()) | {KeyUsage.STATEMENT_SIGNING: b"no key"})
