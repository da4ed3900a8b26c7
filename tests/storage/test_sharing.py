from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import ConflictError
from app.domain.handling import GroupShare
from app.domain.sharing import GroupMember, SharingGroup
from app.storage import sharing
from app.storage.session import Database
from app.storage.sharing import Posting
from app.storage.stretches import Found, Stretch
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OTHER_READER, OWNER, READER

A = SharingGroup("group-a", 1, "A", "First", OWNER, shares_history=True, generation=0, created_at=NOW)
B = SharingGroup("group-b", 2, "B", "Second", None, shares_history=False, generation=3, created_at=NOW)
IN_A = GroupMember("group-a", READER, can_read=True, can_write=False, from_generation=0, joined_at=NOW)
IN_B = GroupMember("group-b", READER, can_read=True, can_write=True, from_generation=2, joined_at=NOW)


@pytest.fixture
def exchange(database: Database) -> Database:
    samples.found_exchange(database)
    with database.write() as connection:
        for group in (B, A):
            sharing.add_group(connection, group)
    return database


def test_groups_come_back_by_title_and_only_while_they_are_there(exchange: Database) -> None:
    with exchange.write() as connection:
        assert sharing.groups(connection) == [A, B]
        assert sharing.managed_groups(connection, OWNER) == [A]
        assert sharing.group_by_id(connection, "group-b") == B
        sharing.put_member(connection, IN_B, NOW)
        sharing.delete_group(connection, "group-b", NOW)
        assert sharing.groups(connection) == [A]
        assert sharing.group_by_id(connection, "group-b") is None
        assert sharing.members(connection, "group-b") == []


def test_groups_are_listed_in_pages_to_whoever_is_in_them_or_manages_them(exchange: Database) -> None:
    more = [replace(A, group_id=f"more-{place}", feed=3 + place, title=title) for place, title in enumerate(["Z", "a", "\u00e9"])]
    with exchange.write() as connection:
        for one in more:
            sharing.add_group(connection, one)
        sharing.put_member(connection, IN_B, NOW)
        sharing.put_member(connection, IN_A, NOW)
        assert sharing.groups_listed(connection, OWNER, Stretch(9)) == Found([A, *more], before=0, count=4)
        assert sharing.groups_listed(connection, READER, Stretch(9)) == Found([A, B], before=0, count=2)
        assert sharing.groups_listed(connection, OTHER_READER, Stretch(9)) == Found([], before=0, count=0)
        assert sharing.groups_listed(connection, None, Stretch(3)) == Found([A, B, more[0]], before=0, count=5)
        after = sharing.groups_listed(connection, None, Stretch(3, sharing.place_of(more[0])))
        assert after == Found(more[1:], before=3, count=5)
        before = sharing.groups_listed(connection, None, Stretch(2, sharing.place_of(more[1]), is_before=True))
        assert before == Found([B, more[0]], before=1, count=5)
        sharing.delete_group(connection, "group-a", NOW)
        assert sharing.groups_listed(connection, READER, Stretch(9)).rows == [B]


def test_feeds_and_titles_are_never_given_again(exchange: Database) -> None:
    with exchange.write() as connection:
        sharing.delete_group(connection, "group-b", NOW)
        assert sharing.next_feed(connection) == 3
        assert sorted(sharing.titles(connection)) == ["A", "B"]
    with pytest.raises(ConflictError), exchange.write() as connection:
        sharing.add_group(connection, replace(B, group_id="group-c", feed=3))


def test_what_a_group_says_and_which_generation_it_is_in_can_change(exchange: Database) -> None:
    with exchange.write() as connection:
        sharing.set_description(connection, "group-a", "Other")
        sharing.set_generation(connection, "group-a", 4)
        assert sharing.groups(connection) == [replace(A, description="Other", generation=4), B]


def test_members_have_rights_and_the_generation_from_which_on_they_read(exchange: Database) -> None:
    writes = replace(IN_A, partner_id=OTHER_READER, can_read=False, can_write=True)
    with exchange.write() as connection:
        for one in (IN_A, IN_B, writes):
            sharing.put_member(connection, one, NOW)
        assert sharing.reading_from(connection, READER) == {"group-a": 0, "group-b": 2}
        assert sharing.reading_from(connection, OTHER_READER) == {}
        assert sharing.members_of(connection, ["group-a", "group-b", "group-c"]) == {"group-a": [writes, IN_A], "group-b": [IN_B]}
        assert [(one.group, one.member) for one in sharing.memberships(connection, READER)] == [(A, IN_A), (B, IN_B)]
        assert sharing.membership(connection, READER, "group-c") is None
        sharing.put_member(connection, replace(IN_A, can_write=True), NOW)
        sharing.remove_member(connection, "group-b", READER, NOW)
        assert sharing.memberships(connection, READER) == [sharing.Membership(A, replace(IN_A, can_write=True))]


def test_who_is_no_partner_can_be_a_member(exchange: Database) -> None:
    nobody = replace(IN_A, partner_id="partner-of-nobody")
    with exchange.write() as connection:
        sharing.put_member(connection, nobody, NOW)
        assert sharing.members(connection, "group-a") == [nobody]


def test_postings_name_their_groups_until_they_are_dropped(exchange: Database) -> None:
    with exchange.write() as connection:
        sharing.add_postings(connection, [])
        sharing.add_postings(connection, [Posting(1, 7, 0, 10, NOW), Posting(2, 7, 3, None, None), Posting(1, 8, 0, 11, NOW)])
        assert sharing.postings_of(connection, [7, 8, 9]) == {
            7: {1: GroupShare("group-a", 0), 2: GroupShare("group-b", 3)},
            8: {1: GroupShare("group-a", 0)},
        }
        sharing.drop_postings(connection, 1, [7])
        assert sharing.postings_of(connection, [7, 8]) == {7: {2: GroupShare("group-b", 3)}, 8: {1: GroupShare("group-a", 0)}}
