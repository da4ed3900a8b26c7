from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.page_passages import leads
from tests.factories.portal_onboarding import approve
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator

ABSENT = "0a1b2c3d-0000-4000-8000-0123456789ab"


def _holds(running: RunningExchange) -> list[dict[str, str]]:
    found: list[dict[str, str]] = running.operator.get("holds").json["holds"]
    return found


def test_one_places_a_hold_and_two_lift_it(
    running: RunningExchange, platform: FakePartner, operator: Visitor, protection: Visitor, auditor: Visitor
) -> None:
    protection.get("/exchange/holds")
    assert protection.post("/exchange/holds", {"reference": "Order-1", "owner_id": platform.partner_id}).status == 303
    [hold] = _holds(running)
    assert "all of Platform" in auditor.get("/exchange/holds").words
    assert auditor.get(f"/exchange/holds/{hold['id']}/lifting").status == 403
    protection.get(f"/exchange/holds/{hold['id']}/lifting")
    assert protection.post(f"/exchange/holds/{hold['id']}/lifting", {"reason": ""}).status == 422
    answer = protection.post(f"/exchange/holds/{hold['id']}/lifting", {"reason": "The order ended."})
    approval_id = answer.headers["Location"].rpartition("/")[2]
    assert approve(protection, approval_id, digest="0" * 64).status == 422
    assert approve(operator, approval_id).status == 303
    assert "lifted" in operator.get("/exchange/holds").words


def test_many_holds_stand_on_pages_also_beside_a_refused_form(running: RunningExchange, operator: Visitor) -> None:
    for number in range(53):
        placed = running.operator.post("holds", {"reference": f"order-{number:02}", "object": indicator()["id"]})
        assert placed.status == 201
    first = operator.get("/exchange/holds")
    assert "1 to 50 of 53" in first.words
    refused = operator.post("/exchange/holds", {"reference": "two words"})
    for shown in (first, refused):
        second = operator.get(dict(leads(shown, "More holds"))["next"])
        assert len(set(re.findall(r"order-\d\d", first.text))) == 50
        assert len(set(re.findall(r"order-\d\d", second.text)) - set(re.findall(r"order-\d\d", first.text))) == 3
        assert operator.get(dict(leads(second, "More holds"))["prev"]).words == first.words
    assert operator.get("/exchange/holds?next=x").status == 400


@pytest.mark.parametrize(
    "wrong",
    [{"reference": "two words"}, {"stix_id": "x"}, {"owner_id": "x"}, {"owner_id": ABSENT}, {"recall_id": ABSENT}, {}],
)
def test_what_is_wrong_is_said_and_nothing_is_held(running: RunningExchange, operator: Visitor, wrong: dict[str, str]) -> None:
    operator.get("/exchange/holds")
    answer = operator.post("/exchange/holds", {"reference": "Order-1", **wrong})
    assert (answer.status, _holds(running)) == (422, [])


def test_it_is_asked_first_who_sits_there(running: RunningExchange, operator: Visitor, platform: FakePartner) -> None:
    operator.get("/exchange/holds")
    running.clock.shift += timedelta(minutes=6)
    answer = operator.post("/exchange/holds", {"reference": "Order-1", "owner_id": platform.partner_id})
    assert answer.asks_again
    assert operator.get(f"/exchange/holds/{ABSENT}/lifting").status == 303
    running.clock.shift = timedelta(0)
    assert operator.get(f"/exchange/holds/{ABSENT}/lifting").status == 404


def test_before_a_hold_is_lifted_the_page_says_how_much_it_keeps(
    running: RunningExchange, platform: FakePartner, operator: Visitor
) -> None:
    assert platform.submit(indicator(), indicator()).status == 201
    account = "user-account--0a1b2c3d-0000-5000-8000-0123456789ab"
    for on in ({"owner_id": platform.partner_id}, {"stix_id": account}):
        operator.get("/exchange/holds")
        assert operator.post("/exchange/holds", {"reference": "Order-1", **on}).status == 303
    of_all, of_one = (operator.get(f"/exchange/holds/{one['id']}/lifting").words for one in _holds(running))
    assert "It is on: all of Platform" in of_all
    assert "2 stored versions are held by it now." in of_all
    assert account in of_one
    assert "held by it now" not in of_one, "whether an account is listed is a question of its own"
