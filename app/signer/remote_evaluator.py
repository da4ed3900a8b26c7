"""Asking the signer to evaluate: an ``Evaluator`` whose key is at the other end of its socket.

Owns the reading of the answer. Kept by ``tests/signer/test_remote_evaluator.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.crypto.oprf import ELEMENT_BYTES, PROOF_BYTES, Evaluation
from app.crypto.ristretto import check_element
from app.domain.errors import MalformedInputError, SignerRefusedError, UnavailableError
from app.signer.client import SignerClient
from app.signer.evaluations import evaluation_message
from app.signer.wire import Operation, Request

_NO_KEY = "This exchange has no key for overlap checks; its operator makes it with `breakwater exchange-key make`."


class RemoteEvaluator:
    """Evaluates with the signer's key."""

    def __init__(self, client: SignerClient) -> None:
        """Take whom to ask; nothing is asked yet."""
        self._client = client
        self._public: bytes | None = None

    @property
    def public(self) -> bytes:
        """The key's public half: asked for once.

        Raises:
            UnavailableError: the signer is away, or has no such key.
        """
        if self._public is None:
            try:
                self._public = check_element(self._client.ask(Request(Operation.PUBLIC, None)))
            except SignerRefusedError as exc:
                raise UnavailableError(_NO_KEY) from exc
        return self._public

    def evaluate(self, partner_id: str, elements: Sequence[bytes]) -> Evaluation:
        """Have a partner's unverified elements evaluated; raises as ``evaluations.Evaluations.evaluate``."""
        keyid = hashlib.sha256(self.public).digest()
        message = evaluation_message(partner_id, elements)
        try:
            answer = self._client.ask(Request(Operation.EVALUATE, None, message, keyid))
        except SignerRefusedError as exc:
            raise MalformedInputError("The signer evaluates nothing of this: one of these is no element.") from exc
        return read_evaluation(answer, len(elements))


def read_evaluation(answer: bytes, count: int) -> Evaluation:
    """Give what the signer answered to ``count`` elements; raises ``UnavailableError`` for an answer of another length."""
    if len(answer) != count * ELEMENT_BYTES + PROOF_BYTES:
        raise UnavailableError("The signer answered something else.")
    elements = tuple(answer[at : at + ELEMENT_BYTES] for at in range(0, count * ELEMENT_BYTES, ELEMENT_BYTES))
    return Evaluation(elements, answer[-PROOF_BYTES:])
