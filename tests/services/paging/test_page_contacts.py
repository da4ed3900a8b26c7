"""Who is paged, in which order, and when it ends."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.domain.events import Event
from app.domain.paging import AlarmCode, PageState
from app.domain.vocabulary import ANY, Channel, Harm, PartnerState, Purpose, Role, Sensitivity, Tlp
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.enrol_partner import change_state
from app.services.membership.keep_contacts import list_contacts, remove_contact
from app.services.paging.answer_pages import acknowledge
from app.services.paging.page_contacts import PAGE_PARTNERS, take_turn
from app.storage import alarms, events
from tests.factories.mail_servers import FakeMailServer, mail_server
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once, outcomes
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator, newer
from tests.factories.urgent import (
    ALARM_TO,
    WITHIN,
    add_contacts,
    address,
    all_pages,
    call,
    connect,
    page_of,
    records,
    urgent_context,
    urgent_indicator,
)

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def server(hub: Hub) -> Iterator[FakeMailServer]:
    with mail_server() as server:
        connect(hub, server.relay())
        yield server


@pytest.fixture
def hotline(hub: Hub) -> Member:
    return hub.enrol("Hotline A", Role.HOTLINE)


@pytest.fixture
def agency(hub: Hub) -> Member:
    member = hub.enrol("Agency A", Role.LAW_ENFORCEMENT)
    add_contacts(member, 3)
    return member


def _kinds(hub: Hub) -> list[Event]:
    with hub.exchange.database.read() as connection:
        return [one.event for _, one in events.events(connection, 0, 1_000) if one.event.startswith("page:")]


def _alarms(hub: Hub) -> dict[AlarmCode, int]:
    with hub.exchange.database.read() as connection:
        return {code: count for code, count in alarms.counts(connection).items() if count}


# --- who is paged -----------------------------------------------------------------------------------------------------------


def test_who_may_see_it_is_paged_and_nobody_else(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    blind = hub.enrol("Platform B", harm_types=frozenset({Harm.CSAM}))
    suspended = hub.enrol("Agency C", Role.LAW_ENFORCEMENT)
    for member in (hotline, blind, suspended):
        add_contacts(member)
    change_state(hub.exchange, hub.operator, suspended.id, PartnerState.SUSPENDED)
    hotline.store(urgent_indicator())
    call(hub)
    assert [one.partner_id for one in all_pages(hub)] == [agency.id]
    assert [one.to for one in server.received] == [[address(agency, 1)]]
    assert (page_of(agency).state, page_of(agency).submitter_id) == (PageState.OPEN, hotline.id)
    assert records(blind) == records(hotline) == []


@on_sqlite
@pytest.mark.parametrize("urgency", ["active-contact", "active-network", "historic", "contextual", None])
def test_other_urgencies_page_nobody(hub: Hub, hotline: Member, agency: Member, urgency: str | None) -> None:
    hotline.store(indicator(stated=urgent_context(urgency=urgency)))
    call(hub)
    assert all_pages(hub) == records(agency) == []


@on_sqlite
def test_a_submission_is_one_page_however_many_of_its_objects_are_urgent(hub: Hub, hotline: Member, agency: Member) -> None:
    hotline.store(urgent_indicator(), indicator(), urgent_indicator())
    call(hub)
    assert len(page_of(agency).version_ids) == 2


@on_sqlite
def test_what_is_refused_or_stored_already_pages_nobody(hub: Hub, hotline: Member, agency: Member) -> None:
    signed = hotline.sign(urgent_indicator())
    hotline.submit(signed, sign=False)
    call(hub)
    first = page_of(agency).page_id
    assert outcomes(hotline.submit(signed, sign=False).results) == ["already-stored"]
    assert "submission-not-atomic" in outcomes(hotline.submit(urgent_indicator(), indicator(pattern="no"), atomic=True).results)
    hotline.submit(indicator(stated=urgent_context(already_reported_to=None)))
    call(hub)
    assert page_of(agency).page_id == first


@on_sqlite
def test_what_its_publisher_revokes_pages_nobody(hub: Hub, hotline: Member, agency: Member) -> None:
    value = urgent_indicator()
    hotline.store(value)
    call(hub)
    first = page_of(agency).page_id
    hotline.store(newer(value, revoked=True))
    call(hub)
    assert page_of(agency).page_id == first


@on_sqlite
def test_a_marking_that_names_one_partner_pages_that_one_alone(hub: Hub, hotline: Member, agency: Member) -> None:
    other = hub.enrol("Agency B", Role.LAW_ENFORCEMENT)
    add_contacts(other)
    hotline.store(urgent_indicator(object_marking_refs=[hotline.mark_for(other)]))
    call(hub)
    assert [one.partner_id for one in all_pages(hub)] == [other.id]
    assert records(agency) == []


def test_an_embargo_delays_the_call(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    mark = hotline.mark(release_at="2026-03-01T14:00:00Z")
    hotline.store(urgent_indicator(object_marking_refs=[mark]), urgent_indicator())
    call(hub)
    assert [len(one.version_ids) for one in all_pages(hub)] == [1]
    hub.clock.now = NOW.replace(hour=13, minute=59, second=59)
    call(hub)
    assert len(records(agency)) == 1
    hub.clock.now = NOW.replace(hour=14)
    call(hub)
    hub.clock.pass_time(5 * SECOND)
    call(hub)
    assert [one.page.made_at.hour for one in records(agency)] == [14, 12]
    assert len(server.to(address(agency, 1))) == 2


@on_sqlite
def test_neither_who_published_nor_who_passed_on_is_called(hub: Hub, hotline: Member, agency: Member) -> None:
    relay = hub.enrol("Platform R")
    relay.agree(write={"passes_on": frozenset({ANY})})
    for member in (hotline, relay):
        add_contacts(member)
    assert outcomes(relay.submit(hotline.sign(urgent_indicator()), sign=False).results) == ["stored"]
    call(hub)
    assert [one.partner_id for one in all_pages(hub)] == [agency.id]
    assert page_of(agency).submitter_id == relay.id


@on_sqlite
def test_where_nobody_can_be_paged_the_operator_is_alarmed(hub: Hub, hotline: Member, server: FakeMailServer) -> None:
    hub.enrol("Agency B", Role.LAW_ENFORCEMENT)  # may see it, and has no contact
    submission = hotline.submit(urgent_indicator())
    call(hub)
    assert all_pages(hub) == []
    [alarm] = server.to(ALARM_TO)
    assert submission.submission_id in alarm.text
    assert "page-without-contact" in alarm.text


@on_sqlite
def test_what_no_law_enforcement_may_see_alarms_the_operator_whoever_is_paged(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    platform = hub.enrol("Platform B")
    add_contacts(platform)
    mark = hotline.mark_for(platform)
    submission = hotline.submit(urgent_indicator(object_marking_refs=[mark]), urgent_indicator())
    call(hub)
    assert _alarms(hub) == {AlarmCode.PAGE_WITHOUT_LAW_ENFORCEMENT: 1}
    assert sorted(one.partner_id for one in all_pages(hub)) == sorted([platform.id, agency.id])
    [alarm] = server.to(ALARM_TO)
    assert submission.submission_id in alarm.text
    assert "page-without-law-enforcement" in alarm.text


@on_sqlite
def test_law_enforcement_that_is_suspended_sees_nothing(hub: Hub, hotline: Member, agency: Member) -> None:
    add_contacts(hub.enrol("Platform B"))
    change_state(hub.exchange, hub.operator, agency.id, PartnerState.SUSPENDED)
    hotline.store(urgent_indicator())
    call(hub)
    assert _alarms(hub) == {AlarmCode.PAGE_WITHOUT_LAW_ENFORCEMENT: 1}


@on_sqlite
def test_what_law_enforcement_sees_or_says_itself_raises_no_alarm(hub: Hub, hotline: Member, agency: Member) -> None:
    platform = hub.enrol("Platform B")
    add_contacts(platform)
    hotline.store(urgent_indicator())
    agency.store(urgent_indicator(object_marking_refs=[agency.mark_for(platform)]))
    call(hub)
    assert _alarms(hub) == {}


@on_sqlite
def test_a_page_is_wanted_in_the_transaction_that_stores(hub: Hub, hotline: Member) -> None:
    hub.work()
    hotline.store(urgent_indicator())
    with hub.exchange.database.read() as connection:
        waiting = connection.exec_driver_sql("SELECT kind FROM work WHERE state = 'waiting'").scalars().all()
    assert PAGE_PARTNERS in waiting


# --- the clock --------------------------------------------------------------------------------------------------------------


def test_without_acknowledgement_one_after_the_other_is_called_and_then_the_operator(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer, caplog: pytest.LogCaptureFixture
) -> None:
    hotline.store(urgent_indicator())
    for called in (1, 2, 3):
        call(hub)
        assert [len(server.to(address(agency, number))) for number in (1, 2, 3)] == [1] * called + [0] * (3 - called)
        assert (page_of(agency).rank, page_of(agency).acknowledge_by) == (called, hub.clock.now + WITHIN)
        hub.clock.pass_time(WITHIN - SECOND)
        call(hub)
        assert len(server.received) == called
        hub.clock.pass_time(SECOND)
    with caplog.at_level(logging.ERROR):
        call(hub)
    page = page_of(agency)
    assert (page.state, page.turn_at) == (PageState.ESCALATED, None)
    [told] = server.to(ALARM_TO)
    assert page.page_id in told.text
    assert agency.id in told.text
    assert f"nobody acknowledged: partner={agency.id} page={page.page_id}" in caplog.text
    hub.clock.pass_time(100 * WITHIN)
    call(hub)
    assert len(server.received) == 4
    assert _kinds(hub) == [Event.PAGE_MAKE, Event.PAGE_ESCALATE]


@pytest.mark.parametrize("turns", [1, 2])
def test_acknowledgement_stops_the_calls(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer, turns: int) -> None:
    hotline.store(urgent_indicator())
    call(hub)
    for _ in range(turns - 1):
        hub.clock.pass_time(WITHIN)
        call(hub)
    acknowledge(hub.exchange, agency.principal, page_of(agency).page_id)
    hub.clock.pass_time(100 * WITHIN)
    call(hub)
    assert len(server.received) == turns
    assert page_of(agency).state is PageState.ACKNOWLEDGED


@on_sqlite
def test_two_partners_are_called_apart(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    other = hub.enrol("Agency B", Role.LAW_ENFORCEMENT)
    add_contacts(other, 2)
    hotline.store(urgent_indicator())
    call(hub)
    acknowledge(hub.exchange, agency.principal, page_of(agency).page_id)
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert [len(server.to(address(agency, number))) for number in (1, 2)] == [1, 0]
    assert [len(server.to(address(other, number))) for number in (1, 2)] == [1, 1]


def test_a_restart_goes_on_where_the_calls_stood(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    hotline.store(urgent_indicator())
    call(hub)
    before = hub.exchange
    hub.exchange = as_seen_by_another_worker(before)
    before.database.dispose()
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert [len(server.to(address(agency, number))) for number in (1, 2, 3)] == [1, 1, 0]
    hub.exchange.database.dispose()
    hub.exchange = before


def test_workers_that_take_turns_at_once_call_each_contact_once(
    hub: Hub, hotline: Member, agency: Member, server: FakeMailServer
) -> None:
    hotline.store(urgent_indicator())
    hub.work()
    at_once(*[lambda: take_turn(hub.exchange)] * 4)
    call(hub)
    assert len(server.received) == 1
    assert page_of(agency).rank == 1


# --- what changes meanwhile -------------------------------------------------------------------------------------------------


def test_who_may_see_it_no_more_is_called_no_more(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    hotline.store(urgent_indicator())
    call(hub)
    agency.agree(harm_types=frozenset({Harm.CSAM}))
    assert records(agency) == []
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert len(server.received) == 1
    assert [one.state for one in all_pages(hub)] == [PageState.ENDED]
    assert _kinds(hub) == [Event.PAGE_MAKE, Event.PAGE_END]
    agency.agree()
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert len(server.received) == 1


def test_what_its_publisher_narrows_calls_no_more(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    value = urgent_indicator()
    hotline.store(value)
    call(hub)
    hotline.store(newer(value, object_marking_refs=[hotline.mark_for(hotline)]))
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert len(server.to(address(agency, 1))) == 1
    assert server.to(address(agency, 2)) == []


@on_sqlite
def test_what_has_expired_calls_no_more(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    mark = hotline.mark(expires_at="2026-03-01T12:10:00Z")
    hotline.store(urgent_indicator(object_marking_refs=[mark]))
    call(hub)
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert len(server.to(address(agency, 1))) == 1
    assert records(agency) == []


@on_sqlite
def test_what_its_owner_withdraws_calls_no_more(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    value = urgent_indicator()
    hotline.store(value)
    call(hub)
    withdraw(hub.exchange, hotline.principal, WithdrawalRequest(value["id"]))
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert [len(server.to(address(agency, number))) for number in (1, 2)] == [1, 0]
    assert records(agency) == []
    assert Event.PAGE_END in _kinds(hub)


@on_sqlite
def test_a_contact_that_is_removed_is_passed_over(hub: Hub, hotline: Member, agency: Member, server: FakeMailServer) -> None:
    hotline.store(urgent_indicator())
    call(hub)
    second = list_contacts(hub.exchange, agency.principal)[1].contact
    remove_contact(hub.exchange, agency.principal, second.contact_id)
    hub.clock.pass_time(WITHIN)
    call(hub)
    assert [len(server.to(address(agency, number))) for number in (1, 2, 3)] == [1, 0, 1]


# --- without a mail server --------------------------------------------------------------------------------------------------


@on_sqlite
def test_without_a_mail_server_pages_are_made_and_go_on_all_the_same(hub: Hub, hotline: Member, agency: Member) -> None:
    connect(hub, None)
    hotline.store(urgent_indicator())
    for called in (1, 2, 3):
        call(hub)
        assert page_of(agency).rank == called
        hub.clock.pass_time(WITHIN)
    call(hub)
    assert page_of(agency).state is PageState.ESCALATED


@on_sqlite
def test_a_mail_server_that_is_set_soon_after_sends_what_still_waits_and_not_what_is_old(
    hub: Hub, hotline: Member, agency: Member
) -> None:
    connect(hub, None)
    hotline.store(urgent_indicator())
    call(hub)
    with mail_server() as server:
        connect(hub, server.relay())
        call(hub)
        assert len(server.received) == 1
        connect(hub, None)
        hotline.store(urgent_indicator())
        call(hub)
        hub.clock.pass_time(timedelta(days=2))
        connect(hub, server.relay())
        call(hub)
        assert len(server.to(address(agency, 1))) == 1


# --- paged is who can read --------------------------------------------------------------------------------------------------


def _somehow(rng: random.Random, words: type[Any]) -> frozenset[Any]:
    return frozenset(rng.sample(list(words), rng.randint(0, len(words))))


def _can_read(member: Member, stix_id: str) -> bool:
    readers = [member.reader(purpose, channel) for purpose in Purpose for channel in Channel]
    return any(stix_id in {one["id"] for one in member.pull(of=reader)[0]} for reader in readers)


@on_sqlite
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.campaign) for seed in range(2, 20))])
def test_who_is_paged_can_read_and_who_can_read_is_paged(hub: Hub, hotline: Member, seed: int) -> None:
    rng = random.Random(seed)
    readers = []
    for number, role in enumerate(rng.choices(list(Role), k=5)):
        terms = {"tlp_ceiling": rng.choice(list(Tlp)), "channels": _somehow(rng, Channel), "purposes": _somehow(rng, Purpose)}
        terms |= {"sensitivities": _somehow(rng, Sensitivity), "harm_types": _somehow(rng, Harm) | {Harm.LIVE_STREAMED_CSA}}
        readers.append(hub.enrol(f"Partner {number}", role, **terms))
        add_contacts(readers[-1])
    named = rng.sample(readers, 2)
    marks = [hotline.mark(hotline.everybody, tlp=rng.choice(["clear", "green", "amber", "red"])), hotline.mark_for(*named)]
    for mark in marks:
        status, sensitivity = rng.choice(["unknown", "may-be-child"]), rng.choice(["behavioural", "identifying"])
        stated = urgent_context(subject_status=status, sensitivity=sensitivity)
        before = {one.page_id for one in all_pages(hub)}
        value = indicator(stated=stated, object_marking_refs=[mark])
        hotline.store(value)
        call(hub)
        paged = {one.partner_id for one in all_pages(hub) if one.page_id not in before}
        assert paged == {one.id for one in readers if _can_read(one, value["id"])}
