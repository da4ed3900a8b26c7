from __future__ import annotations

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import dispute
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator


def test_its_publisher_and_who_has_it_see_that_it_is_disputed_and_never_by_whom(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    value = indicator()
    platform.submit(value)
    assert "Nothing of yours is disputed" in analyst.get("/answer/disputes").words
    dispute(hotline, value["id"])
    running.do_all_work()
    owner = entered(running, platform, MemberRole.ANALYST)
    assert "1 object of ours is disputed" in owner.get("/").words
    words = owner.get("/answer/disputes").words
    assert "Recall it, if it is wrong" in words
    assert "Hotline" not in words
    assert "Look at it again, with people" in owner.get(_notice(owner)).words
    assert "Nothing of yours is disputed" in analyst.get("/answer/disputes").words
    assert value["id"] in analyst.page.words
    reader = entered(running, platform, MemberRole.READ_ONLY)
    assert "Recall it" not in reader.get("/answer/disputes").words
    assert entered(running, None, StaffRole.OPERATOR).get("/answer/disputes").status == 403


def _notice(visitor: Visitor) -> str:
    page = visitor.get("/answer/recalls").text
    return "/answer/recalls/" + page.split("/portal/answer/recalls/")[1].partition('"')[0]
