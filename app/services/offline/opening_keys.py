"""The key to which a partner has its exports sealed: made, kept in a file, and read again; and one file opened with it.

Owns the spelling: Base64 of the 32 raw bytes, on a line. Kept by ``tests/services/offline/test_opening_keys.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.crypto.export_seal import OpeningKey, open_sealed
from app.crypto.strict_base64 import decode_base64, encode_base64
from app.domain.errors import MalformedInputError, UnfitKeyError
from app.domain.export import Manifest
from app.formats.readers import pieces_of
from app.services.offline.read_exports import SEALED, info_of

__all__ = ["OpeningKey", "new_opening_key", "open_file", "public_text", "read_opening_key"]


def new_opening_key() -> tuple[bytes, bytes]:
    """Give what the files of a new key hold: of its private half, and of its public one."""
    key = OpeningKey.generate()
    return _line(key.raw_private_key), public_text(key)


def public_text(key: OpeningKey) -> bytes:
    """Give what the file of its public half holds."""
    return _line(key.public)


def read_opening_key(raw: bytes) -> OpeningKey:
    """Give the key in a file of one's own.

    Raises:
        UnfitKeyError: it holds none.
    """
    content = decode_base64(raw.decode("ascii", "replace").strip())
    if content is None:
        raise UnfitKeyError("The file holds no private key that opens exports: `breakwater export new-key` makes one.")
    return OpeningKey(content)


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


def _line(content: bytes) -> bytes:
    return encode_base64(content).encode() + b"\n"
