"""The key to which a partner has its exports sealed: made, kept in a file, and read again; and one file opened with it.

Owns the spelling: a word that says which half it is, and Base64 of the 32 raw bytes, on a line. The halves look alike: the word
keeps a private one from being sent to the exchange. Kept by ``tests/client/verifying/test_opening_keys.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from breakwater_client.errors import MalformedInputError, UnfitKeyError
from breakwater_client.export import Manifest
from breakwater_client.formats.readers import pieces_of
from breakwater_client.trust.export_seal import OpeningKey, open_sealed
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64
from breakwater_client.verifying.read_exports import SEALED, info_of

__all__ = ["OpeningKey", "new_opening_key", "open_file", "public_text", "read_opening_key", "read_recipient"]

_PRIVATE = "breakwater-export-private-key"
_PUBLIC = "breakwater-export-public-key"


def new_opening_key() -> tuple[bytes, bytes]:
    """Give what the files of a new key hold: of its private half, and of its public one."""
    key = OpeningKey.generate()
    return _line(_PRIVATE, key.raw_private_key), public_text(key)


def public_text(key: OpeningKey) -> bytes:
    """Give what the file of its public half holds."""
    return _line(_PUBLIC, key.public)


def read_opening_key(raw: bytes) -> OpeningKey:
    """Give the key in a file of one's own.

    Raises:
        UnfitKeyError: it holds none.
    """
    content = _read(_PRIVATE, raw)
    if content is None:
        raise UnfitKeyError("The file holds no private key that opens exports: `breakwater export new-key` makes one.")
    return OpeningKey(content)


def read_recipient(raw: bytes) -> str:
    """Give the Base64 of the public key in a file of one's own: what the exchange is told. That it is a fit key is NOT checked.

    Raises:
        UnfitKeyError: it holds none; what else is in it goes nowhere.
    """
    content = _read(_PUBLIC, raw)
    if content is None:
        raise UnfitKeyError("The file holds no public key for exports: give the OUT.pub of `breakwater export new-key`.")
    return encode_base64(content)


def open_file(manifest: Manifest, path: Path, key: OpeningKey) -> Iterator[bytes]:
    """Give what is sealed in a file of an export, in pieces; it is whole when the iterator ends.

    Raises:
        MalformedInputError: the manifest has no such file.
        UntrustedSignatureError: not sealed to this key under this name, or changed.
    """
    if path.name not in {one.name for one in manifest.files} or not path.name.endswith(SEALED):
        raise MalformedInputError("This is no sealed file of the export whose manifest lies beside it.")
    with path.open("rb") as file:
        yield from open_sealed(pieces_of(file), key, info_of(manifest, path.name))


def _line(word: str, content: bytes) -> bytes:
    return f"{word} {encode_base64(content)}\n".encode()


def _read(word: str, raw: bytes) -> bytes | None:
    said, _, text = raw.decode("ascii", "replace").strip().partition(" ")
    return decode_base64(text) if said == word else None
