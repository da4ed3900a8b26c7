"""Starting an exchange: its identity, its first operator, and whether it is ready to serve.

There is no default account: without ``breakwater init`` nobody can do anything. Kept by
``tests/services/test_start_exchange.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from app.crypto.tokens import new_token, token_digest
from app.domain.errors import UnavailableError
from app.domain.events import Event, EventRecord
from app.domain.partner import Credential, Person
from app.domain.vocabulary import StaffRole, Tlp
from app.policy.administration import PrincipalKind, permitted_scopes
from app.services.exchange import Exchange
from app.services.proving.issue_directory import issue_directory
from app.services.proving.key_events import ensure_own_keys
from app.storage import credentials, events, members
from app.storage.counter import save_order, start_order, take_order_lock
from app.storage.schema import current_revision, head_revision, migrate
from app.storage.session import Connection, Database

__all__ = [
    "Database",
    "ExchangeIdentity",
    "NewOperator",
    "add_operator",
    "identity",
    "is_initialised",
    "migrate",
    "start_exchange",
    "why_not_ready",
]

_OPERATOR_TOKEN_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class NewOperator:
    """The first operator, or a further one: the person and its token, which is shown once."""

    person: Person
    credential: Credential
    token: str


@dataclass(frozen=True, slots=True)
class ExchangeIdentity:
    """What everybody may know of the exchange: its id and the public key that verifies its receipts."""

    exchange_id: str
    keyid: str
    public_key: str


def start_exchange(exchange: Exchange, operator_name: str) -> NewOperator:
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
        save_order(connection, order)
        return _operator(connection, exchange, operator_name)


def is_initialised(database_url: str) -> bool:
    """Whether the migrated database at ``database_url`` holds an exchange already; asked before keys are made for it."""
    database = Database(database_url)
    try:
        with database.read() as connection:
            return members.find_exchange(connection) is not None
    finally:
        database.dispose()


def add_operator(exchange: Exchange, operator_name: str) -> NewOperator:
    """Add a further operator; only from the machine itself, by whoever may read its database and keys."""
    with exchange.database.write() as connection:
        members.this_exchange(connection)
        return _operator(connection, exchange, operator_name)


def _operator(connection: Connection, exchange: Exchange, name: str) -> NewOperator:
    now = exchange.clock()
    person = Person(str(uuid.uuid4()), name, None, frozenset({StaffRole.OPERATOR}))
    members.add_person(connection, person)
    credential = Credential(
        credential_id=str(uuid.uuid4()),
        name=name,
        partner_id=None,
        person_id=person.person_id,
        account_id=None,
        scopes=permitted_scopes({PrincipalKind.OPERATOR}),
        purpose=None,
        tlp_ceiling=Tlp.CLEAR,
        created_at=now,
        expires_at=now + _OPERATOR_TOKEN_LIFE,
    )
    token = new_token()
    credentials.add_credential(connection, credential, token_digest(token))
    record = EventRecord(Event.OPERATOR_CREATE, now, credential_id=credential.credential_id, subject=person.person_id)
    events.add_events(connection, [record])
    return NewOperator(person, credential, token)


def identity(exchange: Exchange) -> ExchangeIdentity:
    """Give the exchange's public identity; the public key as PEM."""
    with exchange.database.read() as connection:
        found = members.this_exchange(connection)
    public = exchange.keys.statements.public
    return ExchangeIdentity(found.exchange_id, public.keyid, public.to_pem().decode())


def why_not_ready(exchange: Exchange) -> str | None:
    """Give the reason why this server should get no requests, or None: database, migrations, initialisation, signer."""
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
    except UnavailableError:
        return "signer"
    return None
