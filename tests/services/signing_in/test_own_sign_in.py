from __future__ import annotations

import pytest

from app.domain.errors import UnauthenticatedError
from app.domain.sign_in import SESSION_IDLES
from app.services.signing_in.own_sign_in import end_other_sessions, own_sign_in
from app.services.signing_in.sessions import find_session
from tests.factories.members import Hub
from tests.factories.sign_ins import set_up


def test_one_sees_ones_own_and_ends_the_others(hub: Hub) -> None:
    administrator = hub.enrol("Platform A").administrator()
    analyst, colleague = set_up(hub, administrator), set_up(hub, administrator, "analyst.b")
    second = analyst.sign_in()
    own = own_sign_in(hub.exchange, analyst.signed_in())
    assert (own.login, own.has_password, own.passkeys, len(own.sessions)) == ("analyst.a", True, [], 2)
    end_other_sessions(hub.exchange, analyst.signed_in())
    with pytest.raises(UnauthenticatedError):
        find_session(hub.exchange, second)
    assert colleague.signed_in()
    assert len(own_sign_in(hub.exchange, analyst.signed_in()).sessions) == 1


def test_idle_sessions_are_not_told(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    quick_hub.clock.now += SESSION_IDLES
    analyst.session = analyst.sign_in()
    assert len(own_sign_in(quick_hub.exchange, analyst.signed_in()).sessions) == 1
