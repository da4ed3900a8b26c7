"""What holds for all tables: names that say what they belong to, and types that mean the same everywhere."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from sqlalchemy import (
    CheckConstraint,
    Constraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from app.storage.columns import Instant
from app.storage.tables import metadata

TABLES = [pytest.param(table, id=name) for name, table in metadata.tables.items()]
PREFIXES = {CheckConstraint: "ck", ForeignKeyConstraint: "fk", PrimaryKeyConstraint: "pk", UniqueConstraint: "uq", Index: "ix"}
# PostgreSQL cuts longer names off, and two may then be the same.
LONGEST = 63


def _named(table: Table) -> list[Constraint | Index]:
    return [*table.constraints, *table.indexes]


@pytest.mark.parametrize("table", TABLES)
def test_constraints_and_indexes_are_named_after_their_kind_and_table(table: Table) -> None:
    for one in _named(table):
        assert str(one.name).startswith(f"{PREFIXES[type(one)]}_{table.name}"), one


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_a_key(table: Table) -> None:
    assert list(table.primary_key.columns)


def test_no_two_constraints_or_indexes_share_a_name() -> None:
    names = [one.name for table in metadata.tables.values() for one in _named(table)]

    assert len(names) == len(set(names))


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    objects = chain.from_iterable((table, *table.columns, *_named(table)) for table in metadata.tables.values())

    assert [one.name for one in objects if len(str(one.name)) > LONGEST] == []


def test_names_are_of_small_letters() -> None:
    names = chain.from_iterable((table.name, *table.columns.keys()) for table in metadata.tables.values())

    assert [name for name in names if not re.fullmatch(r"[a-z][a-z_]*", name)] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_point_in_time_is_an_instant(table: Table) -> None:
    assert [column.name for column in table.columns if isinstance(column.type, DateTime)] == []
    named_so = [column for column in table.columns if re.search(r"(^|_)(at|until|since|before|after)$", column.name)]
    numbers = {"visible_class.since"}
    assert [column.name for column in named_so if not isinstance(column.type, Instant) and str(column) not in numbers] == []


@pytest.mark.parametrize("table", TABLES)
def test_what_refers_to_a_row_has_the_type_of_its_key(table: Table) -> None:
    for foreign_key in table.foreign_keys:
        assert repr(foreign_key.parent.type) == repr(foreign_key.column.type), foreign_key
