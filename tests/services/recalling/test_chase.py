from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.agreement import RecallTerms
from app.domain.errors import NotFoundError
from app.domain.events import Event
from app.domain.object_vocabulary import RecallOutcome
from app.domain.paging import AlarmCode, Mail, MailKind, MailState
from app.domain.vocabulary import Channel, OverdueRecall, Purpose, Tlp
from app.services import do_work
from app.services.do_work import do_next
from app.services.explaining.membership import Membership
from app.services.membership.change_policy import own_terms
from app.services.membership.report_compromise import report_compromise
from app.services.raise_alarm import alarm_counts
from app.services.reading.visible_set import viewer_of
from app.services.recalling import chase
from app.services.recalling.acknowledge import acknowledge
from app.storage import contacts, events, mails
from app.storage.ledger_search import Numbers, Sought, rows_sought
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.policy_values import DAY, SECOND
from tests.factories.recalled import answer_all, answer_to, notices, recalled
from tests.factories.stix_objects import indicator, report
from tests.factories.urgent import add_contacts

STRICT = RecallTerms(48, OverdueRecall.LOSE_ACCESS)


@pytest.fixture
def owner(hub: Hub) -> Member:
    return hub.enrol("Owner")


@pytest.fixture
def reader(hub: Hub) -> Member:
    """Who has two days to answer, and then loses access."""
    member = hub.enrol("Reader", jurisdiction="GB")
    member.agree(recall=STRICT)
    add_contacts(member)
    return member


on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)


def letters(member: Member) -> list[Mail]:
    with member.hub.exchange.database.read() as connection:
        return [one for one in mails.mails_about(connection, [member.id]) if one.kind is MailKind.RECALL]


def happened(hub: Hub, *wanted: Event) -> list[Event]:
    with hub.exchange.database.read() as connection:
        return [one.event for _, one in events.events(connection, 0, 1_000) if one.event in wanted]


def overdue(hub: Hub) -> int:
    return alarm_counts(hub.exchange, hub.operator)[AlarmCode.RECALL_OVERDUE]


@on_sqlite
def test_whoever_does_not_answer_is_reminded_and_then_the_operators_are_alarmed(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(owner, reader)
    hub.clock.pass_time(DAY - SECOND)
    hub.work()
    assert letters(reader) == []
    hub.clock.pass_time(SECOND)
    hub.work()
    with hub.exchange.database.read() as connection:
        wanted = {one.contact_id for one in contacts.contacts(connection, reader.id)}
    assert {one.contact_id for one in letters(reader)} == wanted
    assert overdue(hub) == 0
    hub.clock.pass_time(DAY)
    hub.work()
    assert (overdue(hub), len(letters(reader))) == (1, len(wanted)), "those that wait to be sent say it all"
    hub.clock.pass_time(30 * DAY)
    hub.work()
    assert overdue(hub) == 1
    assert happened(hub, Event.RECALL_REMIND, Event.RECALL_OVERDUE) == [Event.RECALL_REMIND, Event.RECALL_OVERDUE]


@on_sqlite
def test_whoever_answers_in_time_is_left_alone(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(owner, reader)
    answer_all(hub, reader)
    hub.clock.pass_time(30 * DAY)
    hub.work()
    assert (letters(reader), overdue(hub)) == ([], 0)


@on_sqlite
def test_what_is_opened_again_is_chased_again(hub: Hub, owner: Member, reader: Member) -> None:
    from app.domain.object_vocabulary import RecallAct  # noqa: PLC0415  # here alone

    recalled(owner, reader, act=RecallAct.DELETE)
    answer_all(hub, reader)
    hub.clock.pass_time(SECOND)
    [record] = notices(reader)
    loose = answer_to(reader, record, RecallOutcome.STOPPED_USING)
    acknowledge(hub.exchange, reader.principal, record.sent.notice_id, loose)
    hub.clock.pass_time(3 * DAY)
    hub.work()
    assert overdue(hub) == 1


@on_sqlite
def test_what_was_held_is_asked_about_when_its_day_has_come(hub: Hub, owner: Member, reader: Member) -> None:
    kept = indicator()
    owner.store(kept)
    recalled(owner, reader)
    answer_all(hub, reader, RecallOutcome.HELD)  # for 90 days
    hub.clock.pass_time(90 * DAY - SECOND)
    hub.work()
    assert (notices(reader, only_open=True), letters(reader)) == ([], [])
    hub.clock.pass_time(SECOND)
    hub.work()
    [record] = notices(reader, only_open=True)
    assert (record.addressee.due_at, record.is_late) == (hub.clock.now + 2 * DAY, False)
    assert letters(reader)
    assert sees(reader, kept["id"])
    hub.clock.pass_time(2 * DAY)
    assert not sees(reader, kept["id"])
    hub.work()
    assert (overdue(hub), notices(reader)[0].is_late) == (1, True)
    answer_all(hub, reader)
    assert sees(reader, kept["id"])


@on_sqlite
def test_what_is_held_for_longer_is_asked_about_later(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(owner, reader)
    answer_all(hub, reader, RecallOutcome.HELD)
    hub.clock.pass_time(DAY)
    [record] = notices(reader)
    acknowledge(hub.exchange, reader.principal, record.sent.notice_id, answer_to(reader, record, RecallOutcome.HELD))
    hub.clock.pass_time(89 * DAY)
    hub.work()
    assert notices(reader, only_open=True) == []
    hub.clock.pass_time(DAY)
    hub.work()
    assert len(notices(reader, only_open=True)) == 1


@on_sqlite
def test_who_lost_access_is_told_by_which_notice_and_its_ledger_names_the_agreement(
    hub: Hub, owner: Member, reader: Member
) -> None:
    recalled(owner, reader)
    own = indicator()
    reader.store(own)
    assert own_terms(hub.exchange, reader.principal).overdue == ()
    [record] = notices(reader)
    hub.clock.now = record.addressee.due_at
    reader.look_up(own["id"])
    assert own_terms(hub.exchange, reader.principal).overdue == ((record.sent.notice_id, record.addressee.due_at),)
    with hub.exchange.database.read() as connection:
        rows = rows_sought(connection, Sought(), Numbers(0, 100, 100))
    assert {one.disclosure.agreement_version for one in rows} == {own_terms(hub.exchange, reader.principal).agreement.version}
    reader.agree()
    assert own_terms(hub.exchange, reader.principal).overdue == (), "it loses nothing by this agreement"


def sees(member: Member, stix_id: str, **as_: Any) -> bool:
    try:
        member.look_up(stix_id, **as_)
    except NotFoundError:
        return False
    return True


def test_who_is_late_sees_nothing_of_others_until_it_answers(hub: Hub, owner: Member, reader: Member) -> None:
    kept, own = indicator(), indicator()
    owner.store(kept)
    reader.store(own)
    recalled(owner, reader)
    _, cursor = reader.pull()
    [record] = notices(reader)
    hub.clock.now = record.addressee.due_at - timedelta(microseconds=1)
    assert sees(reader, kept["id"])
    hub.clock.now = record.addressee.due_at
    assert not sees(reader, kept["id"])
    for stix_id in (own["id"], record.sent.notice_id):
        assert sees(reader, stix_id)
    assert [one["id"] for one in reader.pull(of=reader.reader(Purpose.AUDIT, Channel.TAXII))[0]] == [
        own["id"],
        record.sent.notice_id,
    ]
    late = indicator()
    owner.store(late)
    assert reader.pull(cursor)[0] == []
    acknowledge(hub.exchange, reader.principal, record.sent.notice_id, answer_to(reader, record))
    assert sees(reader, kept["id"])
    hub.work()
    found, cursor = reader.pull(cursor)
    assert {one["id"] for one in found} == {kept["id"], late["id"]}
    assert reader.pull(cursor)[0] == []


@on_sqlite
def test_what_is_explained_of_who_is_late_is_what_it_is_given(hub: Hub, owner: Member, reader: Member) -> None:
    owner.store(indicator())
    recalled(owner, reader)
    with hub.exchange.database.read() as connection:
        for days, late in ((1, False), (2, True)):
            who = Membership.load(connection, hub.clock.now + days * DAY).members[reader.id].viewer
            assert who == viewer_of(connection, reader.partner, Tlp.RED, hub.clock.now + days * DAY)
            assert who.recall_overdue is late


@on_sqlite
def test_the_loss_is_the_agreements_to_say(hub: Hub, owner: Member, reader: Member) -> None:
    kept = indicator()
    owner.store(kept)
    reader.agree()
    recalled(owner, reader)
    hub.clock.pass_time(30 * DAY)
    assert sees(reader, kept["id"])
    reader.agree(recall=STRICT)
    assert not sees(reader, kept["id"])


@on_sqlite
def test_a_second_recall_is_due_at_its_own_time(hub: Hub, owner: Member, reader: Member) -> None:
    kept = indicator()
    owner.store(kept)
    recalled(owner, reader)
    hub.clock.pass_time(DAY)
    recalled(owner, reader)
    answer_all_but_the_last(hub, reader)
    hub.clock.pass_time(DAY)
    assert sees(reader, kept["id"])
    hub.clock.pass_time(DAY)
    assert not sees(reader, kept["id"])


@on_sqlite
def test_a_second_recall_to_the_same_readers_ends_their_visible_sets_too(hub: Hub, owner: Member, reader: Member) -> None:
    kept = indicator()
    owner.store(kept)
    recalled(owner, reader)
    answer_all(hub, reader)
    assert sees(reader, kept["id"])
    recalled(owner, reader)  # its notice is of the class of the first one, so that no new class has anybody evaluated
    assert sees(reader, kept["id"])
    hub.clock.now = notices(reader)[-1].addressee.due_at
    assert not sees(reader, kept["id"])


def answer_all_but_the_last(hub: Hub, member: Member) -> None:
    for record in notices(member)[:-1]:
        acknowledge(hub.exchange, member.principal, record.sent.notice_id, answer_to(member, record))


@on_sqlite
def test_who_is_late_shakes_off_nothing_that_narrows_its_reports(hub: Hub, owner: Member, reader: Member) -> None:
    third = hub.enrol("Third")
    named = owner.mark_for(reader)
    secret = indicator(object_marking_refs=[named])
    owner.store(secret)
    recalled(owner, reader)
    hub.clock.pass_time(30 * DAY)
    about = report([secret["id"]])
    reader.store(about)
    assert not sees(third, about["id"])


@on_sqlite
def test_a_stolen_keys_recall_is_answered_and_chased_as_any(hub: Hub, owner: Member, reader: Member) -> None:
    stolen = owner.add_key()
    value = indicator()
    owner.submit(owner.sign(value, stolen), sign=False)
    reader.pull()
    report_compromise(hub.exchange, owner.principal, stolen.public.keyid, hub.clock.now - DAY)
    hub.work()
    hub.clock.pass_time(2 * DAY)
    hub.work()
    assert overdue(hub) == 1
    answer_all(hub, reader)
    assert notices(reader, only_open=True) == []


def test_two_workers_chase_once(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(owner, reader)
    hub.clock.pass_time(3 * DAY)
    workers = [hub.exchange, as_seen_by_another_worker(hub.exchange)]
    try:
        for _ in range(4):
            ends = at_once(*(lambda each=each: do_next(each) for each in workers))  # type: ignore[misc]  # a default binds it
            assert all(isinstance(end, bool) for end in ends), ends
    finally:
        workers[1].database.dispose()
    assert overdue(hub) == 1


@on_sqlite
def test_a_step_that_fails_is_done_again_once(hub: Hub, owner: Member, reader: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    recalled(owner, reader)
    hub.clock.pass_time(3 * DAY)

    def stop(*_: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(chase.notices, "keep_chased", stop)
        with pytest.raises(OSError, match="killed"):
            hub.work()
    assert (overdue(hub), letters(reader)) == (0, [])
    hub.clock.pass_time(DAY)
    hub.work()
    assert overdue(hub) == 1
    assert chase.chase_recalls in do_work.KINDS.values()
    assert {one.state for one in letters(reader)} == {MailState.WAITING}
