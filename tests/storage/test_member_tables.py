from __future__ import annotations

from sqlalchemy import Table

from app.storage.member_tables import audience, credential, partner, partner_column, policy_epoch
from app.storage.metadata import metadata
from app.storage.tables import metadata as of_all


def test_they_stand_among_all_tables() -> None:
    assert metadata is of_all
    assert {one.name for one in (audience, credential, partner, policy_epoch)} <= of_all.tables.keys()


def test_a_column_that_names_a_partner_refers_to_it() -> None:
    column = partner_column()
    Table("_refers", metadata.__class__(), column)
    (reference,) = column.foreign_keys
    assert reference.target_fullname == "partner.partner_id"
