from __future__ import annotations

from app.storage.metadata import metadata
from app.storage.recall_tables import recall, recall_delivery, recall_recipient, recall_version
from app.storage.tables import metadata as of_all


def test_they_stand_among_all_tables() -> None:
    assert metadata is of_all
    assert {one.name for one in (recall, recall_delivery, recall_recipient, recall_version)} <= of_all.tables.keys()


def test_a_recipient_is_there_once_for_each_feed() -> None:
    assert [column.name for column in recall_recipient.primary_key] == ["recall_id", "partner_id", "feed"]


def test_a_notice_stands_once_in_each_feed_of_a_partner() -> None:
    assert [column.name for column in recall_delivery.primary_key] == ["partner_id", "feed", "version_id"]
