"""Who checks for overlap, who deconflicts, and who counts for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.errors import Code
from app.domain.vocabulary import PartnerState, Purpose, Role
from app.policy.administration import Forbidden
from app.policy.overlap import counts_for_others, why_no_deconfliction, why_no_overlap
from tests.factories.policy_values import DAY, NOW, agreement, partner, read_terms

Rule = Callable[..., Any]
EVERYTHING = agreement(read=read_terms(purposes=frozenset(Purpose)))
AGENCY, PLATFORM = partner(role=Role.LAW_ENFORCEMENT), partner(role=Role.PLATFORM)


@pytest.mark.parametrize("purpose", Purpose)
def test_each_is_asked_for_its_own_purposes(purpose: Purpose) -> None:
    checks = purpose in {Purpose.DETECTION, Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION}
    assert (why_no_overlap(PLATFORM, [EVERYTHING], purpose, NOW) is None) is checks
    deconflicts = purpose in {Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION}
    assert (why_no_deconfliction(AGENCY, [EVERYTHING], purpose, NOW) is None) is deconflicts


@pytest.mark.parametrize("role", Role)
def test_deconfliction_is_between_agencies_alone(role: Role) -> None:
    forbidden = why_no_deconfliction(partner(role=role), [EVERYTHING], Purpose.INVESTIGATION, NOW)
    others = Forbidden(Code.PERMISSION_MISSING, "Deconfliction is between law-enforcement agencies alone.")
    assert forbidden == (None if role is Role.LAW_ENFORCEMENT else others)


@pytest.mark.parametrize("rule", [why_no_overlap, why_no_deconfliction])
def test_agreement_purpose_and_standing_are_asked_for(rule: Rule) -> None:
    without = agreement(read=read_terms(purposes=frozenset({Purpose.DETECTION})))
    suspended = partner(role=Role.LAW_ENFORCEMENT, state=PartnerState.SUSPENDED)
    not_asked = "This is not asked for that purpose, or your agreement does not have it."
    for who, terms, expected in (
        (AGENCY, [], Forbidden(Code.AGREEMENT_NOT_IN_FORCE, "You have no agreement in force.")),
        (AGENCY, [without], Forbidden(Code.PURPOSE_NOT_PERMITTED, not_asked)),
        (suspended, [EVERYTHING], Forbidden(Code.PARTNER_NOT_ACTIVE, "Your organisation is not active here.")),
    ):
        assert rule(who, terms, Purpose.INVESTIGATION, NOW) == expected


def test_who_is_not_active_or_has_no_agreement_does_not_count_for_others() -> None:
    assert counts_for_others(AGENCY, [EVERYTHING], NOW)
    assert not counts_for_others(AGENCY, [], NOW)
    assert not counts_for_others(AGENCY, [agreement(starts_at=NOW + DAY)], NOW)
    for state in set(PartnerState) - {PartnerState.ACTIVE}:
        assert not counts_for_others(partner(role=Role.LAW_ENFORCEMENT, state=state), [EVERYTHING], NOW)
