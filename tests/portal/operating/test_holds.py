from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import approve
from tests.factories.portal_visitors import Visitor

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
    assert answer.headers["Location"] == "/portal/show-again?back=/exchange/holds"
    assert operator.get(f"/exchange/holds/{ABSENT}/lifting").status == 303
    running.clock.shift = timedelta(0)
    assert operator.get(f"/exchange/holds/{ABSENT}/lifting").status == 404
