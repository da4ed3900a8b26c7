"""Keeps the tables of exports apart from each other: what is one definition's is not another's."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from app.storage.export_tables import bulk_export, export_definition, export_file, export_holding


def test_everything_of_an_export_belongs_to_one_definition() -> None:
    for table in (bulk_export, export_definition, export_file, export_holding):
        assert "definition_id" in table.c


def test_no_two_files_of_a_definition_have_one_name() -> None:
    unique = [[column.name for column in one.columns] for one in export_file.constraints if isinstance(one, UniqueConstraint)]
    assert unique == [["definition_id", "name"]]
