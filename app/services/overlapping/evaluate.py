"""Evaluating what partners blinded: counted, kept as questions, and then the signer is asked.

Owns the order: a question is kept and paid for before it is looked into, by the exchange and once more by the signer. Nobody here
learns an identifier, nor the token that comes of it. Kept by ``tests/services/overlapping/test_evaluate.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.crypto.oprf import SUITE, Evaluation, epoch_of
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.usage import QuestionKind
from app.domain.vocabulary import Purpose
from app.policy.overlap import why_no_overlap
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_overlap, evaluations_left
from app.services.overlapping.standing import asker_of, check
from app.services.overlapping.tokens import check_epoch, elements_of, evaluator_of

MODE = "VOPRF"


@dataclass(frozen=True, slots=True)
class EvaluationTerms:
    """With what key evaluations are made now, and how many more today."""

    suite: str
    mode: str
    epoch: str
    public_key: bytes
    left_today: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Evaluations with their proof, and the key that it is about."""

    epoch: str
    public_key: bytes
    evaluation: Evaluation


def evaluation_terms(exchange: Exchange, principal: Principal) -> EvaluationTerms:
    """Give the key that is in force.

    Raises:
        ForbiddenError: the caller may not check for overlap.
        UnavailableError: the exchange has no key for it, or its signer is away.
    """
    require(principal, Permission.OVERLAP_ASK)
    public = evaluator_of(exchange).public
    return EvaluationTerms(SUITE, MODE, epoch_of(public), public, evaluations_left(exchange, principal))


def evaluate(exchange: Exchange, principal: Principal, epoch: str, elements: Sequence[str], purpose: Purpose | None) -> Evaluated:
    """Evaluate blinded elements (unverified base64url texts), in order, with one proof for all.

    Raises:
        ConflictError: they are of another epoch than the one in force.
        ExhaustedError: these are more than may still be evaluated today; none is.
        ForbiddenError, MalformedInputError: as ``standing.asker_of``; policy does not let; or one that is no element.
        UnavailableError: the exchange has no key, or its signer is away.
    """
    asker = asker_of(principal, Permission.OVERLAP_ASK, purpose)
    with exchange.database.read() as connection:
        check(connection, asker, why_no_overlap, exchange.clock())
    check_epoch(exchange, epoch)
    blinded = elements_of(elements)
    ask_overlap(exchange, principal, QuestionKind.EVALUATION, elements, asker.purpose)
    evaluator = evaluator_of(exchange)
    return Evaluated(epoch, evaluator.public, evaluator.evaluate(asker.partner.partner_id, blinded))
