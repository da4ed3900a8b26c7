from __future__ import annotations

import json
import random
import uuid
from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from app.domain.errors import NotFoundError
from app.domain.events import Event
from app.domain.vocabulary import Channel, PartnerState, Purpose, Role, Tlp
from app.services import do_work
from app.services.do_work import do_next
from app.services.intake import notify_recall, recall_notice
from app.services.intake.call_back import NOTIFY_RECALL
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.enrol_partner import change_state
from app.services.reading.pull import Filters, PageRequest, Place, Reader, list_versions, pull_page
from app.storage import members, work
from app.storage.counter import save_order, take_order_lock
from app.storage.tables import (
    disclosure,
    event,
    group_member,
    group_posting,
    log_leaf,
    object_version,
    recall,
    sharing_group,
)
from app.storage.tables import work as work_table
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import CREATED, context, indicator, newer, report

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
"""For what the services alone decide."""
SECOND = "2026-01-06T10:00:00.000Z"


@pytest.fixture
def owner(hub: Hub) -> Member:
    return hub.enrol("Owner")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("Reader")


@pytest.fixture
def stranger(hub: Hub) -> Member:
    """Who might have read it, and never did."""
    return hub.enrol("Stranger")


def withdrawn(owner: Member, stix_id: str) -> None:
    withdraw(owner.hub.exchange, owner.principal, WithdrawalRequest(stix_id))


def notices(member: Member, **page: Any) -> list[dict[str, Any]]:
    return [one for one in member.pull(**page)[0] if one["type"] == "recall-notice"]


def named(notice: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["stix_id"], one["version"]) for one in notice["recalled"]]


def recalled(hub: Hub, owner: Member, *readers: Member, **changes: Any) -> dict[str, Any]:
    """Store an object, let these read it, withdraw it, and tell them."""
    one = indicator(**changes)
    owner.store(one)
    for each in readers:
        each.look_up(one["id"])
    withdrawn(owner, one["id"])
    hub.work()
    return one


# --- who is told ----------------------------------------------------------------------------------------------------------------


def test_who_was_given_a_version_is_told_and_nobody_else(hub: Hub, owner: Member, reader: Member, stranger: Member) -> None:
    one = indicator()
    owner.store(one, newer(one, SECOND))
    other = indicator()
    owner.store(other)
    stranger.look_up(other["id"])
    reader.look_up(one["id"])
    withdrawn(owner, one["id"])
    assert notices(reader) == []
    hub.work()
    [notice] = notices(reader)
    assert named(notice) == [(one["id"], SECOND)]
    assert notices(stranger) == notices(owner) == []
    for member in (owner, stranger):
        with pytest.raises(NotFoundError):
            member.look_up(notice["id"])


def test_a_notice_is_found_like_any_version(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator(stated=context(harm_types=["csam"]))
    owner.store(one)
    _, cursor = reader.pull()
    withdrawn(owner, one["id"])
    hub.work()
    [notice], cursor = reader.pull(cursor)
    assert reader.pull(cursor)[0] == []
    assert reader.look_up(notice["id"]) == [notice]
    [version] = list_versions(hub.exchange, reader.reader(), notice["id"])
    assert (version.owner_id, version.version) == (owner.id, notice["modified"])
    assert reader.pull(types=frozenset({"recall-notice"}))[0] == [notice]
    assert reader.pull(facets=(("harm", frozenset({"csam"})),))[0] == [notice]
    assert reader.pull(facets=(("harm", frozenset({"live-streamed-csa"})),))[0] == []
    with hub.exchange.database.read() as connection:
        of_objects = select(func.count()).select_from(log_leaf).where(log_leaf.c.kind == LeafKind.OBJECT_VERSION)
        leaves = connection.execute(of_objects).scalar_one()
        assert leaves == connection.execute(select(func.count()).select_from(object_version)).scalar_one()


def test_whatever_a_recipients_policy_is_now_it_is_told(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    reader.look_up(one["id"])
    reader.agree(purposes=frozenset(), channels=frozenset(), harm_types=frozenset(), tlp_ceiling=Tlp.CLEAR)
    withdrawn(owner, one["id"])
    hub.work()
    assert reader.sees(of=reader.reader(Purpose.AUDIT, Channel.TAXII)) != []
    modest = reader.with_ceiling(reader.reader(Purpose.AUDIT, Channel.REST), Tlp.CLEAR)
    assert [one["type"] for one in reader.pull(of=modest)[0]] == ["recall-notice"]


@on_sqlite
def test_whose_agreement_ended_is_told(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    reader.agree(ends_at=hub.clock.now + DAY)
    reader.look_up(one["id"])
    hub.clock.pass_time(2 * DAY)
    withdrawn(owner, one["id"])
    hub.work()
    assert [named(notice) for notice in notices(reader)] == [[(one["id"], CREATED)]]


@on_sqlite
def test_a_suspended_recipient_is_told_when_it_is_let_in_again(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    _, cursor = reader.pull()
    change_state(hub.exchange, hub.operator, reader.id, PartnerState.SUSPENDED)
    withdrawn(owner, one["id"])
    hub.work()
    hub.reactivate(reader.id)
    hub.work()
    assert [named(notice) for notice in notices(reader, cursor=cursor)] == [[(one["id"], CREATED)]]


@on_sqlite
def test_a_partner_that_looks_from_elsewhere_later_is_told_there_too(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(hub, owner, reader)
    for purpose in (Purpose.AUDIT, Purpose.INVESTIGATION):
        assert len(notices(reader, of=reader.reader(purpose, Channel.TAXII))) == 1


@on_sqlite
def test_each_recipient_is_told_of_exactly_what_it_was_given(hub: Hub, owner: Member, reader: Member, stranger: Member) -> None:
    one = indicator()
    owner.store(one)
    reader.look_up(one["id"])
    owner.store(newer(one, SECOND))
    stranger.look_up(one["id"])
    withdrawn(owner, one["id"])
    hub.work()
    assert [named(notice) for notice in notices(reader)] == [[(one["id"], CREATED)]]
    assert [named(notice) for notice in notices(stranger)] == [[(one["id"], SECOND)]]


@on_sqlite
def test_who_was_given_the_same_shares_a_notice(hub: Hub, owner: Member, reader: Member, stranger: Member) -> None:
    recalled(hub, owner, reader, stranger)
    assert notices(reader) == notices(stranger)
    assert len(notices(reader)) == 1


@on_sqlite
def test_without_recipients_nobody_is_told_and_it_is_done(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(hub, owner, owner)
    assert notices(owner) == notices(reader) == []
    with hub.exchange.database.read() as connection:
        assert connection.execute(select(recall.c.notified_at)).scalar_one() == hub.clock.now
        codes = select(event.c.code).where(event.c.event == Event.OBJECT_WITHDRAW)
        assert connection.execute(codes).scalars().all() == ["withdrawn", "told-0"]


@on_sqlite
def test_what_refers_to_a_notice_is_its_authors_and_the_withdrawing_owners_alone(
    hub: Hub, owner: Member, reader: Member, stranger: Member
) -> None:
    recalled(hub, owner, reader, stranger)
    [notice] = notices(reader)
    about = report([notice["id"]])
    reader.store(about)
    assert owner.look_up(about["id"])
    assert reader.look_up(about["id"])
    with pytest.raises(NotFoundError):
        stranger.look_up(about["id"])


@on_sqlite
def test_more_than_a_notice_holds_is_told_by_several(
    hub: Hub, owner: Member, reader: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify_recall, "MOST_RECALLED", 2)
    one = indicator()
    later = [newer(one, f"2026-02-0{day}T10:00:00.000Z") for day in range(1, 5)]
    owner.store(one, *later)
    reader.pull()
    withdrawn(owner, one["id"])
    hub.work()
    told = [version for notice in notices(reader) for _, version in named(notice)]
    assert told == [CREATED, *(value["modified"] for value in later)]
    assert [len(notice["recalled"]) for notice in notices(reader)] == [2, 2, 1]


# --- the work -------------------------------------------------------------------------------------------------------------------


def test_the_ledger_is_looked_through_in_pieces_and_nothing_is_passed_over(
    hub: Hub, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify_recall, "_ROWS_AT_ONCE", 3)
    readers = [hub.enrol(f"Reader {number}") for number in range(5)]
    dice = random.Random(4)
    one, others = indicator(), [indicator() for _ in range(3)]
    owner.store(one, *others)
    for _ in range(4):
        for each in dice.sample(readers, 4):
            each.look_up(dice.choice([one, *others])["id"])
    readers[0].look_up(one["id"])
    with hub.exchange.database.read() as connection:
        ledger = connection.execute(select(func.count()).select_from(disclosure)).scalar_one()
    hub.work()
    withdrawn(owner, one["id"])
    assert hub.work() == 1 + -(-ledger // 3) + 1
    _agrees_with_the_ledger(hub, owner, readers, {one["id"]})


def _agrees_with_the_ledger(hub: Hub, owner: Member, readers: list[Member], gone: set[str]) -> None:
    """Compare whom the notices name as told with a plain look through the whole ledger."""
    from app.services.ledger.look_up_disclosures import own_disclosures  # noqa: PLC0415  # here alone

    given: dict[str, set[tuple[str, str]]] = defaultdict(set)
    page = own_disclosures(hub.exchange, owner.principal, None, None, 10_000)
    for row in page.rows:
        given[row.recipient_id] |= {version for version in row.versions if version[0] in gone}
    for each in readers:
        told = [version for notice in notices(each) for version in named(notice)]
        assert len(told) == len(set(told))
        assert set(told) == given[each.id], each.partner.name


@pytest.mark.parametrize(
    ("hub", "seed"),
    [
        ("sqlite", 0),
        ("postgresql", 1),
        *(pytest.param(kind, seed, marks=pytest.mark.campaign) for kind in ("sqlite", "postgresql") for seed in range(2, 10)),
    ],
    indirect=["hub"],
)
def test_after_any_history_exactly_those_are_told_whom_the_ledger_names(hub: Hub, owner: Member, seed: int) -> None:
    dice = random.Random(seed)
    readers = [hub.enrol(f"Reader {number}", dice.choice([Role.PLATFORM, Role.HOTLINE])) for number in range(4)]
    stored: list[dict[str, Any]] = []
    gone: set[str] = set()
    cursors: dict[str, str | None] = {}
    for step in range(30):
        reader = dice.choice(readers)
        act = dice.randrange(6)
        if act == 0 or not stored:
            marks = [owner.mark_for(*dice.sample(readers, 2))] if dice.random() < 0.5 else []
            one = indicator(**({"object_marking_refs": marks} if marks else {}))
            owner.store(one)
            stored.append(one)
        elif act == 1:
            one = dice.choice(stored)
            owner.store(newer(one, f"2026-02-01T10:{step:02}:00.000Z"))
        elif act == 2 and len(gone) < 4:
            one = stored.pop(dice.randrange(len(stored)))
            withdrawn(owner, one["id"])
            gone.add(one["id"])
        elif act == 3:
            do_next(hub.exchange)
        else:
            _, cursors[reader.id] = reader.pull(cursors.get(reader.id), limit=dice.choice([1, 100]))
    hub.work()
    _agrees_with_the_ledger(hub, owner, readers, gone)


def test_a_step_that_fails_is_done_again_and_tells_nobody_twice(
    hub: Hub, owner: Member, reader: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = indicator()
    owner.store(one)
    reader.look_up(one["id"])
    withdrawn(owner, one["id"])
    while not _is_looked_through(hub):
        do_next(hub.exchange)
    with monkeypatch.context() as broken:
        broken.setattr(notify_recall.recalls, "keep_notified", _stop)
        with pytest.raises(OSError, match="killed"):
            do_next(hub.exchange)
    assert notices(reader) == []
    hub.clock.pass_time(DAY)
    hub.work()
    assert len(notices(reader)) == 1


def _stop(*_: object) -> None:
    raise OSError("killed")


def _is_looked_through(hub: Hub) -> bool:
    with hub.exchange.database.read() as connection:
        row = connection.execute(select(recall)).one()
    return row.look_to is not None and row.looked_to >= row.look_to


def test_two_workers_tell_everybody_once(hub: Hub, owner: Member, reader: Member, stranger: Member) -> None:
    one = indicator()
    owner.store(one, newer(one, SECOND))
    reader.pull()
    stranger.look_up(one["id"])
    withdrawn(owner, one["id"])
    workers = [hub.exchange, as_seen_by_another_worker(hub.exchange)]
    try:
        for _ in range(6):
            ends = at_once(*(lambda each=each: do_next(each) for each in workers))  # type: ignore[misc]  # a default binds it
            assert all(isinstance(end, bool) for end in ends), ends
    finally:
        workers[1].database.dispose()
    assert (len(notices(reader)), len(notices(stranger))) == (1, 1)


@on_sqlite
def test_doing_it_again_after_all_were_told_changes_nothing(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(hub, owner, reader)
    with hub.exchange.database.write() as connection:
        again = notify_recall.notify_recall(hub.exchange.keys.statements, connection, {"recall_id": 1}, hub.clock.now)
    assert again is None
    assert len(notices(reader)) == 1


@on_sqlite
def test_the_notices_name_the_exchange_as_their_author(hub: Hub, owner: Member, reader: Member) -> None:
    recalled(hub, owner, reader)
    with hub.exchange.database.read() as connection:
        home = members.this_exchange(connection)
    [notice] = notices(reader)
    assert notice["created_by_ref"] == home.identity_id
    assert notice["type"] == recall_notice.TYPE
    assert NOTIFY_RECALL in do_work.SIGNING_KINDS


# --- groups ---------------------------------------------------------------------------------------------------------------------


def group_of(hub: Hub, feed: int, *readers: Member) -> None:
    """Make a group with these readers, whose feed has everything that is stored by now."""
    group_id = str(uuid.uuid4())
    with hub.exchange.database.write() as connection:
        order = take_order_lock(connection)
        now = hub.clock.now
        group = {"group_id": group_id, "feed": feed, "title": f"Group {feed}", "description": "", "created_at": now}
        connection.execute(insert(sharing_group).values(group | {"shares_history": True, "generation": 4}))
        for one in readers:
            member = {"group_id": group_id, "partner_id": one.id, "can_read": True, "can_write": False, "joined_at": now}
            connection.execute(insert(group_member).values(member | {"from_generation": 0}))
        for version_id in connection.execute(select(object_version.c.version_id)).scalars().all():
            position, added_at = order.next_position(now)
            posting = {"feed": feed, "version_id": version_id, "generation": 1, "position": position, "added_at": added_at}
            connection.execute(insert(group_posting).values(posting))
        save_order(connection, order)


def in_group(member: Member, feed: int, *, of: Reader | None = None) -> list[dict[str, Any]]:
    request = PageRequest(Filters(), None, 100, Place(feed, name=f"group {feed}"))
    page = pull_page(member.hub.exchange, of or member.reader(), request)
    return [json.loads(one) for one in page.objects]


def test_in_a_groups_feed_those_are_told_whom_it_had_told(hub: Hub, owner: Member, reader: Member, stranger: Member) -> None:
    one = indicator()
    owner.store(one)
    group_of(hub, 3, reader, stranger)
    group_of(hub, 4, reader, stranger)
    assert [value["id"] for value in in_group(reader, 3)] == [one["id"]]
    assert [value["id"] for value in in_group(reader, 4)] == [one["id"]]
    assert [value["id"] for value in stranger.pull()[0]] == [one["id"]]
    assert [value["id"] for value in in_group(stranger, 4)] == [one["id"]]
    withdrawn(owner, one["id"])
    assert in_group(reader, 3) == in_group(reader, 4) == []
    hub.work()
    [told] = notices(reader)
    assert in_group(reader, 3) == in_group(reader, 4) == [told]
    assert in_group(stranger, 3) == []
    assert in_group(stranger, 4) == notices(stranger) != [told]
    assert in_group(reader, 3, of=reader.reader(Purpose.AUDIT, Channel.TAXII)) == [told]


@on_sqlite
def test_who_left_a_group_is_told_in_its_own_feed(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    group_of(hub, 3, reader)
    assert in_group(reader, 3) != []
    with hub.exchange.database.write() as connection:
        connection.execute(delete(group_member))
        connection.execute(update(sharing_group).values(deleted_at=hub.clock.now))
    withdrawn(owner, one["id"])
    hub.work()
    assert [named(notice) for notice in notices(reader)] == [[(one["id"], CREATED)]]


# --- whatever became of the work ------------------------------------------------------------------------------------------------


@on_sqlite
def test_a_start_takes_up_what_was_given_up(hub: Hub, owner: Member, reader: Member) -> None:
    value = indicator()
    owner.store(value)
    reader.look_up(value["id"])
    hub.work()
    withdrawn(owner, value["id"])
    with hub.exchange.database.write() as connection:
        connection.execute(update(work_table).where(work_table.c.kind == NOTIFY_RECALL).values(state="dead"))
    hub.work()
    assert notices(reader) == []
    for _ in range(2):
        do_work.ensure_periodic_work(hub.exchange)
    hub.work()
    assert len(notices(reader)) == 1


def test_two_tasks_of_one_recall_tell_everybody_once(hub: Hub, owner: Member, reader: Member) -> None:
    value = indicator()
    owner.store(value)
    reader.look_up(value["id"])
    hub.work()
    withdrawn(owner, value["id"])
    with hub.exchange.database.write() as connection:
        work.add_work(connection, NOTIFY_RECALL, {"recall_id": 1}, hub.clock.now)
    workers = [hub.exchange, as_seen_by_another_worker(hub.exchange)]
    try:
        for _ in range(5):
            at_once(*(lambda each=each: do_next(each) for each in workers))  # type: ignore[misc]  # a default binds it
    finally:
        workers[1].database.dispose()
    hub.clock.pass_time(DAY)
    hub.work()
    assert len(notices(reader)) == 1
