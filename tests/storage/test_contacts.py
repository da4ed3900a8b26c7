from __future__ import annotations

import pytest

from app.domain.errors import ConflictError
from app.domain.paging import Contact
from app.storage import contacts
from app.storage.session import Database
from tests.factories.policy_values import NOW
from tests.storage.samples import OTHER_READER, READER


def contact(contact_id: str, rank: int, partner_id: str = READER, phone: str | None = None) -> Contact:
    return Contact(contact_id, partner_id, rank, "Duty officer", f"{contact_id}@example.org", phone, NOW)


FIRST, SECOND, OTHERS = contact("1", 1, phone="+1 555 0100"), contact("2", 5), contact("3", 1, OTHER_READER)


def _add(database: Database, *values: Contact) -> None:
    with database.write() as connection:
        for value in values:
            contacts.add_contact(connection, value)


def test_contacts_come_back_as_they_were_in_the_order_of_their_ranks(exchange: Database) -> None:
    _add(exchange, SECOND, OTHERS, FIRST)
    with exchange.read() as connection:
        assert contacts.contacts(connection, READER) == [FIRST, SECOND]
        assert set(contacts.contacts(connection, None)) == {FIRST, SECOND, OTHERS}
        assert contacts.contact_by_id(connection, "2") == SECOND


def test_the_next_one_is_the_first_after_a_rank(exchange: Database) -> None:
    _add(exchange, SECOND, OTHERS, FIRST)
    with exchange.read() as connection:
        assert [contacts.next_contact(connection, READER, rank) for rank in (0, 1, 4, 5)] == [FIRST, SECOND, SECOND, None]


def test_one_rank_has_one_contact(exchange: Database) -> None:
    _add(exchange, FIRST)
    with pytest.raises(ConflictError):
        _add(exchange, contact("9", 1))


def test_who_is_removed_is_gone(exchange: Database) -> None:
    _add(exchange, FIRST, SECOND)
    with exchange.write() as connection:
        contacts.remove_contact(connection, "1")
    with exchange.read() as connection:
        assert contacts.contacts(connection, None) == [SECOND]
        assert contacts.contact_by_id(connection, "1") is None
