"""Who may check for overlap, who may deconflict, and whose registrations count for others.

Owns the answers; in which sharing group somebody is, and how much was asked today, is the services' to know. Kept by
``tests/policy/test_overlap.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.errors import Code
from app.domain.partner import Partner
from app.domain.vocabulary import PartnerState, Purpose, Role
from app.policy.administration import Forbidden
from app.policy.agreements import agreement_in_force

CHECKING = frozenset({Purpose.DETECTION, Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION})
"""For what overlap is checked."""

DECONFLICTING = frozenset({Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION})
"""For what agencies deconflict."""


def why_no_overlap(partner: Partner, agreements: Iterable[Agreement], purpose: Purpose, now: datetime) -> Forbidden | None:
    """Give the reason why a partner may not check for overlap for this purpose, or None. ``agreements`` are all its versions."""
    return _why_not(partner, agreements, purpose if purpose in CHECKING else None, now)


def why_no_deconfliction(partner: Partner, agreements: Iterable[Agreement], purpose: Purpose, now: datetime) -> Forbidden | None:
    """Give the reason why a partner may not deconflict for this purpose, or None: it is for law enforcement alone.

    What is asked of everybody else's role never depends on what any agency registered.
    """
    if partner.role is not Role.LAW_ENFORCEMENT:
        return Forbidden(Code.PERMISSION_MISSING, "Deconfliction is between law-enforcement agencies alone.")
    return _why_not(partner, agreements, purpose if purpose in DECONFLICTING else None, now)


def counts_for_others(partner: Partner, agreements: Iterable[Agreement], now: datetime) -> bool:
    """Whether what a partner registered is told to others at ``now``: it is active, and has an agreement in force."""
    return partner.state is PartnerState.ACTIVE and agreement_in_force(agreements, now) is not None


def _why_not(partner: Partner, agreements: Iterable[Agreement], purpose: Purpose | None, now: datetime) -> Forbidden | None:
    if partner.state is not PartnerState.ACTIVE:
        return Forbidden(Code.PARTNER_NOT_ACTIVE, "Your organisation is not active here.")
    agreement = agreement_in_force(agreements, now)
    if agreement is None:
        return Forbidden(Code.AGREEMENT_NOT_IN_FORCE, "You have no agreement in force.")
    if purpose is None or purpose not in agreement.read.purposes:
        return Forbidden(Code.PURPOSE_NOT_PERMITTED, "This is not asked for that purpose, or your agreement does not have it.")
    return None
