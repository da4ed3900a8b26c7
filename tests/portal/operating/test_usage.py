from __future__ import annotations

from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.services.raise_alarm import raise_alarm
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator


def test_todays_use_stands_against_what_the_agreement_says(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, operator: Visitor
) -> None:
    assert hotline.submit(indicator()).status == 201
    assert platform.pull().status == 200
    shown = operator.get("/exchange/usage")
    assert "1 / 1,000,000" in shown.words
    assert "Platform" in shown.words
    running.operator.patch(f"partners/{hotline.partner_id}", {"state": "ended"})
    assert "Hotline" not in operator.get("/exchange/usage").words


def test_alarms_say_what_to_do(running: RunningExchange, platform: FakePartner, operator: Visitor) -> None:
    assert "No alarm" in operator.get("/exchange/alarms").words
    record = EventRecord(Event.WORK_RETRY, running.clock(), platform.partner_id)
    with running.exchange.database.write() as connection:
        raise_alarm(connection, AlarmCode.RECALL_OVERDUE, record)
    shown = operator.get("/exchange/alarms")
    assert "A recall was not answered in time Platform" in shown.words
    assert "A recall was not answered in time" in shown.words
    assert "no mail server" in shown.words


def test_only_operators_see_either(auditor: Visitor, protection: Visitor) -> None:
    for visitor in (auditor, protection):
        for path in ("/exchange/usage", "/exchange/alarms", "/exchange/health"):
            assert visitor.get(path).status == 403
