from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.partner import Principal
from app.domain.vocabulary import PartnerState, Role, StaffRole
from app.policy.scopes import SCOPES, PrincipalKind
from app.services.authenticate import authenticate
from app.services.membership.enrol_partner import NewPartner, enrol_partner
from app.services.membership.find_partners import PartnersWanted, find_partners
from app.services.membership.onboarding import Step
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running

__all__ = ["furnished", "hotline", "platform", "running"]


def _staff(running: RunningExchange, role: StaffRole) -> Principal:
    return authenticate(running.exchange, running.staff(role, SCOPES[PrincipalKind(role.value)]).token)


def _names(running: RunningExchange, principal: Principal, wanted: PartnersWanted) -> list[str]:
    found = find_partners(running.exchange, principal, wanted, None, 50)
    assert found.count == len(found.standings)
    return [one.partner.name for one in found.standings]


def test_partners_are_found_by_name_id_role_and_state(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    operator = _staff(running, StaffRole.OPERATOR)
    enrol_partner(running.exchange, operator, NewPartner("alpha Hotline", Role.HOTLINE, "DE"))
    running.suspend(platform)
    cases = {
        PartnersWanted(): ["alpha Hotline", "Hotline", "Platform"],
        PartnersWanted("HOT"): ["alpha Hotline", "Hotline"],
        PartnersWanted("  alpha   hotline "): ["alpha Hotline"],
        PartnersWanted(hotline.partner_id): ["Hotline"],
        PartnersWanted(hotline.identity_id): ["Hotline"],
        PartnersWanted(hotline.partner_id[:8]): [],
        PartnersWanted(role=Role.HOTLINE): ["alpha Hotline", "Hotline"],
        PartnersWanted(state=PartnerState.SUSPENDED): ["Platform"],
        PartnersWanted("hot", Role.PLATFORM): [],
    }
    for wanted, names in cases.items():
        assert _names(running, operator, wanted) == names, wanted


def test_pages_go_on_after_the_last_one_shown_whatever_was_enrolled_meanwhile(running: RunningExchange) -> None:
    operator = _staff(running, StaffRole.OPERATOR)
    for name in ("B", "d", "C"):
        enrol_partner(running.exchange, operator, NewPartner(name, Role.NGO, "DE"))
    first = find_partners(running.exchange, operator, PartnersWanted(role=Role.NGO), None, 2)
    assert ([one.partner.name for one in first.standings], first.count, first.known) == (["B", "C"], 3, 5)
    enrol_partner(running.exchange, operator, NewPartner("A", Role.NGO, "DE"))
    second = find_partners(running.exchange, operator, PartnersWanted(role=Role.NGO), first.next, 2)
    assert ([one.partner.name for one in second.standings], second.next) == (["d"], None)
    with pytest.raises(NotFoundError):
        find_partners(running.exchange, operator, PartnersWanted(), "00000000-0000-4000-8000-000000000000", 2)


def test_what_is_missing_is_told_to_who_enrols_alone(running: RunningExchange, platform: FakePartner) -> None:
    told = {}
    for role in (StaffRole.OPERATOR, StaffRole.AUDITOR):
        [one] = find_partners(running.exchange, _staff(running, role), PartnersWanted(platform.name), None, 50).standings
        told[role] = one.missing
    assert told == {StaffRole.OPERATOR: (Step.ADMINISTRATOR,), StaffRole.AUDITOR: ()}


def test_a_partner_finds_none(running: RunningExchange, platform: FakePartner) -> None:
    with pytest.raises(ForbiddenError):
        find_partners(running.exchange, authenticate(running.exchange, platform.token), PartnersWanted(), None, 50)
