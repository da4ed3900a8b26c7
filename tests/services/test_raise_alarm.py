"""The operator is alarmed by count, log and mail, bounded, and never by a value."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.domain.errors import Code, ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.services.raise_alarm import QUIET, alarm_counts, raise_alarm
from app.storage import events
from tests.factories.mail_servers import FakeMailServer, mail_server
from tests.factories.members import Hub, Member, as_seen_by_another_worker, outcomes
from tests.factories.stix_objects import indicator
from tests.factories.urgent import ALARM_TO, call, connect

SECRET = "iVBORw0KGgoAAAANSUhEUgAA"
FORBIDDEN = f"data:image/png;base64,{SECRET}"
SECOND = timedelta(seconds=1)


@pytest.fixture
def server(hub: Hub) -> Iterator[FakeMailServer]:
    with mail_server() as server:
        connect(hub, server.relay())
        yield server


@pytest.fixture
def sender(hub: Hub) -> Member:
    return hub.enrol("Platform A")


def _forbidden() -> dict[str, object]:
    return indicator(description=FORBIDDEN)


def _counted(hub: Hub) -> int:
    return alarm_counts(hub.exchange, hub.operator)["content-forbidden"]


def test_forbidden_content_alarms_the_operator_without_a_word_of_it(
    hub: Hub, sender: Member, server: FakeMailServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        submission = sender.submit(indicator(), _forbidden())
    assert outcomes(submission.results) == ["stored", Code.CONTENT_FORBIDDEN]
    call(hub)
    [told] = server.to(ALARM_TO)
    for expected in (sender.id, submission.submission_id, "content-forbidden", "/objects/1", "docs/prohibited-material.md"):
        assert expected in told.text
    assert f"alarm: content-forbidden partner={sender.id} subject={submission.submission_id} pointer=/objects/1" in caplog.text
    for place in (told.message.as_string(), caplog.text):
        assert SECRET not in place
    assert _counted(hub) == 1


def test_other_refusals_alarm_nobody(hub: Hub, sender: Member, server: FakeMailServer) -> None:
    sender.submit(indicator(pattern="no"), indicator(name=3))
    call(hub)
    assert server.received == []
    assert not any(alarm_counts(hub.exchange, hub.operator).values())


def test_a_flood_is_one_mail_at_once_and_one_every_ten_minutes_with_its_number(
    hub: Hub, sender: Member, server: FakeMailServer
) -> None:
    begun = hub.clock.now
    while hub.clock.now < begun + 2 * QUIET:
        sender.submit(_forbidden())
        call(hub)
        hub.clock.pass_time(60 * SECOND)
    told = [one.text for one in server.to(ALARM_TO)]
    assert ["How often   1," in told[0], "How often   9," in told[1], len(told)] == [True, True, 2]
    hub.clock.pass_time(QUIET)
    call(hub)
    assert "How often   10," in server.to(ALARM_TO)[2].text
    assert _counted(hub) == 20


def test_after_a_quiet_time_the_next_one_is_told_at_once(hub: Hub, sender: Member, server: FakeMailServer) -> None:
    for _ in range(2):
        sender.submit(_forbidden())
        call(hub)
        hub.clock.pass_time(QUIET)
    assert len(server.to(ALARM_TO)) == 2


def test_each_partner_is_told_of_by_itself(hub: Hub, sender: Member, server: FakeMailServer) -> None:
    other = hub.enrol("Platform B")
    for member in (sender, other):
        member.submit(_forbidden())
    call(hub)
    assert [sum(member.id in one.text for one in server.to(ALARM_TO)) for member in (sender, other)] == [1, 1]


def test_many_refusals_of_one_submission_are_one_event(hub: Hub, sender: Member, server: FakeMailServer) -> None:
    sender.submit(*(_forbidden() for _ in range(5)))
    call(hub)
    assert len(server.to(ALARM_TO)) == 1
    assert _counted(hub) == 1


def test_a_restart_forgets_no_alarm(hub: Hub, sender: Member, server: FakeMailServer) -> None:
    sender.submit(_forbidden())
    before = hub.exchange
    hub.exchange = as_seen_by_another_worker(before)
    call(hub)
    assert len(server.to(ALARM_TO)) == 1
    assert _counted(hub) == 1
    hub.exchange.database.dispose()
    hub.exchange = before


def test_without_a_mail_server_there_are_count_and_log_all_the_same(
    hub: Hub, sender: Member, caplog: pytest.LogCaptureFixture
) -> None:
    sender.submit(_forbidden())
    call(hub)
    assert "alarm: content-forbidden" in caplog.text
    assert _counted(hub) == 1


def test_a_body_that_is_refused_as_a_whole_alarms_by_its_code_too(hub: Hub, sender: Member) -> None:
    record = EventRecord(Event.OBJECT_REFUSE, hub.clock.now, sender.id, code=Code.CONTENT_FORBIDDEN, pointer="")
    with hub.exchange.database.write() as connection:
        raise_alarm(connection, AlarmCode.CONTENT_FORBIDDEN, record)
        [raised] = [one for _, one in events.events(connection, 0, 1_000) if one.event is Event.ALARM_RAISE]
    assert (raised.partner_id, raised.code) == (sender.id, "content-forbidden")


def test_only_staff_with_the_permission_reads_the_counts(hub: Hub, sender: Member) -> None:
    with pytest.raises(ForbiddenError):
        alarm_counts(hub.exchange, sender.principal)
