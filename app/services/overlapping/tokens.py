"""Elements and tokens as they come: read strictly, and of tokens nothing kept but a digest of the scope's own.

Owns the epoch, too: what was blinded for another key than the one in force is refused. Kept by
``tests/services/overlapping/test_tokens.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.crypto.oprf import TOKEN_BYTES, Evaluator, epoch_of
from app.crypto.ristretto import check_element
from app.domain.errors import ConflictError, MalformedInputError, UnavailableError
from app.domain.overlap import MOST_AT_ONCE
from app.services.exchange import Exchange
from breakwater_client.trust.strict_base64 import decode_base64url

_NO_KEY = "This exchange has no key for overlap checks; its operator makes it with `breakwater exchange-key make`."
_ENDED = "This epoch has ended: ask for the key that is in force, and blind again."
_MALFORMED = "This is no token: the 64 bytes of one in base64url, without padding."
_LABEL = b"breakwater-overlap-token-v1\0"


def evaluator_of(exchange: Exchange) -> Evaluator:
    """Give who evaluates; raises ``UnavailableError`` where the exchange has no key for it."""
    if exchange.keys.overlap is None:
        raise UnavailableError(_NO_KEY)
    return exchange.keys.overlap


def check_epoch(exchange: Exchange, epoch: str) -> None:
    """Let pass what is of the epoch in force.

    Raises:
        ConflictError: it is of another.
        UnavailableError: the exchange has no key, or its signer is away.
    """
    if epoch_of(evaluator_of(exchange).public) != epoch:
        raise ConflictError(_ENDED, pointer="/epoch")


def elements_of(texts: Sequence[str]) -> list[bytes]:
    """Give the elements of unverified texts, in order; raises ``MalformedInputError`` with a pointer to one that is none."""
    return [_element(text, f"/elements/{number}") for number, text in enumerate(texts)]


def _element(text: str, pointer: str) -> bytes:
    try:
        return check_element(decode_base64url(text) or b"")
    except MalformedInputError as exc:
        raise MalformedInputError(exc.sentence, pointer=pointer) from exc


def digests_of(texts: Sequence[str], scope: str) -> list[bytes]:
    """Give the digests of unverified tokens in a scope (a group's id, or ``DECONFLICTION``), in order, each token once.

    Whoever reads the database can ask nothing with them, nor compare one scope's with another's.

    Raises:
        MalformedInputError: none, too many, one that is no token, or one twice.
    """
    if not 1 <= len(texts) <= MOST_AT_ONCE or len(set(texts)) != len(texts):
        raise MalformedInputError(f"From 1 to {MOST_AT_ONCE} tokens are taken at once, each once.", pointer="/tokens")
    return [_digest(text, scope, f"/tokens/{number}") for number, text in enumerate(texts)]


def _digest(text: str, scope: str, pointer: str) -> bytes:
    token = decode_base64url(text)
    if token is None or len(token) != TOKEN_BYTES:
        raise MalformedInputError(_MALFORMED, pointer=pointer)
    return hashlib.sha256(_LABEL + scope.encode() + b"\0" + token).digest()
