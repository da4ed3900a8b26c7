from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.events import Event
from app.domain.paging import AlarmCode
from app.domain.subject_request import KEPT_AFTER_CLOSING, SubjectAct, SubjectGround
from app.services.do_work import PERIODIC
from app.services.subjects.open_request import close, extend
from app.services.subjects.watch_requests import WATCH_REQUESTS, watch_requests
from app.storage import alarms, events
from tests.factories.members import Member
from tests.factories.stix_objects import indicator
from tests.factories.subject_requests import ADDRESS, Office


def watched(office: Office, at: datetime) -> int:
    """Let the work come at an instant. Gives how many alarms there were by then."""
    office.hub.clock.now = at
    with office.hub.exchange.database.write() as connection:
        assert watch_requests(connection, {}, at) == at + timedelta(hours=1)
        return alarms.counts(connection)[AlarmCode.SUBJECT_REQUEST_DUE]


def test_it_is_periodic_work() -> None:
    assert WATCH_REQUESTS in PERIODIC


def test_alarms_come_a_week_before_at_the_deadline_and_each_day_after(office: Office) -> None:
    deadline = office.open().deadline
    week, day, second = timedelta(days=7), timedelta(days=1), timedelta(seconds=1)
    looks = [deadline - week - second, deadline - week, deadline - day, deadline - second, deadline, deadline + second]
    assert [watched(office, at) for at in looks] == [0, 1, 1, 1, 2, 2]
    assert watched(office, deadline + day) == 3
    assert watched(office, deadline + 10 * day) == 4, "what was missed makes one alarm"
    assert watched(office, deadline + 60 * day) == 5
    assert watched(office, deadline + 90 * day) == 5, "somebody who is not heard in a month is not heard by mail"


def test_what_was_extended_is_watched_anew_and_what_was_answered_no_more(office: Office) -> None:
    request = office.open()
    assert watched(office, request.deadline - timedelta(days=6)) == 1
    longer = extend(office.hub.exchange, office.first, request.request_id, SubjectGround.COMPLEX).deadline
    assert watched(office, request.deadline + timedelta(days=1)) == 1
    assert watched(office, longer - timedelta(days=7)) == 2
    office.do(request, SubjectAct.REJECTION, ground=SubjectGround.EXCESSIVE)
    assert watched(office, longer + timedelta(days=1)) == 2


def test_thirty_days_after_closing_selectors_and_findings_are_gone_and_counts_stay(office: Office, publisher: Member) -> None:
    publisher.store(indicator(pattern=f"[email-addr:value = '{ADDRESS}']"))
    hub, request = office.hub, office.look_up()
    office.do(request, SubjectAct.ANSWER, ground=SubjectGround.HELD)
    closed_at = close(hub.exchange, office.first, request.request_id).closed_at
    assert closed_at is not None
    watched(office, closed_at + KEPT_AFTER_CLOSING - timedelta(seconds=1))
    assert office.see(request).request.selectors
    watched(office, closed_at + KEPT_AFTER_CLOSING)
    seen = office.see(request)
    assert (seen.request.selectors, seen.request.salt, list(seen.findings or ())) == ((), None, [])
    assert seen.request.wiped_at == closed_at + KEPT_AFTER_CLOSING
    assert [one.count for one in seen.deeds] == [1, 1]
    assert tables_with_the_address(office) == ["object_content"]
    with hub.exchange.database.read() as connection:
        kept = [one.event for _, one in events.events(connection, 0, 1000) if one.subject == request.request_id]
    assert kept[-1] is Event.SUBJECT_WIPE


def test_while_a_request_is_open_its_selectors_are_in_one_row_alone(office: Office) -> None:
    request = office.look_up()
    office.propose(request, SubjectAct.LOOKUP)
    assert tables_with_the_address(office) == ["subject_request"]


def tables_with_the_address(office: Office) -> list[str]:
    with office.hub.exchange.database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        rows = {name: repr(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()) for name in names}  # noqa: S608  # our tables
    return [name for name, text in rows.items() if ADDRESS in text]
