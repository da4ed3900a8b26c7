"""When the next epoch of a group begins, and what is left of the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.crypto.group_tokens import epoch_of_key, key_text
from app.crypto.seal import CursorSealer
from app.domain.events import Event
from app.domain.group_key import KEYS_ARE_KEPT, EpochCause, GroupKey
from app.domain.vocabulary import PartnerState
from app.services.membership.enrol_partner import change_state
from app.services.membership.fetch_group_keys import fetch_group_keys
from app.services.membership.keep_groups import delete_group
from app.services.membership.renew_group_keys import RENEW_GROUP_KEYS, renew_group_keys, unsealed
from app.services.working.kinds import PERIODIC
from app.storage import events, group_keys
from tests.factories.groups import let_in, make_group, put_out
from tests.factories.members import DAY, Hub, Member


def kept(hub: Hub, group_id: str) -> list[GroupKey]:
    with hub.exchange.database.read() as connection:
        return group_keys.keys_of(connection, group_id)


def causes(hub: Hub) -> list[str | None]:
    with hub.exchange.database.read() as connection:
        found = events.events(connection, 0, 10_000)
    return [one.code for _, one in found if one.event is Event.GROUP_KEY_BEGIN]


def look(hub: Hub) -> None:
    now = hub.clock.now
    with hub.exchange.database.write() as connection:
        assert renew_group_keys(hub.exchange, connection, {}, now) == now + timedelta(hours=1)


def fetch(member: Member, group_id: str) -> list[str | None]:
    return [one.text for one in fetch_group_keys(member.hub.exchange, member.principal, group_id).keys]


@pytest.fixture
def group(quick_hub: Hub, publisher: Member, other: Member) -> str:
    """A group of two that share their history, with a key that both have."""
    group_id = make_group(quick_hub, publisher, other)
    assert fetch(publisher, group_id) == fetch(other, group_id)
    return group_id


def test_it_is_periodic_work() -> None:
    assert RENEW_GROUP_KEYS in PERIODIC


def test_a_key_lies_under_seal_good_for_its_own_place(quick_hub: Hub, publisher: Member, group: str) -> None:
    [key], [text] = kept(quick_hub, group), fetch(publisher, group)
    secret = unsealed(quick_hub.exchange.sealer, key)
    assert secret is not None
    assert key_text(secret) == text
    assert epoch_of_key(secret) == key.epoch
    assert text.removeprefix("bwtk_") not in key.sealed
    for moved in (replace(key, number=2), replace(key, group_id="other")):
        assert unsealed(quick_hub.exchange.sealer, moved) is None
    content = quick_hub.exchange.database.engine.url.database
    assert content is not None
    with open(content, "rb") as file:  # noqa: PTH123  # a path of a test, read whole
        found = file.read()
    assert secret not in found
    assert secret.hex().encode() not in found


def test_who_leaves_has_the_next_one_begin_and_who_loses_reading_too(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for leave in (put_out, lambda hub, group_id, member: let_in(hub, group_id, member, can_read=False)):
        group_id = make_group(quick_hub, publisher, other)
        [first] = fetch(other, group_id)
        leave(quick_hub, group_id, other)
        second, *before = fetch(publisher, group_id)
        assert before == [first]
        assert second != first
        assert [one.cause for one in kept(quick_hub, group_id)] == [EpochCause.FIRST, EpochCause.MEMBER_LEFT]


def test_who_joins_a_group_without_shared_history_is_given_no_key_of_before(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    group_id = make_group(quick_hub, publisher, shares_history=False)
    [first] = fetch(publisher, group_id)
    let_in(quick_hub, group_id, other)
    [second] = fetch(other, group_id)
    assert fetch(publisher, group_id) == [second, first]
    assert causes(quick_hub) == [EpochCause.FIRST, EpochCause.MEMBER_JOINED]
    put_out(quick_hub, group_id, other)
    let_in(quick_hub, group_id, other)
    [third, *had] = fetch(other, group_id)
    assert had == [second], "what it had before, and nothing that it had not"
    assert third not in {first, second}


def test_who_joins_a_group_with_shared_history_is_given_all(quick_hub: Hub, publisher: Member, group: str) -> None:
    third = quick_hub.enrol("Hotline C")
    let_in(quick_hub, group, third)
    assert fetch(third, group) == fetch(publisher, group)
    assert causes(quick_hub) == [EpochCause.FIRST]


def test_a_key_that_nobody_fetched_leaves_no_trace(quick_hub: Hub, publisher: Member, other: Member, group: str) -> None:
    put_out(quick_hub, group, other)
    let_in(quick_hub, group, other)
    put_out(quick_hub, group, other)
    assert [one.number for one in kept(quick_hub, group)] == [1, 3]
    assert len(fetch(publisher, group)) == 2


def test_a_group_that_never_had_a_key_gets_none_when_members_change(quick_hub: Hub, publisher: Member, other: Member) -> None:
    group_id = make_group(quick_hub, publisher, other, shares_history=False)
    put_out(quick_hub, group_id, other)
    let_in(quick_hub, group_id, other)
    look(quick_hub)
    assert kept(quick_hub, group_id) == []


def test_the_schedule_ends_an_epoch_without_anybody_asking(quick_hub: Hub, group: str) -> None:
    quick_hub.clock.pass_time(89 * DAY)
    look(quick_hub)
    assert len(kept(quick_hub, group)) == 1
    quick_hub.clock.pass_time(DAY)
    for _ in range(2):
        look(quick_hub)
    first, second = kept(quick_hub, group)
    assert (first.ended_at, second.begun_at, second.cause) == (quick_hub.clock.now, quick_hub.clock.now, EpochCause.SCHEDULE)


def test_who_is_suspended_ends_the_epoch_of_the_key_it_has(quick_hub: Hub, publisher: Member, other: Member, group: str) -> None:
    change_state(quick_hub.exchange, quick_hub.operator, other.id, PartnerState.SUSPENDED)
    for _ in range(2):
        look(quick_hub)
    assert [one.cause for one in kept(quick_hub, group)] == [EpochCause.FIRST, EpochCause.MEMBER_ENDED]
    assert len(fetch(publisher, group)) == 2


def test_keys_go_when_nothing_is_stored_under_them_any_more(quick_hub: Hub, publisher: Member, other: Member, group: str) -> None:
    put_out(quick_hub, group, other)
    quick_hub.clock.pass_time(KEYS_ARE_KEPT)
    look(quick_hub)
    assert [one.number for one in kept(quick_hub, group)] == [1, 2]
    quick_hub.clock.pass_time(timedelta(seconds=1))
    look(quick_hub)
    assert [one.number for one in kept(quick_hub, group)] == [2]
    assert publisher.id


def test_all_keys_go_with_their_group(quick_hub: Hub, group: str) -> None:
    delete_group(quick_hub.exchange, quick_hub.operator, group)
    assert kept(quick_hub, group) == []
    look(quick_hub)


def test_seals_follow_the_newest_sealing_key_so_that_old_ones_can_go(quick_hub: Hub, publisher: Member, group: str) -> None:
    texts, old, new = fetch(publisher, group), b"o" * 64, b"n" * 64
    [key] = kept(quick_hub, group)
    secret = unsealed(quick_hub.exchange.sealer, key)
    assert secret is not None
    context = f"group-key\0{group}\0001".encode()
    with quick_hub.exchange.database.write() as connection:
        group_keys.seal_anew(connection, key, CursorSealer([old]).seal(secret, context))
    quick_hub.exchange = replace(quick_hub.exchange, sealer=CursorSealer([new, old]))
    look(quick_hub)
    quick_hub.exchange = replace(quick_hub.exchange, sealer=CursorSealer([new]))
    assert fetch(publisher, group) == texts


def test_a_key_whose_seal_opens_no_more_is_followed_and_told_as_lost(quick_hub: Hub, publisher: Member, group: str) -> None:
    quick_hub.exchange = replace(quick_hub.exchange, sealer=CursorSealer([b"n" * 64]))
    new, lost = fetch(publisher, group)
    assert new is not None
    assert lost is None
    assert causes(quick_hub) == [EpochCause.FIRST, EpochCause.KEY_LOST]
