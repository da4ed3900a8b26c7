from __future__ import annotations

from app.domain.vocabulary import MemberRole, StaffRole
from app.portal.helping.tour import STEPS, steps_for
from app.services.signing_in.sessions import find_session
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered
from tests.factories.portal_world import portal_of


def titles(running: RunningExchange, partner: FakePartner | None, role: MemberRole | StaffRole) -> set[str]:
    principal = find_session(running.exchange, entered(running, partner, role).secret).principal
    with portal_of(running).app_context():
        return {one.title for one in steps_for(principal)}


def test_each_role_is_led_to_what_it_may_open(running: RunningExchange, platform: FakePartner) -> None:
    analyst, reader, operator = (
        titles(running, platform, MemberRole.ANALYST),
        titles(running, platform, MemberRole.READ_ONLY),
        titles(running, None, StaffRole.OPERATOR),
    )
    assert "Read what a colleague entered" in analyst - reader
    assert "Look something up" in analyst & reader
    assert "Keep your people" in titles(running, platform, MemberRole.ADMINISTRATOR) - analyst
    assert "Enrol a partner" in operator - analyst
    assert "Have two ways to sign in" in analyst & operator & reader


def test_no_step_is_written_twice_for_the_same_people() -> None:
    assert len({(one.endpoint, one.side) for one in STEPS}) == len(STEPS)
