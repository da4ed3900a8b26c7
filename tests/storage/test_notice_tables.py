from __future__ import annotations

from app.storage.metadata import metadata
from app.storage.notice_tables import contest, notice, notice_addressee, notice_answer, notice_outcome
from app.storage.tables import metadata as of_all


def test_they_stand_among_all_tables() -> None:
    assert metadata is of_all
    assert {one.name for one in (contest, notice, notice_addressee, notice_answer, notice_outcome)} <= of_all.tables.keys()


def test_a_partner_answers_a_notice_once_for_each_version() -> None:
    assert [column.name for column in notice_outcome.primary_key] == ["version_id", "partner_id", "recalled_id"]
    assert [column.name for column in notice_addressee.primary_key] == ["version_id", "partner_id"]
