"""Two agencies on one subject: each learns the other's contact point, at the same moment, and nobody else learns anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.overlap import InterestKind
from app.domain.vocabulary import PartnerState, Purpose, Role
from app.services.answer_once import key_use
from app.services.membership.enrol_partner import change_state
from app.services.membership.keep_contacts import NewContact, add_contact, remove_contact
from app.services.overlapping import deconflict
from app.services.overlapping.deconflict import (
    MEETINGS_ARE_KEPT,
    list_interests,
    list_matches,
    register_interests,
    withdraw_interest,
)
from app.services.retention.sweep import sweep_once
from app.storage import events
from tests.factories.agencies import agency, contact_of, desk, interests_of, matches, register
from tests.factories.blinded import NOBODY
from tests.factories.members import DAY, Hub, Member, at_once

PHONE, OTHER_PHONE = "15550100", "15550101"


@pytest.fixture
def north(quick_hub: Hub) -> Member:
    return agency(quick_hub, "Agency North")


@pytest.fixture
def south(quick_hub: Hub) -> Member:
    return agency(quick_hub, "Agency South")


def test_each_learns_the_others_contact_point_and_the_same_time(hub: Hub) -> None:
    north, south, third = (agency(hub, name) for name in ("Agency North", "Agency South", "Agency West"))
    [mine] = register(north, PHONE)
    assert matches(north) == []
    hub.clock.now += timedelta(hours=1)
    yours = register(south, OTHER_PHONE, PHONE)
    register(third, "15550102")
    [to_north], [to_south] = matches(north), matches(south)
    assert (to_north.contact, to_south.contact) == (desk(south), desk(north))
    assert to_north.met_at == to_south.met_at == hub.clock.now
    assert to_north.meeting_id == to_south.meeting_id
    assert (to_north.interest_id, to_south.interest_id) == (mine.interest_id, yours[1].interest_id)
    assert matches(third) == []


def test_the_later_one_is_answered_as_if_nobody_had_the_same(north: Member, south: Member) -> None:
    register(north, PHONE)
    met, alone = register(south, PHONE), register(south, OTHER_PHONE)
    blank = {"interest_id": "", "digest": None}
    assert [replace(one, **blank) for one in met] == [replace(one, **blank) for one in alone]  # type: ignore[arg-type]  # of its fields
    assert len(matches(south)) == 1


def test_whoever_withdraws_cannot_take_back_that_the_other_knows(quick_hub: Hub, north: Member, south: Member) -> None:
    register(north, PHONE)
    [probe] = register(south, PHONE)
    [told] = matches(south)
    ended = withdraw_interest(quick_hub.exchange, south.principal, probe.interest_id)
    assert (ended.digest, ended.ended_at) == (None, quick_hub.clock.now)
    assert withdraw_interest(quick_hub.exchange, south.principal, probe.interest_id) == ended
    assert matches(south) == [told]
    assert [one.contact for one in matches(north)] == [desk(south)]


def test_a_withdrawn_or_lapsed_interest_meets_nobody(quick_hub: Hub, north: Member, south: Member) -> None:
    [mine] = register(north, PHONE)
    register(north, OTHER_PHONE, until=quick_hub.clock.now + DAY)
    withdraw_interest(quick_hub.exchange, north.principal, mine.interest_id)
    quick_hub.clock.now += DAY
    register(south, PHONE, OTHER_PHONE)
    assert matches(north) == matches(south) == []


def test_again_is_the_same_interest_with_new_terms_and_no_second_match(quick_hub: Hub, north: Member, south: Member) -> None:
    [first] = register(north, PHONE)
    register(south, PHONE)
    [again] = register(north, PHONE, until=quick_hub.clock.now + 60 * DAY)
    assert (again.interest_id, again.until) == (first.interest_id, quick_hub.clock.now + 60 * DAY)
    assert list_interests(quick_hub.exchange, north.principal) == [again]
    assert len(matches(north)) == 1


def test_at_once_they_meet_once(hub: Hub) -> None:
    north, south = agency(hub, "Agency North"), agency(hub, "Agency South")
    both = [interests_of(one, PHONE) for one in (north, south)]
    acts: list[Callable[[], object]] = [
        lambda: register_interests(hub.exchange, north.principal, both[0], Purpose.INVESTIGATION),
        lambda: register_interests(hub.exchange, south.principal, both[1], Purpose.INVESTIGATION),
    ]
    at_once(*acts)
    assert len(matches(north)) == len(matches(south)) == 1


def test_an_agency_that_is_suspended_is_as_absent(quick_hub: Hub, north: Member, south: Member) -> None:
    register(north, PHONE)
    change_state(quick_hub.exchange, quick_hub.operator, north.id, PartnerState.SUSPENDED)
    register(south, PHONE)
    assert matches(south) == []
    quick_hub.reactivate(north.id)
    assert len(matches(south)) == len(matches(north)) == 1


def test_a_contact_that_is_gone_is_followed_by_the_next_one(quick_hub: Hub, north: Member, south: Member) -> None:
    register(north, PHONE)
    register(south, PHONE)
    second = NewContact("Night desk", "night@example.org")
    add_contact(quick_hub.exchange, north.principal, second)
    remove_contact(quick_hub.exchange, north.principal, contact_of(north))
    assert [one.contact for one in matches(south)] == ["night@example.org"]
    remove_contact(quick_hub.exchange, north.principal, contact_of(north))
    assert [one.contact for one in matches(south)] == [None]


def test_in_time_tokens_interests_and_matches_are_gone(quick_hub: Hub, north: Member, south: Member) -> None:
    register(north, PHONE)
    register(south, PHONE)
    quick_hub.clock.now += 30 * DAY

    def swept() -> None:
        with quick_hub.exchange.database.write() as connection:
            sweep_once(quick_hub.exchange, connection, quick_hub.clock.now)

    swept()
    assert [(one.digest, one.ended_at) for one in list_interests(quick_hub.exchange, north.principal)] == [
        (None, quick_hub.clock.now)
    ]
    assert len(matches(north)) == 1
    quick_hub.clock.now += MEETINGS_ARE_KEPT + DAY
    swept()
    assert matches(north) == matches(south) == list_interests(quick_hub.exchange, south.principal) == []


def test_nobody_else_registers_lists_or_withdraws(quick_hub: Hub, north: Member, publisher: Member) -> None:
    [mine] = register(north, PHONE)
    new = replace(interests_of(north, PHONE), contact_id=NOBODY)
    exchange, platform = quick_hub.exchange, publisher.principal
    hotline = quick_hub.enrol("Hotline", Role.HOTLINE).principal
    for act in (
        lambda: register_interests(exchange, platform, new, Purpose.INVESTIGATION),
        lambda: list_interests(exchange, platform),
        lambda: list_matches(exchange, hotline, Purpose.INVESTIGATION),
        lambda: withdraw_interest(exchange, hotline, mine.interest_id),
        lambda: list_interests(exchange, quick_hub.operator),
    ):
        with pytest.raises(ForbiddenError):
            act()
    other = agency(quick_hub, "Agency South")
    for interest_id in (mine.interest_id, NOBODY):
        with pytest.raises(NotFoundError):
            withdraw_interest(exchange, other.principal, interest_id)


def test_purpose_contact_end_and_epoch_are_looked_at(quick_hub: Hub, north: Member, south: Member) -> None:
    new = interests_of(north, PHONE)
    exchange, now = quick_hub.exchange, quick_hub.clock.now
    with pytest.raises(ForbiddenError) as refusal:
        register_interests(exchange, north.principal, new, Purpose.DETECTION)
    assert refusal.value.code is Code.PURPOSE_NOT_PERMITTED
    for wrong, pointer in (
        (replace(new, contact_id=contact_of(south)), "/contact_id"),
        (replace(new, contact_id=NOBODY), "/contact_id"),
        (replace(new, until=now), "/until"),
        (replace(new, until=now + 401 * DAY), "/until"),
        (replace(new, tokens=["x"]), "/tokens/0"),
    ):
        with pytest.raises(MalformedInputError) as malformed:
            register_interests(exchange, north.principal, wrong, Purpose.INVESTIGATION)
        assert malformed.value.pointer == pointer
    with pytest.raises(ConflictError):
        register_interests(exchange, north.principal, replace(new, epoch="0" * 64), Purpose.INVESTIGATION)
    with pytest.raises(MalformedInputError):
        register_interests(exchange, north.principal, new, None)
    assert list_interests(exchange, north.principal) == []


def test_under_an_idempotency_key_it_happens_once(quick_hub: Hub, north: Member) -> None:
    use = key_use(north.principal, "deconfliction/interests", "key", b"body")
    new = interests_of(north, PHONE)
    first = register_interests(quick_hub.exchange, north.principal, new, Purpose.INVESTIGATION, use)
    later = replace(new, kind=InterestKind.SAFEGUARDING)
    assert register_interests(quick_hub.exchange, north.principal, later, Purpose.INVESTIGATION, use) == first
    other = key_use(north.principal, "withdrawal", "key", b"body")
    ended = withdraw_interest(quick_hub.exchange, north.principal, first[0].interest_id, other)
    assert withdraw_interest(quick_hub.exchange, north.principal, first[0].interest_id, other) == ended


def test_there_are_only_so_many(quick_hub: Hub, north: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deconflict, "MOST_INTERESTS", 2)
    register(north, "1", "2")
    with pytest.raises(ConflictError):
        register(north, "3")
    register(north, "1")
    assert len(list_interests(quick_hub.exchange, north.principal)) == 2


def test_events_say_that_and_never_in_what_or_with_whom(quick_hub: Hub, north: Member, south: Member) -> None:
    register(north, PHONE)
    [mine] = register(south, PHONE)
    withdraw_interest(quick_hub.exchange, south.principal, mine.interest_id)
    with quick_hub.exchange.database.read() as connection:
        found = [one for _, one in events.events(connection, 0, 1_000) if one.event.startswith("deconfliction")]
    assert [(one.event, one.partner_id, one.subject) for one in found] == [
        (Event.DECONFLICTION_REGISTER, north.id, None),
        (Event.DECONFLICTION_REGISTER, south.id, None),
        (Event.DECONFLICTION_WITHDRAW, south.id, mine.interest_id),
    ]
