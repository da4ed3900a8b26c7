"""What an organisation used up today, and how much it may: so that nobody learns of a limit by reaching it.

Owns nothing but the question; limits are ``policy.volume``'s. Kept by ``tests/services/limiting/test_own_use.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.usage import QuestionKind, start_of_day
from app.policy.agreements import agreement_in_force
from app.policy.volume import objects_per_day, questions_per_day, versions_per_day
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.limiting.count_usage import Use
from app.storage import agreements, questions, usage

KINDS = (QuestionKind.OBSERVABLE, QuestionKind.SIMULATION, QuestionKind.EVALUATION, QuestionKind.ACCESS)
"""The questions of a partner that have a limit of their own."""


@dataclass(frozen=True, slots=True)
class OwnUse:
    """Versions given, objects sent, and questions by their kind: each today (UTC), and how many may be."""

    given: Use
    sent: Use
    asked: dict[QuestionKind, Use]


def own_use(exchange: Exchange, principal: Principal) -> OwnUse:
    """Give what the caller's organisation used today. Raises ``NotFoundError`` for whoever has none."""
    require(principal, Permission.POLICY_READ)
    if principal.partner is None:
        raise NotFoundError
    partner_id, now = principal.partner.partner_id, exchange.clock()
    since, budgets = start_of_day(now), exchange.budgets
    with exchange.database.read() as connection:
        agreement = agreement_in_force(agreements.agreements(connection, partner_id), now)
        given = Use(usage.versions_given(connection, partner_id, since), versions_per_day(agreement, budgets))
        sent = Use(usage.objects_sent(connection, partner_id, since), objects_per_day(agreement, budgets))
        counts = {kind: questions.count_questions(connection, partner_id, kind, since) for kind in KINDS}
    asked = {kind: Use(count, questions_per_day(kind, agreement, budgets)) for kind, count in counts.items()}
    return OwnUse(given, sent, asked)
