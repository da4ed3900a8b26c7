from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import recall
from tests.factories.portal_visitors import Visitor, entered


def test_who_took_it_back_sees_who_was_told_and_who_is_late(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    owner = entered(running, platform, MemberRole.ADMINISTRATOR)
    assert "Nothing was taken back" in owner.get("/answer/own-recalls").words
    recall(running, platform, hotline)
    [one] = platform.get("recalls").json["recalls"]
    assert "It was taken back 1 version: Indicator" in owner.get("/answer/own-recalls").words
    running.clock.shift += timedelta(days=8)
    owner = entered(running, platform, MemberRole.ADMINISTRATOR)
    assert "1 late" in owner.get("/answer/own-recalls").words
    assert "Hotline" in owner.get(f"/answer/own-recalls/{one['id']}").words
    other = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert other.get(f"/answer/own-recalls/{one['id']}").status == other.get("/answer/own-recalls/none").status == 404
    running.clock.shift -= timedelta(days=8)
    assert analyst.get("/answer/own-recalls").status == 403
