from __future__ import annotations

import pytest
from sqlalchemy import Integer, Table

from app.storage.columns import Instant, Number
from app.storage.tables import metadata

TABLES = metadata.sorted_tables
# Written by the thousand under the order lock; what they refer to is written in the same transaction.
WITHOUT_REFERENCES = {
    "feed_entry",
    "narrowed_by",
    "object_content",
    "object_facet",
    "object_head",
    "object_ref",
    "visible_class",
}


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_table_has_a_key(table: Table) -> None:
    assert table.primary_key.columns


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_instants_are_instants_and_row_ids_have_64_bits(table: Table) -> None:
    for column in table.columns:
        assert column.name.endswith(("_at", "_until", "_since", "not_before", "not_after")) <= isinstance(column.type, Instant)
        if column.primary_key and isinstance(column.type, Integer) and column.name not in {"only", "version"}:
            assert column.type is Number


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_constraints_and_indexes_have_names_that_migrations_can_use(table: Table) -> None:
    assert all(index.name for index in table.indexes)
    assert all(str(constraint.name).startswith(("pk_", "fk_", "uq_", "ck_")) for constraint in table.constraints)


def test_partners_are_referred_to_by_key_but_for_the_hot_tables_and_members_of_groups_who_may_be_nobody() -> None:
    named = {"partner_id", "owner_id"}
    for table in TABLES:
        if table.name not in WITHOUT_REFERENCES | {"partner", "group_member", "member_past", "work"}:
            assert all(column.foreign_keys for column in table.columns if column.name in named), table.name
