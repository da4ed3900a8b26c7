from __future__ import annotations

from app.storage.paging_tables import alarm, contact, mail, page
from app.storage.tables import metadata


def test_the_tables_of_calls_are_among_all_tables() -> None:
    assert {one.name for one in (alarm, contact, mail, page)} <= metadata.tables.keys()


def test_addresses_and_numbers_stand_in_one_table_alone() -> None:
    holding = {table.name for table in metadata.tables.values() for column in table.columns if column.name in {"email", "phone"}}
    assert holding == {"contact"}


def test_what_was_sent_outlives_the_contact_it_went_to() -> None:
    assert not mail.c.contact_id.foreign_keys
    assert not page.c.contact_id.foreign_keys
