"""Starting an exchange: its identity, its own people as its machine adds them, and whether it is ready to serve.

There is no default account: without ``breakwater init`` nobody can do anything. Kept by
``tests/services/test_start_exchange.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.domain.errors import UnavailableError
from app.domain.partner import Person
from app.domain.vocabulary import StaffRole
from app.services.cataloguing.publish import ensure_catalogue
from app.services.exchange import Exchange
from app.services.membership.add_staff import StaffToken, add_staff_here, new_staff_token
from app.services.proving.issue_directory import issue_directory
from app.services.proving.key_events import ensure_own_keys, holds_another_key
from app.storage import members, persons
from app.storage.counter import save_order, start_order, take_order_lock
from app.storage.schema import current_revision, head_revision, migrate
from app.storage.session import Database

__all__ = [
    "Database",
    "ExchangeIdentity",
    "StaffToken",
    "add_staff",
    "identity",
    "is_initialised",
    "list_staff",
    "migrate",
    "renew_staff_token",
    "start_exchange",
    "why_not_ready",
]


@dataclass(frozen=True, slots=True)
class ExchangeIdentity:
    """What everybody may know of the exchange: its id and the public key that verifies its receipts."""

    exchange_id: str
    keyid: str
    public_key: str


def start_exchange(exchange: Exchange, operator_name: str) -> StaffToken:
    """Give a migrated, empty database its identity and its first operator.

    Raises:
        ConflictError: this exchange was initialised before.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        members.add_exchange(connection, str(uuid.uuid4()), now)
        start_order(connection, now)
        order = take_order_lock(connection)
        ensure_own_keys(connection, order, exchange.keys, now)
        issue_directory(connection, exchange.keys, now)
        ensure_catalogue(connection, order, exchange.keys.statements, now)
        save_order(connection, order)
        return add_staff_here(connection, operator_name, StaffRole.OPERATOR, now)


def is_initialised(database_url: str) -> bool:
    """Whether the migrated database at ``database_url`` holds an exchange already; asked before keys are made for it."""
    database = Database(database_url)
    try:
        with database.read() as connection:
            return members.find_exchange(connection) is not None
    finally:
        database.dispose()


def add_staff(exchange: Exchange, name: str, role: StaffRole = StaffRole.OPERATOR) -> StaffToken:
    """Add a further person of the exchange; only from the machine itself, by whoever may read its database and keys."""
    with exchange.database.write() as connection:
        members.this_exchange(connection)
        return add_staff_here(connection, name, role, exchange.clock())


def renew_staff_token(exchange: Exchange, person_id: str) -> StaffToken:
    """Give a person of the exchange a further token, with what their roles may in this version; from the machine itself.

    Raises ``NotFoundError`` where there is no such person in office.
    """
    with exchange.database.write() as connection:
        return new_staff_token(connection, person_id, exchange.clock())


def list_staff(exchange: Exchange) -> list[Person]:
    """List the persons of the exchange, those who left included; from the machine itself."""
    with exchange.database.read() as connection:
        return persons.persons(connection, None)


def identity(exchange: Exchange) -> ExchangeIdentity:
    """Give the exchange's public identity; the public key as PEM."""
    with exchange.database.read() as connection:
        found = members.this_exchange(connection)
    public = exchange.keys.statements.public
    return ExchangeIdentity(found.exchange_id, public.keyid, public.to_pem().decode())


def why_not_ready(exchange: Exchange) -> str | None:
    """Give the reason why this server should get no requests, or None: database, migrations, initialisation, signer, keys."""
    try:
        revision = current_revision(exchange.database)
        if revision != head_revision():
            return "migrations"
        with exchange.database.read() as connection:
            if not members.find_exchange(connection):
                return "initialisation"
    except UnavailableError:
        return "database"
    try:
        exchange.keys.check()
        with exchange.database.read() as connection:
            is_another = holds_another_key(connection, exchange.keys, exchange.clock())
    except UnavailableError:
        return "signer"
    return "keys" if is_another else None
