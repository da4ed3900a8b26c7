from __future__ import annotations

import pytest
from flask import g

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Channel, MemberRole, Purpose
from app.portal.reading import own_reader, reads_already
from app.services.signing_in.sessions import find_session
from app.web.context import MOUNTED, set_principal
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_finders import analyst_of, publish, reads_in_the_portal
from tests.factories.portal_visitors import COOKIE, Visitor, entered, invited
from tests.factories.stix_objects import indicator


def test_who_is_signed_in_reads_at_the_portal_for_what_they_chose(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    [portal] = running.app.extensions[MOUNTED]
    with portal.test_request_context():
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
    with portal.test_request_context():
        g.signed_in = find_session(running.exchange, session_of(visitor))
        set_principal(g.signed_in.principal)
        assert not reads_already()
        with pytest.raises(MalformedInputError):
            own_reader()


def test_the_ledger_has_the_portal_and_the_purpose_of_the_session(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    stix_id = publish(platform, indicator())
    analyst = analyst_of(running, reads_in_the_portal(running, hotline))
    analyst.get("/account")
    analyst.post("/purpose", {"purpose": "victim-protection", "back": "/"})
    assert analyst.get(f"/objects/{stix_id}").status == 200
    [row] = platform.get("disclosures", query={"object": stix_id}).json["disclosures"]
    assert (row["channel"], row["purpose"]) == (Channel.PORTAL, Purpose.VICTIM_PROTECTION)


def test_the_same_page_is_there_once_it_is_known_for_what(running: RunningExchange, platform: FakePartner) -> None:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    visitor = invited(running, administrator, MemberRole.ANALYST, "analyst.a")
    assert visitor.get("/searches").headers["Location"] == "/portal/?back=/searches"
    visitor.get("/")
    back = visitor.post("/purpose", {"purpose": "detection", "back": "/searches"}).headers["Location"]
    assert back == "/portal/searches"
    assert visitor.get("/searches").status == 200


def session_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value
