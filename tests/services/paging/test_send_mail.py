"""What becomes of a mail, and what follows from it: dead contacts, servers that are away, kills."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.events import Event
from app.domain.paging import AlarmCode, Delivery, MailState, PageState
from app.domain.vocabulary import Harm, Role
from app.mail.relay import Relay
from app.services.paging.answer_pages import acknowledge
from app.services.paging.page_contacts import take_turn
from app.services.paging.send_mail import send_due
from app.services.raise_alarm import alarm_counts
from app.storage import events
from tests.factories.held_ports import held_ports
from tests.factories.mail_servers import SENDER, Behaviour, FakeMailServer, mail_server
from tests.factories.members import Hub, Member, at_once
from tests.factories.policy_values import DAY
from tests.factories.recalled import answer_all, recalled
from tests.factories.urgent import (
    ALARM_TO,
    MINUTES,
    WITHIN,
    add_contacts,
    address,
    call,
    connect,
    page_of,
    records,
    urgent_indicator,
)

IMPATIENT_SECONDS = 1.0  # where a server is to be found silent; elsewhere a busy machine is not taken for one
on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)


@pytest.fixture
def hotline(hub: Hub) -> Member:
    return hub.enrol("Hotline A", Role.HOTLINE)


@pytest.fixture
def agency(hub: Hub) -> Member:
    member = hub.enrol("Agency A", Role.LAW_ENFORCEMENT)
    add_contacts(member, 2)
    return member


@pytest.fixture
def server(hub: Hub) -> Iterator[FakeMailServer]:
    with mail_server() as server:
        connect(hub, server.relay())
        yield server


@pytest.fixture
def port() -> Iterator[int]:
    """Where a mail server will be, and nobody is yet."""
    with held_ports(1) as [port]:
        yield port


def _let_leases_run_out(hub: Hub) -> None:
    with hub.exchange.database.write() as connection:
        ago = "datetime('now', '-1 second')" if hub.exchange.database.is_sqlite else "now() - interval '1 second'"
        connection.exec_driver_sql(f"UPDATE mail SET leased_until = {ago} WHERE leased_until IS NOT NULL")  # noqa: S608  # our own words


def _dead(behaviour: Behaviour, kind: str, one: str) -> None:
    getattr(behaviour, kind).add(one)


# --- dead contacts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["refused", "spam", "hanging", "dropping"])
def test_after_a_dead_contact_the_next_is_called_at_once(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer, kind: str
) -> None:
    if kind == "hanging":
        connect(hub, server.relay(timeout_seconds=IMPATIENT_SECONDS))
    _dead(server.behaviour, kind, address(agency, 1))
    hotline.store(urgent_indicator())
    call(hub)
    assert (server.to(address(agency, 1)), len(server.to(address(agency, 2)))) == ([], 1)
    page = page_of(agency)
    assert (page.rank, page.acknowledge_by) == (2, hub.clock.now + WITHIN)
    [dead, sent] = sorted(records(agency)[0].mails, key=lambda one: one.sent_at is not None)
    assert (dead.failed_at, dead.state, sent.state) == (hub.clock.now, MailState.WAITING, MailState.SENT)
    assert dead.failure in {Delivery.REFUSED, Delivery.UNREACHABLE}


def test_a_dead_contact_alarms_the_operator_and_is_recorded(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.refused.add(address(agency, 1))
    hotline.store(urgent_indicator())
    call(hub)
    [told] = server.to(ALARM_TO)
    assert page_of(agency).page_id in told.text
    assert address(agency, 1) not in told.text
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.PAGE_UNDELIVERED] == 1
    with hub.exchange.database.read() as connection:
        recorded = [one for _, one in events.events(connection, 0, 1_000) if one.event is Event.PAGE_UNDELIVERED]
    assert [(one.partner_id, one.subject) for one in recorded] == [(agency.id, page_of(agency).page_id)]


@on_sqlite
def test_a_dead_contact_is_tried_again_and_told_that_the_next_was_called(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.refused.add(address(agency, 1))
    hotline.store(urgent_indicator())
    call(hub)
    server.behaviour.refused.clear()
    hub.clock.pass_time(MINUTES)
    call(hub)
    [late] = server.to(address(agency, 1))
    assert "The next one was called already" in late.text
    assert page_of(agency).rank == 2


@on_sqlite
def test_a_contact_that_stays_dead_is_tried_ever_more_rarely_and_alarms_once(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.refused.add(address(agency, 1))
    hotline.store(urgent_indicator())
    tries = []
    for _ in range(40):
        call(hub)
        tries.append(server.tried.count(address(agency, 1)))
        hub.clock.pass_time(MINUTES)
    assert tries[:8] == [1, 2, 2, 3, 3, 3, 3, 4]
    assert tries[-1] <= 7
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.PAGE_UNDELIVERED] == 1
    assert page_of(agency).state is PageState.ESCALATED


def test_where_every_contact_is_dead_the_operator_is_called_at_once(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.refused |= {address(agency, 1), address(agency, 2)}
    hotline.store(urgent_indicator())
    call(hub)
    assert page_of(agency).state is PageState.ESCALATED
    assert any("Nobody acknowledged a page" in one.text for one in server.to(ALARM_TO))


def test_a_greylisted_contact_is_tried_again_and_nobody_else_is_called_before_its_time(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.greylisted[address(agency, 1)] = 1
    hotline.store(urgent_indicator())
    call(hub)
    assert server.received == []
    assert (page_of(agency).rank, records(agency)[0].mails[0].failed_at) == (1, None)
    hub.clock.pass_time(MINUTES)
    call(hub)
    assert (len(server.to(address(agency, 1))), server.to(address(agency, 2))) == (1, [])


@on_sqlite
def test_who_turns_out_dead_when_it_is_no_longer_its_turn_hurries_nobody(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.greylisted[address(agency, 1)] = 1
    hotline.store(urgent_indicator())
    call(hub)
    server.behaviour.refused.add(address(agency, 1))
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert (page_of(agency).rank, page_of(agency).state) == (2, PageState.OPEN)
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.PAGE_UNDELIVERED] == 1


@on_sqlite
def test_who_stays_dead_until_the_operator_was_called_has_it_called_once(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.greylisted[address(agency, 2)] = 1
    hotline.store(urgent_indicator())
    for _ in range(2):
        call(hub)
        hub.clock.pass_time(WITHIN)
    server.behaviour.refused.add(address(agency, 2))
    call(hub)
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert sum("Nobody acknowledged" in one.text for one in server.to(ALARM_TO)) == 1


# --- a mail server that is away ---------------------------------------------------------------------------------------------


def test_while_the_mail_server_is_away_nothing_is_lost_and_everybody_is_called_when_it_is_back(
    hub: Hub, hotline: Member, agency: Member, port: int
) -> None:
    connect(hub, Relay("127.0.0.1", port, "smtp", SENDER))
    hotline.store(urgent_indicator())
    call(hub)
    assert page_of(agency).state is PageState.ESCALATED
    assert {one.failure for one in records(agency)[0].mails} == {Delivery.UNREACHABLE}
    with mail_server(port=port) as server:
        hub.clock.pass_time(MINUTES)
        call(hub)
        assert [len(server.to(one)) for one in (address(agency, 1), address(agency, 2))] == [1, 1]
        assert any(page_of(agency).page_id in one.text for one in server.to(ALARM_TO))


@on_sqlite
def test_who_acknowledges_meanwhile_is_sent_nothing(hub: Hub, hotline: Member, agency: Member, port: int) -> None:
    connect(hub, Relay("127.0.0.1", port, "smtp", SENDER))
    hotline.store(urgent_indicator())
    call(hub)
    acknowledge(hub.exchange, agency.principal, page_of(agency).page_id)
    with mail_server(port=port) as server:
        hub.clock.pass_time(MINUTES)
        call(hub)
        assert [one.text for one in server.received if "Page " in one.text] == []
    assert {one.state for one in records(agency)[0].mails} == {MailState.DROPPED}


@on_sqlite
def test_what_may_no_longer_be_seen_is_not_sent(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    hotline.store(urgent_indicator())
    hub.work()
    take_turn(hub.exchange)
    agency.agree(harm_types=frozenset({Harm.CSAM}))
    call(hub)
    assert server.received == []


# --- kills and several workers ----------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """Stands for the end of the process: nothing catches it."""


class Deadly(Relay):
    """Kills the process once the server has taken the first letter."""

    def deliver(self, letters: Any) -> Any:
        for _ in super().deliver(letters):
            raise KilledError


def test_a_kill_between_sending_and_writing_sends_it_again_under_the_same_message_id(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    hotline.store(urgent_indicator())
    hub.work()
    take_turn(hub.exchange)
    connect(hub, Deadly("127.0.0.1", server.port, "smtp", SENDER))
    with pytest.raises(KilledError):
        send_due(hub.exchange)
    connect(hub, server.relay())
    assert send_due(hub.exchange) is False  # leased to the one that died
    _let_leases_run_out(hub)
    call(hub)
    assert len(server.to(address(agency, 1))) == 2
    assert len({one.message["Message-ID"] for one in server.to(address(agency, 1))}) == 1
    assert page_of(agency).rank == 1


def test_workers_that_send_at_once_send_each_mail_once(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    for _ in range(12):
        hotline.store(urgent_indicator())
    hub.work()
    while take_turn(hub.exchange):
        pass
    at_once(*[lambda: send_due(hub.exchange)] * 4)
    call(hub)
    assert len(server.received) == 12
    assert len({one.message["Message-ID"] for one in server.received}) == 12
    assert server.connections <= 5
    assert len(records(agency)) == 12


@on_sqlite
def test_after_one_that_finds_the_server_silent_the_others_of_the_batch_are_tried_anew(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    other = hub.enrol("Agency B", Role.LAW_ENFORCEMENT)
    add_contacts(other)
    connect(hub, server.relay(timeout_seconds=IMPATIENT_SECONDS))
    server.behaviour.hanging.add(address(agency, 1))
    for member in (agency, other):  # in this order into one batch
        hotline.store(urgent_indicator(object_marking_refs=[hotline.mark_for(member)]))
        hub.work()
        assert take_turn(hub.exchange)
        hub.clock.pass_time(MINUTES / 60)
    call(hub)
    assert [len(server.to(one)) for one in (address(agency, 1), address(agency, 2), address(other, 1))] == [0, 1, 1]
    [mail] = records(other)[0].mails
    assert mail.failed_at is None


@on_sqlite
def test_without_a_mail_server_nothing_is_claimed(hub: Hub, hotline: Member, agency: Member) -> None:
    connect(hub, None)
    hotline.store(urgent_indicator())
    call(hub)
    assert send_due(hub.exchange) is False
    assert [(one.attempts, one.state) for one in records(agency)[0].mails] == [(0, MailState.WAITING)]


@on_sqlite
def test_where_nothing_is_due_nobody_is_connected_to(hub: Hub, server: FakeMailServer) -> None:
    assert send_due(hub.exchange) is False
    assert server.connections == 0


def test_acknowledging_while_mails_come_back_dead_is_neither_lost_nor_stuck(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    server.behaviour.refused |= {address(agency, 1), address(agency, 2)}
    for _ in range(10):
        hotline.store(urgent_indicator())
    hub.work()
    while take_turn(hub.exchange):
        pass
    page_ids = [one.page.page_id for one in records(agency)]

    def send() -> None:
        while send_due(hub.exchange) or take_turn(hub.exchange):
            pass

    def answer() -> None:
        for page_id in page_ids:
            acknowledge(hub.exchange, agency.principal, page_id)

    assert at_once(send, answer, send) == [None, None, None]
    assert {one.page.state for one in records(agency)} == {PageState.ACKNOWLEDGED}


# --- recalls ----------------------------------------------------------------------------------------------------------------


@on_sqlite
def test_a_reminder_of_a_recall_goes_to_each_contact_unless_it_was_answered_meanwhile(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    recalled(hotline, agency)
    hub.clock.pass_time(6 * DAY)
    hub.work()
    while send_due(hub.exchange):
        pass
    assert [one.message["Subject"] for one in server.received] == ["Recalls await your answer"] * 2
    hub.clock.pass_time(DAY)
    hub.work()
    answer_all(hub, agency)
    while send_due(hub.exchange):
        pass
    assert "Overdue" not in "".join(str(one.message["Subject"]) for one in server.received)
