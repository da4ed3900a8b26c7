"""Who holds the private keys: the place where another kind of holder is put in.

Owns the protocol and its one implementation so far, keys read from files into the signer's memory. A device or a service
(PKCS#11, a cloud's KMS) is a class with ``key`` whose ``SigningKey`` asks it; the rules, the socket and everything in front of it
stay as they are. See decision 30 and ``docs/operations.md``. Kept by ``tests/signer/test_key_holder.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.domain.errors import UnfitKeyError
from app.domain.vocabulary import KeyAlgorithm, KeyUsage
from app.signer.wire import LETTERS
from breakwater_client.trust.keys import PrivateKey, SigningKey


class KeyHolder(Protocol):
    """Gives the exchange's key of each use: one that signs, wherever its private half is."""

    def key(self, usage: KeyUsage) -> SigningKey:
        """Give the key of a use that ``wire.LETTERS`` names; ``sign`` may raise ``UnavailableError`` while a device is away."""


class FileKeyHolder:
    """Keys that were read from files, held in this process."""

    def __init__(self, pems: Mapping[KeyUsage, bytes]) -> None:
        """Read the keys from PEM texts (trusted bytes).

        Raises:
            UnfitKeyError: no key, a use without one, one key for two uses, or checkpoints not of Ed25519 (C2SP signed-note).
        """
        self._keys = {usage: PrivateKey.from_pem(pem) for usage, pem in pems.items()}
        if self._keys.keys() != LETTERS.keys():
            raise UnfitKeyError("The exchange needs a key for each use.")
        if len({key.public.keyid for key in self._keys.values()}) < len(self._keys):
            raise UnfitKeyError("Each use has a key of its own: one file holds another's key.")
        if self._keys[KeyUsage.CHECKPOINT_SIGNING].public.algorithm is not KeyAlgorithm.ED25519:
            raise UnfitKeyError("The key of checkpoints must be Ed25519.")

    def key(self, usage: KeyUsage) -> SigningKey:
        """Give the key of a use."""
        return self._keys[usage]
