"""An oblivious pseudorandom function, RFC 9497 over ristretto255 with SHA-512: modes OPRF and VOPRF.

Whoever asks blinds an input, whoever has the key evaluates it without learning it, and in mode VOPRF proves that the key was the
one of its public half; unblinded and hashed it is a token that nobody computes alone. Owns that and nothing else: what is put in
is its caller's, how often a key answers is the signer's. Kept by ``tests/crypto/test_oprf.py``, by the RFC's
vectors.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Protocol

from app.crypto import ristretto
from app.crypto.ristretto import ELEMENT_BYTES, SCALAR_BYTES
from app.domain.errors import MalformedInputError, UntrustedSignatureError

SUITE = "ristretto255-SHA512"
PROOF_BYTES = 2 * SCALAR_BYTES
TOKEN_BYTES = 64
MOST_INPUT_BYTES = 2**16 - 1
_MOST_INFO_BYTES = 2**16 - 1
_UNIFORM_BYTES = 64
_BLOCK_BYTES = 128  # SHA-512
_MOST_TRIES = 256


@unique
class Mode(Enum):
    """Whether evaluations are proved (RFC 9497 §3.1)."""

    OPRF = 0
    VOPRF = 1

    @property
    def context(self) -> bytes:
        """What keeps the hashes of one mode and suite from those of all others."""
        return b"OPRFV1-" + bytes([self.value]) + b"-" + SUITE.encode()


@dataclass(frozen=True, slots=True)
class Blinding:
    """One input, blinded: ``element`` is what is sent, ``blind`` what undoes it and never leaves."""

    element: bytes
    blind: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What whoever has the key gives: an element for each that came, in order, and one proof for all of them."""

    elements: tuple[bytes, ...]
    proof: bytes


class Evaluator(Protocol):
    """Whoever evaluates for the exchange: its signer, or this process. Kept by ``tests/signer/test_evaluations.py``."""

    @property
    def public(self) -> bytes:
        """The public half of the key of this epoch; raises ``UnavailableError`` while whoever has the key is away."""
        ...

    def evaluate(self, partner_id: str, elements: Sequence[bytes]) -> Evaluation:
        """Evaluate a partner's unverified elements within its budget of the day; ``ExhaustedError`` beyond it."""
        ...


@dataclass(frozen=True, slots=True)
class EvaluationKey:
    """A private key and its public half."""

    private: bytes = field(repr=False)
    public: bytes

    @classmethod
    def of(cls, private: bytes) -> EvaluationKey:
        """Take the 32 bytes of a private key; raises ``MalformedInputError`` for what is none."""
        return cls(private, ristretto.multiply_base(private))

    @classmethod
    def generate(cls) -> EvaluationKey:
        """Give a new one."""
        return cls.of(ristretto.random_scalar())


def derived_key(seed: bytes, info: bytes, mode: Mode = Mode.VOPRF) -> EvaluationKey:
    """Give the key of a 32-byte seed (RFC 9497 §3.2.1)."""
    if len(seed) != SCALAR_BYTES or len(info) > _MOST_INFO_BYTES:
        raise MalformedInputError("A key is derived from a seed of 32 bytes.")
    for counter in range(_MOST_TRIES):
        scalar = _hash_to_scalar(seed + _counted(info) + bytes([counter]), b"DeriveKeyPair" + mode.context)
        if any(scalar):
            return EvaluationKey.of(scalar)
    raise MalformedInputError("No key comes of this seed.")


def epoch_of(public: bytes) -> str:
    """Give the name of the epoch in which this public key counts: the SHA-256 of its 32 bytes, in hexadecimal."""
    return hashlib.sha256(ristretto.check_element(public)).hexdigest()


# --- who asks -------------------------------------------------------------------------------------------------------------------


def blind(value: bytes, mode: Mode = Mode.VOPRF, blind_: bytes | None = None) -> Blinding:
    """Blind an input, by a new scalar unless a test gives one.

    Raises:
        MalformedInputError: longer than ``MOST_INPUT_BYTES``.
    """
    scalar = ristretto.random_scalar() if blind_ is None else blind_
    return Blinding(ristretto.multiply(scalar, _hash_to_group(value, mode)), scalar)


def verify(public: bytes, blinded: Sequence[bytes], evaluation: Evaluation) -> None:
    """See that each element was evaluated with the key of this public half (RFC 9497 §2.2.2).

    Raises:
        UntrustedSignatureError: the proof does not hold, or other elements came back than were sent.
        MalformedInputError: what came is no element or no proof.
    """
    if not blinded or len(blinded) != len(evaluation.elements) or len(evaluation.proof) != PROOF_BYTES:
        raise UntrustedSignatureError("These are not the evaluations that were asked for.")
    challenge = ristretto.check_scalar(evaluation.proof[:SCALAR_BYTES])
    response = ristretto.check_scalar(evaluation.proof[SCALAR_BYTES:])
    weights = _weights(public, blinded, evaluation.elements)
    sent, came = _sum(weights, blinded), _sum(weights, evaluation.elements)
    one = ristretto.add(ristretto.multiply_base(response), ristretto.multiply(challenge, public))
    other = ristretto.add(ristretto.multiply(response, sent), ristretto.multiply(challenge, came))
    if not secrets.compare_digest(_challenge(public, (sent, came, one, other)), challenge):
        raise UntrustedSignatureError("The exchange evaluated this with another key than it says.")


def finish(value: bytes, blind_: bytes, evaluated: bytes) -> bytes:
    """Give the 64-byte token of an input; NOT checked: that the evaluation is of the right key (``verify``).

    Raises:
        MalformedInputError: what came back is no element.
    """
    element = ristretto.multiply(ristretto.inverse(blind_), evaluated)
    return hashlib.sha512(_counted(value) + _counted(element) + b"Finalize").digest()


# --- who has the key ------------------------------------------------------------------------------------------------------------


def evaluate(key: EvaluationKey, blinded: Sequence[bytes], proof_scalar: bytes | None = None) -> Evaluation:
    """Evaluate unverified elements, and prove with which key (mode VOPRF), by a new scalar unless a test gives one.

    Raises:
        MalformedInputError: none, or one of them is no element.
    """
    if not blinded:
        raise MalformedInputError("There is nothing to evaluate.")
    evaluated = tuple(ristretto.multiply(key.private, one) for one in blinded)
    sent = _sum(_weights(key.public, blinded, evaluated), blinded)
    came = ristretto.multiply(key.private, sent)
    scalar = ristretto.random_scalar() if proof_scalar is None else proof_scalar
    committed = (ristretto.multiply_base(scalar), ristretto.multiply(scalar, sent))
    challenge = _challenge(key.public, (sent, came, *committed))
    return Evaluation(evaluated, challenge + ristretto.difference_of_product(scalar, challenge, key.private))


def evaluate_unproved(key: EvaluationKey, blinded: bytes) -> bytes:
    """Evaluate one unverified element in mode OPRF, without a proof; raises as ``evaluate``."""
    return ristretto.multiply(key.private, blinded)


# --- proofs (RFC 9497 §2.2) -----------------------------------------------------------------------------------------------------


def _weights(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> list[bytes]:
    """Give a scalar for each pair, so that one proof is for all of them and nobody can choose pairs that cancel out."""
    context = Mode.VOPRF.context
    seed = hashlib.sha512(_counted(public) + _counted(b"Seed-" + context)).digest()
    return [
        _hash_to_scalar(
            _counted(seed) + number.to_bytes(2, "big") + _counted(sent) + _counted(came) + b"Composite",
            b"HashToScalar-" + context,
        )
        for number, (sent, came) in enumerate(zip(blinded, evaluated, strict=True))
    ]


def _sum(weights: Sequence[bytes], elements: Sequence[bytes]) -> bytes:
    products = [ristretto.multiply(weight, element) for weight, element in zip(weights, elements, strict=True)]
    total = products[0]
    for one in products[1:]:
        total = ristretto.add(total, one)
    return total


def _challenge(public: bytes, elements: Sequence[bytes]) -> bytes:
    said = b"".join(_counted(one) for one in (public, *elements))
    return _hash_to_scalar(said + b"Challenge", b"HashToScalar-" + Mode.VOPRF.context)


# --- hashing onto the group (RFC 9380 §5.3.1, RFC 9497 §4.1) --------------------------------------------------------------------


def expand_message(message: bytes, domain: bytes, length: int) -> bytes:
    """Give ``length`` uniform bytes of a message under a domain: ``expand_message_xmd`` with SHA-512.

    Raises:
        MalformedInputError: a domain of more than 255 bytes, or more than 255 blocks.
    """
    blocks = -(-length // TOKEN_BYTES)
    if len(domain) > 255 or blocks > 255 or length > 2**16 - 1:  # noqa: PLR2004  # the RFC's bounds
        raise MalformedInputError("So much is not expanded.")
    ending = domain + bytes([len(domain)])
    first = hashlib.sha512(bytes(_BLOCK_BYTES) + message + length.to_bytes(2, "big") + b"\0" + ending).digest()
    block = hashlib.sha512(first + b"\1" + ending).digest()
    expanded = [block]
    for number in range(2, blocks + 1):
        mixed = bytes(one ^ other for one, other in zip(first, block, strict=True))
        block = hashlib.sha512(mixed + bytes([number]) + ending).digest()
        expanded.append(block)
    return b"".join(expanded)[:length]


def _hash_to_group(value: bytes, mode: Mode) -> bytes:
    if len(value) > MOST_INPUT_BYTES:
        raise MalformedInputError("So long an input is not blinded.")
    return ristretto.element_of(expand_message(value, b"HashToGroup-" + mode.context, _UNIFORM_BYTES))


def _hash_to_scalar(value: bytes, domain: bytes) -> bytes:
    return ristretto.scalar_of(expand_message(value, domain, _UNIFORM_BYTES))


def _counted(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


__all__ = [
    "ELEMENT_BYTES",
    "PROOF_BYTES",
    "SUITE",
    "TOKEN_BYTES",
    "Blinding",
    "Evaluation",
    "EvaluationKey",
    "Evaluator",
    "Mode",
    "blind",
    "derived_key",
    "epoch_of",
    "evaluate",
    "evaluate_unproved",
    "expand_message",
    "finish",
    "verify",
]
