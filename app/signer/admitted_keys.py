"""Which keys the signer's machine knows for each use, beside those that sign: keys before them, and the next one.

Owns the reading of the files beside a key's own: ``directory.SOMETHING.pem`` beside ``directory.pem`` holds a key (or its public
half alone) that a directory may list for that use. So a rotation is a deed on the signer's machine, never one over its socket.
Kept by ``tests/signer/test_admitted_keys.py``; ``docs/operations.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.domain.errors import UnfitKeyError
from app.domain.vocabulary import KeyUsage
from breakwater_client.trust.keys import PrivateKey, public_key_from_pem


def keys_beside(places: Mapping[KeyUsage, Path]) -> dict[KeyUsage, frozenset[str]]:
    """Give the ids of the keys in the files beside each use's own; what cannot be read, or is no key, admits nothing."""
    return {
        usage: frozenset(keyid for file in place.parent.glob(f"{place.stem}.*{place.suffix}") if (keyid := _keyid(file)))
        for usage, place in places.items()
    }


def _keyid(file: Path) -> str | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    pem = content[max(content.find(b"-----BEGIN"), 0) :]
    try:
        return PrivateKey.from_pem(pem).public.keyid
    except UnfitKeyError:
        pass  # the public half alone is enough
    try:
        return public_key_from_pem(pem).keyid
    except UnfitKeyError:
        return None
