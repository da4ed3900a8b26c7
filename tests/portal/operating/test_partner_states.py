from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve
from tests.factories.portal_visitors import Visitor, entered

WHY = "Answers to recalls were late for a month."


def _state(running: RunningExchange, partner: FakePartner) -> str:
    state: str = running.operator.get(f"partners/{partner.partner_id}").json["state"]
    return state


def test_a_partner_is_suspended_at_once_and_let_in_again_by_two(
    running: RunningExchange, platform: FakePartner, operator: Visitor, second: Visitor
) -> None:
    analyst = entered(running, platform, MemberRole.ANALYST)
    path = f"/exchange/partners/{platform.partner_id}"
    shown = operator.get(f"{path}/state")
    assert "1 person of the organisation opens nothing any more" in shown.words
    assert operator.post(f"{path}/suspension", {"reason": WHY}).status == 303
    assert (_state(running, platform), analyst.get("/").status) == ("suspended", 403)
    operator.get(f"{path}/state")
    assert operator.post(f"{path}/reactivation", {"reason": " "}).status == 422
    answer = operator.post(f"{path}/reactivation", {"reason": "It was looked into."})
    approval_id = answer.headers["Location"].rpartition("/")[2]
    operator.get(f"{path}/state")
    again = operator.post(f"{path}/reactivation", {"reason": "Once more."})
    assert (again.status, "is open" in again.words) == (422, True)
    assert approve(second, approval_id).status == 303
    assert _state(running, platform) == "active"


def test_a_partner_ends_once_its_name_is_typed(running: RunningExchange, platform: FakePartner, operator: Visitor) -> None:
    path = f"/exchange/partners/{platform.partner_id}"
    operator.get(f"{path}/state")
    answer = operator.post(f"{path}/end", {"name": "platform"})
    assert (answer.status, 'value="platform"' in answer.text, _state(running, platform)) == (422, True, "active")
    assert operator.post(f"{path}/end", {"name": "Platform", "end_reason": WHY}).status == 303
    assert _state(running, platform) == "ended"
    assert "The way in" not in operator.get(path).words
    operator.get("/account")
    answer = operator.post(f"{path}/suspension", {"reason": WHY})
    assert (answer.status, "has ended" in answer.words) == (422, True)


def test_it_is_asked_first_who_sits_there(running: RunningExchange, platform: FakePartner, operator: Visitor) -> None:
    path = f"/exchange/partners/{platform.partner_id}"
    operator.get(f"{path}/state")
    running.clock.shift += timedelta(minutes=6)
    for part in ("suspension", "end", "reactivation"):
        answer = operator.post(f"{path}/{part}", {"name": "Platform"} if part == "end" else {})
        assert answer.asks_again
        operator.get("/account")
    assert _state(running, platform) == "active"


def test_why_is_asked_kept_with_it_and_shown_to_staff_alone(
    running: RunningExchange, platform: FakePartner, operator: Visitor, auditor: Visitor
) -> None:
    path = f"/exchange/partners/{platform.partner_id}"
    operator.get(f"{path}/state")
    for part, given, field in (("suspension", {}, "reason"), ("end", {"name": "Platform"}, "end_reason")):
        for wrong in (" ", "x" * 501, "Ask somebody@example.org", "a girl named Alice, aged 9"):
            answer = operator.post(f"{path}/{part}", {**given, field: wrong})
            assert (answer.status, f'id="{field}-fault"' in answer.text) == (422, True), answer.words
            is_lost = wrong.strip() not in answer.text
            assert is_lost is ("Ask" in wrong or "girl" in wrong), "nothing is lost but what must never be here"
    assert _state(running, platform) == "active"
    assert operator.post(f"{path}/suspension", {"reason": f" {WHY}"}).status == 303
    operator.get(f"{path}/state")
    assert operator.post(f"{path}/end", {"name": "Platform", "end_reason": f"{WHY} <b>Twice.</b>"}).status == 303
    for visitor in (operator, auditor):
        shown = visitor.get(path)
        assert f"ended {WHY} <b>Twice.</b>" in shown.words.replace("&lt;", "<").replace("&gt;", ">")
        assert ("<b>Twice" in shown.text, f"suspended {WHY}" in shown.words) == (False, True)


def test_the_page_counts_what_stops(running: RunningExchange, platform: FakePartner, operator: Visitor) -> None:
    entered(running, platform, MemberRole.ANALYST)
    new = {"name": "nightly", "snapshots": "0 3 * * *", "purpose": "detection"}
    assert platform.post("exports", new).status == 201
    shown = operator.get(f"/exchange/partners/{platform.partner_id}/state").words
    assert "2 tokens, keys and sessions that are open now" in shown
    assert "1 export that it defined is neither written nor given." in shown
    assert "1 definition of an export ends." in shown
    assert "0 webhooks" not in shown
