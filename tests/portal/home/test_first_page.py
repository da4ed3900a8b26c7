from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole, StaffRole
from app.storage import portal_sessions
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read, recall
from tests.factories.portal_visitors import Visitor, entered, invited
from tests.factories.stix_objects import indicator


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    return invited(running, administrator, MemberRole.ANALYST, "analyst.a")


def test_somebody_chooses_for_what_they_read(running: RunningExchange, analyst: Visitor) -> None:
    assert "First choose for what you read" in analyst.get("/").words
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
    words = analyst.get("/").words
    assert "You read for" in words
    assert "Making a service safer by design" in words


def test_what_waits_is_a_card_and_nothing_is_a_calm_sentence(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform, hotline)
    visitor = entered(running, hotline, MemberRole.ANALYST)
    assert "Nothing waits for you." in visitor.get("/").words
    recall(running, platform, hotline)
    words = visitor.get("/").words
    assert "1 recall or second look to answer 6 days left" in words
    assert 'href="/portal/answer/recalls"' in visitor.page.text
    lesser = entered(running, hotline, MemberRole.READ_ONLY)
    assert "Nothing waits for you." in lesser.get("/").words
    assert "Nothing waits for you." in entered(running, platform, MemberRole.ANALYST).get("/").words


def test_what_is_new_is_told_by_name_and_what_is_hidden_is_not(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, hotline)
    visitor = entered(running, hotline, MemberRole.ANALYST)
    assert "Nothing new of others came" in visitor.get("/").words
    assert platform.submit(indicator(name="Repeated <b>rooms</b>")).status == 201
    page = visitor.get("/")
    assert "Indicator Repeated <b>rooms</b>" in page.words.replace("&lt;", "<").replace("&gt;", ">")
    assert "<b>rooms</b>" not in page.text
    other = entered(running, platform, MemberRole.ANALYST)
    assert "Repeated" not in other.get("/").words, "one's own is nothing new"
    protector = entered(running, hotline, MemberRole.DATA_PROTECTION)
    assert "Repeated" not in protector.get("/").words, "nor is anything for who does not read"


def test_staff_are_shown_what_stands_still_and_read_for_nothing(running: RunningExchange) -> None:
    running.do_all_work()
    words = entered(running, None, StaffRole.OPERATOR).get("/").words
    assert "Nothing waits for you." in words
    assert "for what you read" not in words
