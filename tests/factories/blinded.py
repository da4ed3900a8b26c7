"""Identifiers as tokens: blinded, evaluated and finished as a partner does it."""

from __future__ import annotations

from app.crypto import oprf
from app.crypto.oprf import Evaluator
from app.domain.overlap import DECONFLICTION, scoped_input
from breakwater_client.trust.strict_base64 import encode_base64url

NOBODY = "00000000-0000-4000-8000-000000000000"


def element(value: str = "15550100") -> str:
    """Give a blinded element as it goes over the wire."""
    return encode_base64url(oprf.blind(scoped_input(DECONFLICTION, "phone", value)).element)


def token(evaluator: Evaluator | None, value: str, scope: str = DECONFLICTION, kind: str = "phone") -> str:
    """Give the token of an identifier as it goes over the wire."""
    assert evaluator is not None
    given = scoped_input(scope, kind, value)
    blinding = oprf.blind(given)
    evaluation = evaluator.evaluate(NOBODY, [blinding.element])
    oprf.verify(evaluator.public, [blinding.element], evaluation)
    return encode_base64url(oprf.finish(given, blinding.blind, evaluation.elements[0]))


def epoch(evaluator: Evaluator | None) -> str:
    """Give the epoch in which it evaluates."""
    assert evaluator is not None
    return oprf.epoch_of(evaluator.public)
