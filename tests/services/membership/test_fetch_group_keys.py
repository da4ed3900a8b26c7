"""Who is given the keys of a group, and who has the next one begin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, ReadOnlyError
from app.domain.events import Event
from app.domain.group_key import EpochCause
from app.domain.partner import Principal
from app.domain.read_only import ReadOnlyReason
from app.services.answer_once import key_use
from app.services.membership.fetch_group_keys import Rotation, fetch_group_keys, rotate_group_key
from app.services.membership.keep_groups import NewMember, put_member
from app.storage import events, group_keys
from app.storage.counter import set_read_only
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member

MINUTE = timedelta(minutes=1)


def rotate(hub: Hub, principal: Principal, group_id: str, epoch_days: int | None = None) -> str:
    return rotate_group_key(hub.exchange, principal, group_id, Rotation(epoch_days)).key.epoch


def test_members_that_read_are_given_one_key_and_each_fetch_is_an_event_and_counted(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, readers=[other])
    mine = fetch_group_keys(quick_hub.exchange, publisher.principal, group_id)
    for _ in range(2):
        assert fetch_group_keys(quick_hub.exchange, other.principal, group_id) == mine
    assert "bwtk_" not in repr(mine)
    assert mine.ends_at == quick_hub.clock.now + timedelta(days=90)
    with quick_hub.exchange.database.read() as connection:
        assert group_keys.fetches(connection, group_id) == {1: {publisher.id: 1, other.id: 2}}
        told = [one for _, one in events.events(connection, 0, 10_000) if one.event is Event.GROUP_KEY_FETCH]
    assert [(one.partner_id, one.subject) for one in told] == [
        (publisher.id, group_id),
        (other.id, group_id),
        (other.id, group_id),
    ]
    assert all(one.credential_id for one in told)


@pytest.mark.parametrize("is_marked", [True, False])
def test_while_nothing_is_taken_in_members_fetch_what_there_is_and_no_epoch_begins(
    quick_hub: Hub, publisher: Member, *, is_marked: bool
) -> None:
    with_key, without = (make_group(quick_hub, publisher, title=one) for one in ("With a key", "Without a key"))
    before = fetch_group_keys(quick_hub.exchange, publisher.principal, with_key)
    quick_hub.clock.now += timedelta(days=91)
    database = quick_hub.exchange.database
    if is_marked:
        with database.write() as connection:
            set_read_only(connection, ReadOnlyReason.LOG_BEHIND)
    else:
        database.read_only = ReadOnlyReason.LOG_BEHIND
    assert fetch_group_keys(quick_hub.exchange, publisher.principal, with_key).keys == before.keys
    with database.read() as connection:
        assert group_keys.fetches(connection, with_key) == {1: {publisher.id: 2}}
    with pytest.raises(ReadOnlyError):
        fetch_group_keys(quick_hub.exchange, publisher.principal, without)
    database.read_only = None


def test_who_writes_only_and_who_manages_only_is_given_none_and_for_others_there_is_no_group(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, writers=[other], by=publisher)
    for member in (publisher, other):
        with pytest.raises(ForbiddenError):
            fetch_group_keys(quick_hub.exchange, member.principal, group_id)
    stranger = quick_hub.enrol("Platform C")
    for unknown in (group_id, "nonsense"):
        with pytest.raises(NotFoundError):
            fetch_group_keys(quick_hub.exchange, stranger.principal, unknown)
        with pytest.raises(NotFoundError):
            rotate(quick_hub, stranger.principal, unknown)
    with pytest.raises(ForbiddenError):
        fetch_group_keys(quick_hub.exchange, quick_hub.operator, group_id)
    with quick_hub.exchange.database.read() as connection:
        assert group_keys.keys_of(connection, group_id) == [], "who is refused brings nothing about"


def test_whoever_manages_has_the_next_begin_and_says_how_long_each_lasts(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, other, by=publisher)
    first = rotate(quick_hub, publisher.principal, group_id)
    [given] = fetch_group_keys(quick_hub.exchange, other.principal, group_id).keys
    assert (given.key.epoch, given.key.cause) == (first, EpochCause.REQUEST)
    with pytest.raises(ForbiddenError):
        rotate(quick_hub, other.principal, group_id)
    quick_hub.clock.pass_time(9 * MINUTE)
    with pytest.raises(ConflictError):
        rotate(quick_hub, publisher.principal, group_id)
    quick_hub.clock.pass_time(MINUTE)
    second = rotate(quick_hub, publisher.principal, group_id, 30)
    found = fetch_group_keys(quick_hub.exchange, other.principal, group_id)
    assert [one.key.epoch for one in found.keys] == [second, first]
    assert (found.epoch_days, found.ends_at) == (30, quick_hub.clock.now + timedelta(days=30))


def test_operators_rotate_in_any_group_and_choose_the_length_in_their_own(quick_hub: Hub, publisher: Member) -> None:
    group_id = make_group(quick_hub, publisher, by=publisher)
    rotate(quick_hub, quick_hub.operator, group_id)
    with pytest.raises(ForbiddenError):
        rotate(quick_hub, quick_hub.operator, group_id, 30)
    own = make_group(quick_hub, publisher)
    rotate(quick_hub, quick_hub.operator, own, 30)
    assert fetch_group_keys(quick_hub.exchange, publisher.principal, own).epoch_days == 30


def test_under_one_idempotency_key_one_epoch_begins(quick_hub: Hub, publisher: Member) -> None:
    group_id = make_group(quick_hub, publisher, by=publisher)
    use = key_use(publisher.principal, "rotation", "once", b"{}")
    begun = {rotate_group_key(quick_hub.exchange, publisher.principal, group_id, Rotation(), use).key.number for _ in range(2)}
    assert begun == {1}


def test_a_member_that_comes_to_read_is_given_keys_at_once(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, writers=[other], by=publisher)
    with pytest.raises(ForbiddenError):
        fetch_group_keys(quick_hub.exchange, other.principal, group_id)
    put_member(quick_hub.exchange, publisher.principal, group_id, NewMember(other.id, can_read=True, can_write=True))
    assert fetch_group_keys(quick_hub.exchange, other.principal, group_id).keys
