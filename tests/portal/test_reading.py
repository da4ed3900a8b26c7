from __future__ import annotations

import pytest
from flask import g

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Channel, MemberRole, Purpose
from app.portal.reading import own_reader, reads_already
from app.services.signing_in.sessions import find_session
from app.web.context import MOUNTED, set_principal
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import COOKIE, Visitor, entered, invited


def test_who_is_signed_in_reads_at_the_portal_for_what_they_chose(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    [portal] = running.app.extensions[MOUNTED]
    with portal.app_context():
        g.signed_in = find_session(running.exchange, visitor.secret)
        set_principal(g.signed_in.principal)
        reader = own_reader()
        assert reads_already()
    assert (reader.partner.partner_id, reader.purpose, reader.channel) == (
        platform.partner_id,
        Purpose.DETECTION,
        Channel.PORTAL,
    )


def test_who_has_not_chosen_reads_nothing(running: RunningExchange, platform: FakePartner) -> None:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    visitor = invited(running, administrator, MemberRole.ANALYST, "analyst.a")
    [portal] = running.app.extensions[MOUNTED]
    with portal.app_context():
        g.signed_in = find_session(running.exchange, session_of(visitor))
        set_principal(g.signed_in.principal)
        assert not reads_already()
        with pytest.raises(MalformedInputError):
            own_reader()


def session_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value
