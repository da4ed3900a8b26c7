"""Files that only one partner can read: sealed to its key by HPKE, and encrypted in chunks; neither side holds a whole file.

Owns the form. Says nothing of who sealed it: anybody can seal to a public key, and the manifest names the SHA-256 of the sealed
bytes. A reader gets chunks that verify before it knows that the file has an end: what was read counts once the end has come.
Kept by ``tests/client/trust/test_export_seal.py``; decision 43.

A sealed file is ``MAGIC``, HPKE's encapsulated key (32 bytes), the sealed file key (48), and chunks. HPKE (RFC 9180, base mode,
one shot): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; ``info`` names the file (``seal_info``), so that none opens as
another. The file key is random, of 32 bytes. A chunk is AES-256-GCM of 65,536 bytes, the last one of 1 to 65,536 (0 in an empty
file alone), under the nonce: its number from 0 on (11 bytes, big-endian), then 1 for the last chunk, else 0. That is the STREAM
construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): chunks cannot be moved, left out, added or taken from another file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from breakwater_client.errors import UnfitKeyError, UntrustedSignatureError
from breakwater_client.trust.canonical import canonical_bytes

CHUNK_BYTES = 65_536
KEY_BYTES = 32
MAGIC = b"breakwater-seal-1\n"
_TAG_BYTES = 16
_SEALED_KEY_BYTES = 32 + KEY_BYTES + _TAG_BYTES
HEADER_BYTES = len(MAGIC) + _SEALED_KEY_BYTES
_FIELD = 2**255 - 19
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_UNFIT = "This is no X25519 key: 32 raw bytes, and none of those that everybody knows the secret of."


class Writable(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Add bytes."""


class OpeningKey:
    """A partner's private key, by which it opens what was sealed to its public one."""

    __slots__ = ("_key",)

    def __init__(self, raw: bytes) -> None:
        """Take a raw X25519 private key.

        Raises:
            UnfitKeyError: not of 32 bytes.
        """
        try:
            self._key = X25519PrivateKey.from_private_bytes(raw)
        except ValueError:
            raise UnfitKeyError(_UNFIT) from None

    @classmethod
    def generate(cls) -> OpeningKey:
        """Make a new key."""
        return cls(os.urandom(KEY_BYTES))

    @property
    def public(self) -> bytes:
        """The raw public key, which the exchange is given."""
        return self._key.public_key().public_bytes_raw()

    @property
    def raw_private_key(self) -> bytes:
        """The secret itself: for the file that it is kept in, and nothing else."""
        return self._key.private_bytes_raw()

    def open_file_key(self, sealed: bytes, info: bytes) -> bytes:
        """Give the key of a file from its header (unverified bytes).

        Raises:
            UntrustedSignatureError: sealed to another key, or for another file.
        """
        try:
            return _SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError):
            sentence = "The file is not sealed to this key under this name: it is another's, another file, or damaged."
            raise UntrustedSignatureError(sentence) from None


def seal_info(exchange_id: str, definition_id: str, number: int, file_name: str) -> bytes:
    """Give what binds a sealed file to its place: RFC 8785 of the four, and what they are for."""
    return canonical_bytes(
        {"type": "export-file", "exchange": exchange_id, "definition": definition_id, "number": number, "file": file_name}
    )


def check_recipient(public_key: bytes) -> None:
    """Return if files can be sealed to a raw X25519 public key (unverified bytes).

    Raises:
        UnfitKeyError: another length, a second spelling of a key (RFC 7748 §5 reads both), or a point of small order.
    """
    if int.from_bytes(public_key, "little") >= _FIELD:
        raise UnfitKeyError(_UNFIT)
    _sealed_key(bytes(KEY_BYTES), public_key, b"")


class Sealer:
    """Seals what is written into ``out``; it holds one chunk at a time. What is not closed has no end, and does not open."""

    __slots__ = ("_chunk", "_cipher", "_number", "_out")

    def __init__(self, out: Writable, recipient: bytes, info: bytes) -> None:
        """Begin a file for a raw X25519 public key.

        Raises:
            UnfitKeyError: as ``check_recipient``.
        """
        file_key = os.urandom(KEY_BYTES)
        out.write(MAGIC + _sealed_key(file_key, recipient, info))
        self._cipher = AESGCM(file_key)
        self._chunk = bytearray()
        self._number = 0
        self._out = out

    def write(self, data: bytes, /) -> None:
        """Add bytes. A chunk is written when there is more to come after it."""
        view = memoryview(data)
        while len(self._chunk) + len(view) > CHUNK_BYTES:
            taken = CHUNK_BYTES - len(self._chunk)
            self._chunk += view[:taken]
            view = view[taken:]
            self._put(is_last=False)
        self._chunk += view

    def close(self) -> None:
        """Write the last chunk. ``out`` stays open."""
        self._put(is_last=True)

    def _put(self, *, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), bytes(self._chunk), None))
        self._number += 1
        self._chunk.clear()


def open_sealed(pieces: Iterable[bytes], key: OpeningKey, info: bytes) -> Iterator[bytes]:
    """Give the content of a sealed file (unverified bytes, in pieces of any size), chunk by chunk, each verified.

    It is whole when the iterator ends; what was given before an error is not to be used.

    Raises:
        UntrustedSignatureError: not sealed to ``key`` under ``info``, changed, reordered, cut off, or longer than its end.
    """
    held = bytearray()
    cipher: AESGCM | None = None
    number = 0
    for piece in pieces:
        held += piece
        if cipher is None:
            if len(held) < HEADER_BYTES:
                continue
            cipher = AESGCM(_file_key(bytes(held[:HEADER_BYTES]), key, info))
            del held[:HEADER_BYTES]
        at = 0
        while len(held) - at > CHUNK_BYTES + _TAG_BYTES:
            end = at + CHUNK_BYTES + _TAG_BYTES
            yield _opened(cipher, number, bytes(held[at:end]), is_last=False)
            at, number = end, number + 1
        del held[:at]
    if cipher is None:
        raise UntrustedSignatureError("The sealed file is cut off.")
    last = _opened(cipher, number, bytes(held), is_last=True)
    if not last and number:
        raise UntrustedSignatureError("The sealed file has an end that is not written so.")
    if last:
        yield last


def _file_key(header: bytes, key: OpeningKey, info: bytes) -> bytes:
    if not header.startswith(MAGIC):
        raise UntrustedSignatureError("This is no file that the exchange sealed.")
    return key.open_file_key(header[len(MAGIC) :], info)


def _opened(cipher: AESGCM, number: int, chunk: bytes, *, is_last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, is_last=is_last), chunk, None)
    except InvalidTag:
        raise UntrustedSignatureError("The sealed file was changed, cut off or put together from parts.") from None


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


def _sealed_key(file_key: bytes, recipient: bytes, info: bytes) -> bytes:
    try:
        return _SUITE.encrypt(file_key, X25519PublicKey.from_public_bytes(recipient), info)
    except ValueError:
        raise UnfitKeyError(_UNFIT) from None
