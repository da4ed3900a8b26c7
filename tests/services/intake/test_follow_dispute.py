"""Who is given what is disputed is told, as long as it is disputed, and no longer."""

from __future__ import annotations

import json
from datetime import timedelta

from app.domain.agreement import RecallTerms
from app.domain.object_vocabulary import RecallAct, RecallKind
from app.domain.vocabulary import OverdueRecall
from app.services.checking.check_log import check_log
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.reading.pull import Filters, PageRequest, Place, pull_page
from app.services.recalling.look_up_notices import NoticesAsked, list_notices
from app.storage.feed import feeds_read
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer
from tests.services.intake.test_settle_feedback import dispute

SOON = timedelta(minutes=11)


def marks(member: Member) -> list[bool]:
    return [not one.get("revoked", False) for one in member.pull()[0] if one["type"] == "recall-notice"]


def test_one_dispute_ends_and_another_stands(hub: Hub) -> None:
    owner, first, second, reader = (hub.enrol(name) for name in ("Owner", "First", "Second", "Reader"))
    value = indicator()
    owner.store(value)
    reader.pull()
    said = [dispute(value["id"]), dispute(value["id"])]
    first.store(said[0])
    second.store(said[1])
    hub.work()
    first.store(newer(said[0], revoked=True))
    hub.clock.pass_time(SOON)
    hub.work()
    assert marks(reader) == [True]
    second.store(newer(said[1], revoked=True))
    hub.work()
    assert marks(reader) == [True, False]
    hub.clock.pass_time(SOON)
    hub.work()
    assert marks(reader) == [True, False]


def test_a_dispute_that_ends_before_anybody_was_told_is_told_and_ended(hub: Hub) -> None:
    owner, giver, reader = (hub.enrol(name) for name in ("Owner", "Giver", "Reader"))
    value = indicator()
    owner.store(value)
    reader.pull()
    said = dispute(value["id"])
    giver.store(said)
    giver.store(newer(said, revoked=True))
    hub.work()
    hub.clock.pass_time(SOON)
    hub.work()
    assert marks(reader) == [True, False]


def test_what_is_withdrawn_is_disputed_no_more(hub: Hub) -> None:
    owner, giver, reader = (hub.enrol(name) for name in ("Owner", "Giver", "Reader"))
    value = indicator()
    owner.store(value)
    reader.pull()
    giver.store(dispute(value["id"]))
    hub.work()
    withdraw(hub.exchange, owner.principal, WithdrawalRequest(value["id"]))
    hub.clock.pass_time(SOON)
    hub.work()
    notices = [one for one in reader.pull()[0] if one["type"] == "recall-notice"]
    assert sorted((one["reason"], one.get("revoked", False)) for one in notices) == [
        ("contested", False),
        ("contested", True),
        ("withdrawn", False),
    ]


def test_what_is_kept_of_a_dispute_agrees_with_the_log_until_its_end_and_after(hub: Hub) -> None:
    owner, giver, reader = (hub.enrol(name) for name in ("Owner", "Giver", "Reader"))
    value = indicator()
    owner.store(value)
    reader.pull()
    said = dispute(value["id"])
    giver.store(said)
    hub.work()
    assert check_log(hub.exchange).findings == ()
    giver.store(newer(said, revoked=True))
    hub.work()
    assert check_log(hub.exchange).findings == ()


def test_a_notice_of_a_dispute_is_answered_like_one_of_a_contest_and_costs_nobody_access(hub: Hub) -> None:
    owner, giver, reader = (hub.enrol(name) for name in ("Owner", "Giver", "Reader"))
    reader.agree(recall=RecallTerms(acknowledge_within_hours=1, overdue=OverdueRecall.LOSE_ACCESS))
    value = indicator()
    owner.store(value)
    reader.pull()
    giver.store(dispute(value["id"]))
    hub.work()
    hub.clock.pass_time(timedelta(days=2))
    hub.work()
    assert value["id"] in {one["id"] for one in reader.pull()[0]}
    [asked] = list_notices(hub.exchange, reader.principal, NoticesAsked()).notices
    assert (asked.recall.kind, asked.recall.act) == (RecallKind.DISPUTE, RecallAct.REVIEW)


def test_whoever_was_given_it_in_a_group_finds_the_notice_and_its_end_in_that_group(hub: Hub) -> None:
    owner, giver, reader = (hub.enrol(name) for name in ("Owner", "Giver", "Reader"))
    group_id = make_group(hub, owner, giver, readers=[reader])
    value = indicator()
    owner.submit(value, group_id=group_id)
    feed = _feed(hub, reader)
    pull_page(hub.exchange, reader.reader(), PageRequest(Filters(), None, 100, feed))
    said = dispute(value["id"])
    giver.submit(said, group_id=group_id)
    hub.work()
    giver.submit(newer(said, revoked=True), group_id=group_id)
    hub.work()
    page = pull_page(hub.exchange, reader.reader(), PageRequest(Filters(types=frozenset({"recall-notice"})), None, 100, feed))
    assert [json.loads(one).get("revoked", False) for one in page.objects] == [False, True]


def _feed(hub: Hub, member: Member) -> Place:
    with hub.exchange.database.read() as connection:
        [one] = feeds_read(connection, member.id)
    return Place(one.number, one.from_generation, "group")
