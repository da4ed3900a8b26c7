"""Partners' contacts around the clock. Personal data: a contact that is removed is gone from here.

Kept by ``tests/storage/test_contacts.py``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.domain.paging import Contact
from app.storage.tables import contact


def add_contact(connection: Connection, value: Contact) -> None:
    """Keep a new contact; its rank must be free."""
    connection.execute(insert(contact).values(asdict(value)))


def contacts(connection: Connection, partner_id: str | None) -> list[Contact]:
    """List a partner's contacts in the order in which they are called, or those of all partners (None: for operators)."""
    statement = select(contact).order_by(contact.c.partner_id, contact.c.rank)
    if partner_id is not None:
        statement = statement.where(contact.c.partner_id == partner_id)
    return [_contact(row) for row in connection.execute(statement)]


def contact_by_id(connection: Connection, contact_id: str) -> Contact | None:
    """Give one contact, None if there is none of this id (any more)."""
    row = connection.execute(select(contact).where(contact.c.contact_id == contact_id)).one_or_none()
    return None if row is None else _contact(row)


def next_contact(connection: Connection, partner_id: str, rank: int) -> Contact | None:
    """Give a partner's first contact after ``rank``, None if nobody is left."""
    statement = select(contact).where(contact.c.partner_id == partner_id, contact.c.rank > rank).order_by(contact.c.rank).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _contact(row)


def remove_contact(connection: Connection, contact_id: str) -> None:
    """Erase a contact."""
    connection.execute(delete(contact).where(contact.c.contact_id == contact_id))


def _contact(row: Any) -> Contact:
    return Contact(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
