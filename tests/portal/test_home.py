from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from app.storage import portal_sessions
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, invited


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    return invited(running, administrator, MemberRole.ANALYST, "analyst.a")


def test_somebody_chooses_for_what_they_read(running: RunningExchange, analyst: Visitor) -> None:
    analyst.get("/account")
    assert analyst.post("/purpose", {"purpose": "safety-design", "back": "/account"}).headers["Location"] == "/portal/account"
    with running.exchange.database.look() as connection:
        [chosen] = [
            found.purpose
            for one in running.operator.get("credentials").json["credentials"]
            if (found := portal_sessions.session_of(connection, one["id"]))
        ]
    assert chosen == "safety-design"
    analyst.get("/account")
    assert analyst.post("/purpose", {"purpose": "curiosity", "back": "/"}).status == 400
