"""Signing keys: the public half that is registered and the private half that signs.

Owns reading, writing and naming of keys, and refuses keys that are unfit. Does not know whose a key is, what it may be used
for or whether it still counts: that is the key directory. Ed25519 (RFC 8032, RFC 8410), and ECDSA on P-256 (``p256``) for keys
in hardware; a key's own bytes say which, never a message. Kept by ``tests/client/trust/test_keys.py``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard, runtime_checkable

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from breakwater_client.errors import UnfitKeyError, UntrustedSignatureError
from breakwater_client.trust import p256
from breakwater_client.trust.edwards25519 import check_public_point
from breakwater_client.trust.strict_base64 import decode_base64, encode_base64
from breakwater_client.vocabulary import KeyAlgorithm

_PUBLIC_PEM = re.compile(rb"\s*-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]*)-----END PUBLIC KEY-----\s*")
_MAX_KEY_FILE_BYTES = 4096


class _Verifier(Protocol):
    def verify(self, signature: bytes, data: bytes, /) -> None:
        """Raise ``InvalidSignature``, or return."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of key: all that precedes its point in the one DER encoding, the point's length, and who verifies with it."""

    algorithm: KeyAlgorithm
    prefix: bytes
    point_bytes: int
    verifier: Callable[[bytes], _Verifier]


_KINDS = (
    _Kind(KeyAlgorithm.ED25519, bytes.fromhex("302a300506032b6570032100"), 32, Ed25519PublicKey.from_public_bytes),
    _Kind(KeyAlgorithm.P256, p256.SPKI_PREFIX, p256.POINT_BYTES, p256.P256Verifier),
)


def _kind_of(spki: bytes) -> _Kind:
    for kind in _KINDS:
        if spki.startswith(kind.prefix) and len(spki) == len(kind.prefix) + kind.point_bytes:
            return kind
    sentence = "The key must be an Ed25519 or P-256 public key: SubjectPublicKeyInfo in DER or PEM, P-256 named and uncompressed."
    raise UnfitKeyError(sentence)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that signatures are checked with.

    ``spki`` is the DER SubjectPublicKeyInfo, ``keyid`` its SHA-256 in lower-case hexadecimal; the algorithm is in those bytes.
    Making one checks the encoding, of P-256 the point too, and NOT a point of Ed25519: from outside use ``load_public_key``.
    """

    spki: bytes
    keyid: str = field(init=False, compare=False)
    algorithm: KeyAlgorithm = field(init=False, compare=False)
    _verifier: _Verifier = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Derive the names from the bytes, so that no key can carry another's.

        Raises:
            UnfitKeyError: the bytes are not the DER encoding of a SubjectPublicKeyInfo of Ed25519 or P-256.
        """
        kind = _kind_of(self.spki)
        object.__setattr__(self, "keyid", hashlib.sha256(self.spki).hexdigest())
        object.__setattr__(self, "algorithm", kind.algorithm)
        object.__setattr__(self, "_verifier", kind.verifier(self.spki[len(kind.prefix) :]))

    def verify(self, signature: bytes, message: bytes, *, pointer: str | None = None) -> bytes:
        """Give ``message`` back if ``signature`` over it was made with this key; both are unverified bytes.

        Does NOT say whether the key counts (state, owner, usage). ``pointer`` names the signature's place in the error.
        Never identify a signed thing by its signature bytes: one message may have several signatures of one key.

        Raises:
            UntrustedSignatureError: any other signature, also one of the wrong length.
        """
        try:
            self._verifier.verify(signature, message)
        except InvalidSignature:
            raise UntrustedSignatureError("The signature does not verify with the key it names.", pointer=pointer) from None
        return message

    def to_pem(self) -> bytes:
        """Give the key in PEM, as ``load_public_key`` reads it (RFC 7468 §13)."""
        return f"-----BEGIN PUBLIC KEY-----\n{encode_base64(self.spki)}\n-----END PUBLIC KEY-----\n".encode("ascii")


def load_public_key(data: bytes) -> PublicKey:
    """Read a public key from outside (unverified bytes), PEM or DER, and check that it is fit to be registered.

    One encoding per key: DER without a byte more or less; one PEM block with nothing around it. About 2 ms.
    Does NOT show who holds the private key: ask for ``possession.prove_possession``.

    Raises:
        UnfitKeyError: not a public key of Ed25519 or P-256, another encoding, or a point that must not be trusted
            (``edwards25519.check_public_point``; not on the curve P-256).
    """
    if b"PRIVATE KEY" in data:
        sentence = "This is a private key, and its public one is wanted. Replace it if anybody else could read it or was sent it."
        raise UnfitKeyError(sentence)
    key = PublicKey(_spki_from_pem(data) if data.lstrip().startswith(b"-----BEGIN") else data)
    if key.algorithm is KeyAlgorithm.ED25519:  # whose library takes weak points; no point on P-256 is one
        check_public_point(key.spki[-32:])
    return key


def public_key_from_spki(spki: bytes) -> PublicKey:
    """Give the key of an already registered SubjectPublicKeyInfo (trusted bytes, from our own storage).

    A point of Ed25519 is NOT checked again: that is 2 ms of work which ``load_public_key`` did at registration.

    Raises:
        UnfitKeyError: the bytes are not the DER encoding of a SubjectPublicKeyInfo of Ed25519 or P-256.
    """
    return PublicKey(spki)


def public_key_from_pem(pem: bytes) -> PublicKey:
    """Give the same of a key in PEM, as ``PublicKey.to_pem`` writes it; raises ``UnfitKeyError`` too.

    For keys in a document that its signer vouches for, which its reader verifies; else use ``load_public_key``.
    """
    return PublicKey(_spki_from_pem(pem))


def _spki_from_pem(data: bytes) -> bytes:
    block = _PUBLIC_PEM.fullmatch(data) if len(data) <= _MAX_KEY_FILE_BYTES else None
    spki = decode_base64(b"".join(block[1].split()).decode("ascii")) if block else None
    if spki is None:
        raise UnfitKeyError("The key must be exactly one PEM block of the kind PUBLIC KEY (RFC 7468).")
    return spki


class SigningKey(Protocol):
    """What signs: a private key in this process, or one that another process or device holds."""

    @property
    def public(self) -> PublicKey:
        """The half that others verify with."""

    def sign(self, message: bytes) -> bytes:
        """Give the 64-byte signature over ``message``: ``envelope.pae`` bytes, or the text of a checkpoint; never a bare payload.

        Raises:
            UnavailableError: who holds the key cannot be reached now.
        """


@runtime_checkable
class RememberingKey(Protocol):
    """What a ``SigningKey`` also is that is held by somebody who judges what it signs, and remembers that: the signer's."""

    def signed_last(self) -> Mapping[str, Any] | None:
        """Give what is remembered of the last document, None before the first.

        Raises:
            UnavailableError: who holds the key cannot be reached now.
        """


def signed_last(key: SigningKey) -> Mapping[str, Any] | None:
    """Give what whoever holds a key remembers of the last document that it signed; None for a key that nobody remembers for."""
    return key.signed_last() if isinstance(key, RememberingKey) else None


class PrivateKey:
    """A key that signs. Nothing of it is shown, compared or pickled; ``to_pem`` is the only way out."""

    __slots__ = ("_signer", "public")

    public: PublicKey
    """The half that others verify with."""

    def __init__(self, signer: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
        """Wrap the library's key; callers use ``generate`` or ``from_pem``. Raises ``UnfitKeyError`` for another curve."""
        self._signer = signer
        self.public = PublicKey(
            signer.public_key().public_bytes(
                serialization.Encoding.DER,
                serialization.PublicFormat.SubjectPublicKeyInfo,
            ),
        )

    def __repr__(self) -> str:
        """Hide everything, also the key's id: a log line must not show which private keys a process holds."""
        return "<PrivateKey>"

    @classmethod
    def generate(cls, algorithm: KeyAlgorithm = KeyAlgorithm.ED25519) -> PrivateKey:
        """Make a new key from the operating system's random source."""
        if algorithm is KeyAlgorithm.P256:
            return cls(ec.generate_private_key(ec.SECP256R1()))
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> PrivateKey:
        """Read an unencrypted PKCS #8 key in PEM, from a file of one's own (trusted bytes).

        Raises:
            UnfitKeyError: not readable, encrypted, or neither Ed25519 nor P-256.
        """
        try:
            signer = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):  # the last: OpenSSL's own, of X448 with 32 bytes
            signer = None
        if not (isinstance(signer, Ed25519PrivateKey) or _is_p256(signer)):
            raise UnfitKeyError("The private key must be Ed25519 or P-256, PKCS #8 in PEM, without a passphrase.")
        return cls(signer)

    def to_pem(self) -> bytes:
        """Give the key as unencrypted PKCS #8 in PEM. Whoever reads it can sign as its owner."""
        return self._signer.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, message: bytes) -> bytes:
        """Give the 64-byte signature over ``message``. Callers pass ``envelope.pae`` bytes, never a bare payload."""
        if isinstance(self._signer, Ed25519PrivateKey):
            return self._signer.sign(message)
        return p256.sign(self._signer, message)


def _is_p256(signer: object) -> TypeGuard[ec.EllipticCurvePrivateKey]:
    return isinstance(signer, ec.EllipticCurvePrivateKey) and isinstance(signer.curve, ec.SECP256R1)
