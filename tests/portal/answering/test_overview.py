from __future__ import annotations

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read, recall
from tests.factories.portal_visitors import entered


def test_what_asks_for_an_answer_stands_here(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    let_read(running, hotline)
    visitor = entered(running, hotline, MemberRole.ANALYST)
    assert "Nothing waits for an answer" in visitor.get("/answer").words
    recall(running, platform, hotline)
    assert "1 recall or second look to answer" in visitor.get("/answer").words


def test_who_answers_nothing_is_not_led_here(running: RunningExchange, hotline: FakePartner) -> None:
    for visitor in (entered(running, hotline, MemberRole.DATA_PROTECTION), entered(running, None, StaffRole.OPERATOR)):
        assert visitor.get("/answer").status == 403
        assert ">Answer<" not in visitor.get("/").text
