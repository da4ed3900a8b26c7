from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.vocabulary import StaffRole
from app.services.raise_alarm import raise_alarm
from app.services.signing_in.sessions import find_session
from app.services.watching.recent_alarms import recent_alarms
from tests.factories.exchanges import RunningExchange
from tests.factories.furnished import furnished, running
from tests.factories.portal_visitors import entered

__all__ = ["furnished", "running"]


def test_alarms_of_the_last_while_are_listed_for_operators(running: RunningExchange) -> None:
    now = running.clock()
    with running.exchange.database.write() as connection:
        for code, at in ((AlarmCode.MUCH_READ, now - timedelta(days=31)), (AlarmCode.MUCH_SENT, now), (AlarmCode.MUCH_SENT, now)):
            raise_alarm(connection, code, EventRecord(Event.WORK_RETRY, at))
    operator = find_session(running.exchange, entered(running, None, StaffRole.OPERATOR).secret).principal
    found = recent_alarms(running.exchange, operator, 10)
    assert {one.code for one in found} == {AlarmCode.MUCH_SENT}
    auditor = find_session(running.exchange, entered(running, None, StaffRole.AUDITOR).secret).principal
    with pytest.raises(ForbiddenError):
        recent_alarms(running.exchange, auditor, 10)
