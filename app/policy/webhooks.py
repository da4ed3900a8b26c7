"""Whether a partner's webhooks are called at all. A message holds nothing, so that nothing but the partner's standing is asked.

Kept by ``tests/policy/test_webhooks.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.errors import Code
from app.domain.partner import Partner
from app.domain.vocabulary import Channel, PartnerState
from app.policy.agreements import agreement_in_force


@dataclass(frozen=True, slots=True)
class NotCalled:
    """Why a partner's webhooks are not called: a code and a sentence for the partner."""

    code: Code
    sentence: str


def why_not_called(partner: Partner, agreements: Iterable[Agreement], now: datetime) -> NotCalled | None:
    """Give the reason why nothing goes to this partner's webhooks at ``now``, or None. ``agreements`` are all of its versions."""
    if partner.state is not PartnerState.ACTIVE:
        return NotCalled(Code.PARTNER_NOT_ACTIVE, "Your organisation is not active here.")
    agreement = agreement_in_force(agreements, now)
    if agreement is None:
        return NotCalled(Code.AGREEMENT_NOT_IN_FORCE, "You have no agreement in force.")
    if Channel.WEBHOOK not in agreement.read.channels:
        return NotCalled(Code.TERMS_EXCEEDED, "Your agreement does not have the channel webhook.")
    return None
