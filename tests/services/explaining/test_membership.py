"""Everybody as decisions see them, and whom an asker may be told of."""

from __future__ import annotations

from app.domain.vocabulary import PartnerState, Tlp
from app.services.explaining.membership import Membership
from app.services.membership.enrol_partner import change_state
from app.services.reading.visible_set import viewer_of
from tests.factories.groups import make_group
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY


def load(hub: Hub) -> Membership:
    with hub.exchange.database.read() as connection:
        return Membership.load(connection, hub.clock.now)


def test_everybody_is_as_a_page_sees_them(hub: Hub) -> None:
    members = [hub.enrol(f"Platform {name}") for name in "ABC"]
    make_group(hub, members[0], readers=[members[1]], title="One")
    make_group(hub, members[1], readers=[members[2]], title="Two")
    make_group(hub, members[0], writers=[members[2]], title="Three")
    members[2].agree(starts_at=hub.clock.now + DAY)
    change_state(hub.exchange, hub.operator, members[0].id, PartnerState.SUSPENDED)
    for _ in range(2):
        found = load(hub)
        with hub.exchange.database.read() as connection:
            for member in members:
                seen = found.members[member.id]
                assert seen.viewer == viewer_of(connection, seen.partner, Tlp.RED, hub.clock.now)
        hub.clock.pass_time(DAY)


def test_a_partner_is_told_of_itself_and_of_listed_members(quick_hub: Hub, publisher: Member, other: Member) -> None:
    third = quick_hub.enrol("Platform C")
    other.agree(is_listed=True)
    found = load(quick_hub)
    assert found.known_to(publisher.id).keys() == {publisher.id, other.id}
    assert [one.partner_id for one in found.unlisted_to(publisher.id)] == [third.id]
    assert found.known_to(None).keys() == {publisher.id, other.id, third.id}
    assert {one.partner_id for one in found.members.values()} == found.members.keys()


def test_a_listed_member_that_is_suspended_is_told_no_more(quick_hub: Hub, publisher: Member, other: Member) -> None:
    other.agree(is_listed=True)
    change_state(quick_hub.exchange, quick_hub.operator, other.id, PartnerState.SUSPENDED)
    assert load(quick_hub).known_to(publisher.id).keys() == {publisher.id}
