from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_onboarding import once
from tests.factories.portal_readers import recall
from tests.factories.portal_visitors import Visitor, entered

SOMETHING = "user-account--0a1b2c3d-0000-5000-8000-0123456789ab"


def test_staff_see_who_has_not_answered(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    assert "Nothing waits" in entered(running, None, StaffRole.OPERATOR).get("/exchange/recalls").words
    recall(running, hotline, platform)
    for role in StaffRole:
        visitor = entered(running, None, role)
        assert "Platform Hotline" in visitor.get("/exchange/recalls").words
        assert visitor.get("/exchange/recalls?which=all").status == 200


def test_an_operator_enters_a_contest_and_learns_nothing_by_it(
    running: RunningExchange, operator: Visitor, auditor: Visitor, protection: Visitor
) -> None:
    word = once(operator.get("/exchange/recalls/contests"))
    given = {"object_id": SOMETHING, "reason": "mistaken-identity"}
    assert operator.post("/exchange/recalls/contests", {**given, "once": word}).status == 303
    shown = operator.get("/exchange/recalls/contests")
    assert "the exchange It is about somebody else Changed or removed: 0" in shown.words
    assert SOMETHING not in shown.text
    for visitor in (auditor, protection):
        assert "It is about somebody else" in visitor.get("/exchange/recalls/contests").words
        assert visitor.post("/exchange/recalls/contests", given).status == 403
    operator.get("/exchange/recalls/contests")
    running.clock.shift += timedelta(minutes=6)
    assert operator.post("/exchange/recalls/contests", given).asks_again


@pytest.mark.parametrize("wrong", [{"object_id": "x"}, {"reason": "because"}])
def test_what_is_wrong_is_said(operator: Visitor, wrong: dict[str, str]) -> None:
    operator.get("/exchange/recalls/contests")
    answer = operator.post("/exchange/recalls/contests", {"object_id": SOMETHING, "reason": "outdated", **wrong})
    assert answer.status == 422
    assert "fault" in answer.text
