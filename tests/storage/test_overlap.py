"""Tokens that partners registered, as they are kept."""

from __future__ import annotations

import pytest

from app.domain.overlap import Holding, HoldingCount
from app.domain.sharing import GroupMember, SharingGroup
from app.storage import overlap, sharing
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OTHER_READER, READER

GROUP, OTHER_GROUP = "group-1", "group-2"


@pytest.fixture
def grouped(exchange: Database) -> Database:
    with exchange.write() as connection:
        for feed, group_id in enumerate((GROUP, OTHER_GROUP), 1):
            sharing.add_group(
                connection, SharingGroup(group_id, feed, group_id, "", None, shares_history=True, generation=0, created_at=NOW)
            )
            for partner_id in (READER, OTHER_READER):
                member = GroupMember(group_id, partner_id, can_read=True, can_write=True, from_generation=0, joined_at=NOW)
                sharing.put_member(connection, member, NOW)
    return exchange


def holding(digest: bytes, partner_id: str = READER, group_id: str = GROUP, days: int = 1) -> Holding:
    return Holding(partner_id, group_id, "e", digest, None, NOW + days * DAY, NOW)


def test_what_others_hold_is_found_within_the_group_while_it_stands(grouped: Database) -> None:
    kept = [holding(b"1"), holding(b"2", days=3)]
    with grouped.write() as connection:
        overlap.put_holdings(connection, kept)
        overlap.put_holdings(connection, [holding(b"1", OTHER_READER)])
        overlap.put_holdings(connection, [])
    both = {READER, OTHER_READER}
    with grouped.read() as connection:
        assert overlap.held_by_others(connection, GROUP, [b"1", b"2", b"3"], {READER}, NOW) == {b"1": [kept[0]], b"2": [kept[1]]}
        assert overlap.held_by_others(connection, OTHER_GROUP, [b"1"], both, NOW) == {}
        assert overlap.held_by_others(connection, GROUP, [b"1"], set(), NOW) == {}
        assert overlap.held_by_others(connection, GROUP, [b"1", b"2"], both, NOW + DAY).keys() == {b"2"}


def test_again_replaces_and_counts_are_by_group_epoch_and_end(grouped: Database) -> None:
    with grouped.write() as connection:
        overlap.put_holdings(connection, [holding(b"1"), holding(b"2")])
        overlap.put_holdings(connection, [holding(b"1", days=5)])
        assert overlap.holding_counts(connection, READER) == [
            HoldingCount(GROUP, "e", NOW + DAY, 1),
            HoldingCount(GROUP, "e", NOW + 5 * DAY, 1),
        ]
        assert overlap.count_holdings(connection, READER) == 2
        assert overlap.remove_holdings(connection, READER, GROUP, [b"1", b"absent"]) == 1
        assert overlap.remove_holdings(connection, READER, OTHER_GROUP) == 0
        assert overlap.remove_holdings(connection, READER, GROUP) == 1


def test_what_lapsed_or_is_of_no_member_any_more_is_dropped(grouped: Database) -> None:
    with grouped.write() as connection:
        overlap.put_holdings(connection, [holding(b"1"), holding(b"2", days=9)])
        overlap.put_holdings(connection, [holding(b"2", OTHER_READER, days=9)])
        assert overlap.drop_lapsed(connection, NOW + DAY) == 1
        sharing.remove_member(connection, GROUP, OTHER_READER, NOW)
        assert overlap.drop_lapsed(connection, NOW + DAY) == 1
        assert overlap.drop_lapsed(connection, NOW + DAY) == 0
        assert overlap.drop_of(connection, READER) == 1
