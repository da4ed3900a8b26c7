from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.paging import Alarm, AlarmCode
from app.storage import alarms
from app.storage.session import Database
from tests.factories.policy_values import NOW, SECOND
from tests.storage.samples import OTHER_READER, READER

ALARM = Alarm("1", AlarmCode.CONTENT_FORBIDDEN, READER, "submission", "/objects/0", NOW, NOW, NOW, 1)
OTHERS = replace(ALARM, alarm_id="2", partner_id=OTHER_READER)
NOBODYS = replace(ALARM, alarm_id="3", partner_id=None, subject=None, pointer=None)
LATER = replace(ALARM, alarm_id="4", due_at=NOW + SECOND)
PAGE = replace(ALARM, alarm_id="5", code=AlarmCode.PAGE_UNDELIVERED)


@pytest.fixture
def filled(exchange: Database) -> Database:
    with exchange.write() as connection:
        for one in (LATER, ALARM, OTHERS, NOBODYS, PAGE):
            alarms.add_alarm(connection, one)
    return exchange


def test_alarms_come_back_as_they_were(filled: Database) -> None:
    with filled.read() as connection:
        assert [alarms.alarm_by_id(connection, one.alarm_id) for one in (ALARM, NOBODYS)] == [ALARM, NOBODYS]
        assert alarms.alarm_by_id(connection, "none") is None


def test_the_newest_is_that_of_the_same_partner_and_code(filled: Database) -> None:
    code = AlarmCode.CONTENT_FORBIDDEN
    with filled.read() as connection:
        found = [alarms.newest_alarm(connection, partner_id, code) for partner_id in (READER, OTHER_READER, None)]
        assert found == [LATER, OTHERS, NOBODYS]
        assert alarms.newest_alarm(connection, READER, AlarmCode.PAGE_UNDELIVERED) == PAGE
        assert alarms.newest_alarm(connection, OTHER_READER, AlarmCode.PAGE_UNDELIVERED) is None


def test_one_more_is_counted_into_one_alarm_alone(filled: Database) -> None:
    with filled.write() as connection:
        for _ in range(3):
            alarms.count_another(connection, "1", NOW + SECOND)
    with filled.read() as connection:
        assert alarms.alarm_by_id(connection, "1") == replace(ALARM, count=4, last_at=NOW + SECOND)
        assert alarms.alarm_by_id(connection, "4") == LATER
        assert alarms.counts(connection) == dict.fromkeys(AlarmCode, 0) | {
            AlarmCode.CONTENT_FORBIDDEN: 7,
            AlarmCode.PAGE_UNDELIVERED: 1,
        }
