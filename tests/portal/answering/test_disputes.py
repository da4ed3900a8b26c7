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
    assert "Whoever published it sees on the page of the object who disputes it, and why" in words
    told = owner.get(f"/objects/{value['id']}").words
    assert "told to your organisation as its publisher" in told
    assert "Partner " + hotline.partner_id[:8] in told
    assert "What it is about breaks no rule" in told
    assert "Look at it again. People look again" in owner.get(_notice(owner)).words
    assert "Nothing of yours is disputed" in analyst.get("/answer/disputes").words
    assert value["id"] in analyst.page.words
    reader = entered(running, platform, MemberRole.READ_ONLY)
    assert "Recall it" not in reader.get("/answer/disputes").words
    assert entered(running, None, StaffRole.OPERATOR).get("/answer/disputes").status == 403


def test_what_its_owner_took_back_waits_no_more_and_is_linked_nowhere(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    value = indicator()
    platform.submit(value)
    hotline.pull()
    dispute(hotline, value["id"])
    running.do_all_work()
    owner = entered(running, platform, MemberRole.ANALYST)
    assert f"/objects/{value['id']}/recall" in owner.get("/answer/disputes").text
    assert platform.post(f"objects/{value['id']}/withdrawal", {"reason": "error", "act": "delete"}).status == 201
    assert value["id"] not in owner.get("/answer/disputes").text, "before the dispute is followed, too"
    assert "of ours is disputed" not in owner.get("/").words
    assert value["id"] not in analyst.get("/answer/disputes").text


def _notice(visitor: Visitor) -> str:
    page = visitor.get("/answer/recalls").text
    return "/answer/recalls/" + page.split("/portal/answer/recalls/")[1].partition('"')[0]
