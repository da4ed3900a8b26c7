"""What every partner used today, against what its agreement, or else the exchange, lets it use. For operators; writes nothing.

Counting is ``count_usage``'s and ``ask``'s. Kept by ``tests/services/limiting/test_look_at_usage.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.agreement import Agreement
from app.domain.errors import ForbiddenError
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.usage import QuestionKind, start_of_day
from app.domain.vocabulary import PartnerState
from app.policy.agreements import agreement_in_force
from app.policy.volume import objects_per_day, questions_per_day, versions_per_day
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.limiting.count_usage import Use
from app.storage import agreements, members, questions, usage


@dataclass(frozen=True, slots=True)
class UsageToday:
    """What one partner used today (UTC): versions given to it, objects it sent, look-ups of observables."""

    partner: Partner
    given: Use
    sent: Use
    looked_up: Use


def usage_today(exchange: Exchange, principal: Principal) -> list[UsageToday]:
    """Say what each partner that has not ended used today, by name.

    Raises:
        ForbiddenError: the caller may not read metrics, or is not of the exchange's staff.
    """
    require(principal, Permission.METRICS_READ)
    if not principal.is_staff:
        raise ForbiddenError("What partners use is for the exchange's staff.")
    now, budgets, kind = exchange.clock(), exchange.budgets, QuestionKind.OBSERVABLE
    since = start_of_day(now)
    with exchange.database.read() as connection:
        versions: dict[str, list[Agreement]] = {}
        for one in agreements.agreements(connection, None):
            versions.setdefault(one.partner_id, []).append(one)
        found = []
        for partner in members.partners(connection):
            if partner.state is PartnerState.ENDED:
                continue
            agreed, own = agreement_in_force(versions.get(partner.partner_id, []), now), partner.partner_id
            given = Use(usage.versions_given(connection, own, since), versions_per_day(agreed, budgets))
            sent = Use(usage.objects_sent(connection, own, since), objects_per_day(agreed, budgets))
            asked = questions.count_questions(connection, own, kind, since)
            found.append(UsageToday(partner, given, sent, Use(asked, questions_per_day(kind, agreed, budgets))))
    return found
