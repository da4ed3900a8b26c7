from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve
from tests.factories.portal_visitors import Visitor, entered


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
    assert operator.post(f"{path}/suspension").status == 303
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
    assert operator.post(f"{path}/end", {"name": "Platform"}).status == 303
    assert _state(running, platform) == "ended"
    assert "The way in" not in operator.get(path).words
    operator.get("/account")
    answer = operator.post(f"{path}/suspension")
    assert (answer.status, "has ended" in answer.words) == (422, True)


def test_it_is_asked_first_who_sits_there(running: RunningExchange, platform: FakePartner, operator: Visitor) -> None:
    path = f"/exchange/partners/{platform.partner_id}"
    operator.get(f"{path}/state")
    running.clock.shift += timedelta(minutes=6)
    for part in ("suspension", "end", "reactivation"):
        answer = operator.post(f"{path}/{part}", {"name": "Platform"} if part == "end" else {})
        assert answer.headers["Location"] == f"/portal/show-again?back={path}/state"
        operator.get("/account")
    assert _state(running, platform) == "active"
