from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.vocabulary import Role, StaffRole
from app.policy.scopes import SCOPES, PrincipalKind
from app.services.authenticate import authenticate
from app.services.membership.enrol_partner import NewPartner, enrol_partner
from app.services.membership.onboarding import Step, list_standings, look_at_onboarding
from app.services.signing_in.invite import invite_here
from app.services.signing_in.sessions import find_session
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, platform, running
from tests.factories.portal_visitors import entered
from tests.factories.stix_objects import indicator

__all__ = ["furnished", "platform", "running"]


def test_whoever_was_enrolled_begins_with_an_administrator(running: RunningExchange) -> None:
    operator = find_session(running.exchange, entered(running, None, StaffRole.OPERATOR).secret).principal
    partner = enrol_partner(running.exchange, operator, NewPartner("Synthetic Hotline", Role.HOTLINE, "DE"))
    look = look_at_onboarding(running.exchange, operator, partner.partner_id)
    assert (look.done, look.next, look.may_exchange) == (frozenset(), Step.ADMINISTRATOR, False)
    made = running.operator.post(
        "persons", {"partner_id": partner.partner_id, "name": "A", "member_roles": ["administrator"]}
    ).json
    invited = invite_here(running.exchange, made["id"])
    look = look_at_onboarding(running.exchange, operator, partner.partner_id)
    assert (look.next, look.administrators[0].invited_until) == (Step.SIGN_IN, invited.invitation.expires_at)
    missing = {one.partner.name: one.missing for one in list_standings(running.exchange, operator)}
    assert missing["Synthetic Hotline"] == (Step.KEY, Step.ACTIVATION, Step.AGREEMENT)
    assert missing["Platform"] == (Step.ADMINISTRATOR,)


def test_what_a_partner_has_done_is_seen_by_what_is_there(running: RunningExchange, platform: FakePartner) -> None:
    operator = find_session(running.exchange, entered(running, None, StaffRole.OPERATOR).secret).principal
    look = look_at_onboarding(running.exchange, operator, platform.partner_id)
    assert look.done == {Step.KEY, Step.ACTIVATION, Step.AUDIENCE, Step.AGREEMENT}
    assert look.may_exchange
    assert platform.submit(indicator()).status == 201
    assert platform.pull().status == 200
    look = look_at_onboarding(running.exchange, operator, platform.partner_id)
    assert {Step.SUBMISSION, Step.READING} <= look.done
    running.suspend(platform)
    assert not look_at_onboarding(running.exchange, operator, platform.partner_id).may_exchange


def test_only_who_enrols_partners_may_ask(running: RunningExchange, platform: FakePartner) -> None:
    auditor = authenticate(running.exchange, running.staff(StaffRole.AUDITOR, SCOPES[PrincipalKind.AUDITOR]).token)
    for ask in (
        lambda: list_standings(running.exchange, auditor),
        lambda: look_at_onboarding(running.exchange, auditor, platform.partner_id),
    ):
        with pytest.raises(ForbiddenError):
            ask()
    operator = find_session(running.exchange, entered(running, None, StaffRole.OPERATOR).secret).principal
    with pytest.raises(NotFoundError):
        look_at_onboarding(running.exchange, operator, "00000000-0000-4000-8000-000000000000")
