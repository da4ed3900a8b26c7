from __future__ import annotations

from app.storage.metadata import metadata
from app.storage.sharing_tables import group_member, group_posting, sharing_group
from app.storage.tables import metadata as of_all


def test_they_stand_among_all_tables() -> None:
    assert metadata is of_all
    assert {one.name for one in (group_member, group_posting, sharing_group)} <= of_all.tables.keys()


def test_a_group_has_a_feed_and_a_title_of_its_own_and_a_version_one_place_in_a_feed() -> None:
    assert sharing_group.c.feed.unique
    assert sharing_group.c.title.unique
    assert [column.name for column in group_posting.primary_key] == ["feed", "version_id"]
