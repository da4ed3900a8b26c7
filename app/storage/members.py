"""Partners, persons and service accounts, and the exchange's own identity.

Kept by ``tests/storage/test_members.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.errors import ConflictError, UnavailableError
from app.domain.handling import Publisher
from app.domain.partner import Partner, Person, ServiceAccount
from app.domain.vocabulary import MemberRole, PartnerState, Role, StaffRole
from app.storage import documents, history
from app.storage.prepared import Prepared
from app.storage.tables import exchange, partner, person, service_account

_EXCHANGE = Prepared(select(exchange))
_PARTNER = Prepared(select(partner).where(partner.c.partner_id == bindparam("partner_id")))
_IN_ROLE = Prepared(select(partner.c.partner_id).where(partner.c.role == bindparam("role")))
_PARTNERS = Prepared(select(partner).order_by(partner.c.name))


@dataclass(frozen=True, slots=True)
class Exchange:
    """The exchange itself."""

    exchange_id: str
    created_at: datetime

    @property
    def identity_id(self) -> str:
        """The STIX identity under which it signs what it states itself."""
        return f"identity--{self.exchange_id}"


def add_exchange(connection: Connection, exchange_id: str, now: datetime) -> None:
    """Give a new exchange its id, once; raises ``ConflictError`` if another process was quicker."""
    try:
        connection.execute(insert(exchange).values(only=1, exchange_id=exchange_id, created_at=now))
    except IntegrityError:
        raise ConflictError("This exchange is initialised already.") from None


def find_exchange(connection: Connection) -> Exchange | None:
    """Give the exchange's identity, None before ``breakwater init``."""
    row = _EXCHANGE.row(connection)
    return None if row is None else Exchange(row.exchange_id, row.created_at)


def this_exchange(connection: Connection) -> Exchange:
    """Give the exchange's identity where there must be one.

    Raises:
        UnavailableError: the database was never initialised.
    """
    found = find_exchange(connection)
    if found is None:
        raise UnavailableError("This exchange is not initialised yet.")
    return found


def add_partner(connection: Connection, value: Partner) -> None:
    """Keep a new partner; the caller has made sure that name and identity are free."""
    connection.execute(insert(partner).values(**asdict(value)))


def partner_by_id(connection: Connection, partner_id: str) -> Partner | None:
    """Give one partner, None if there is none of this id."""
    row = _PARTNER.row(connection, partner_id=partner_id)
    return None if row is None else partner_of(row._asdict())


def partner_by_identity(connection: Connection, identity_id: str) -> Partner | None:
    """Give the partner whose registered STIX identity this is."""
    row = connection.execute(select(partner).where(partner.c.identity_id == identity_id)).one_or_none()
    return None if row is None else partner_of(row._asdict())


def partners(connection: Connection) -> list[Partner]:
    """List all partners by name; for operators."""
    return [partner_of(row._asdict()) for row in _PARTNERS.rows(connection)]


def partner_ids_in(connection: Connection, role: Role) -> frozenset[str]:
    """Give the ids of all partners of a role, whatever their state."""
    return frozenset(row.partner_id for row in _IN_ROLE.rows(connection, role=role))


def set_partner_state(connection: Connection, partner_id: str, state: PartnerState, now: datetime) -> None:
    """Change a partner's state; the one before is kept. Before an epoch begins for it."""
    history.keep_state(connection, partner_id, now)
    connection.execute(update(partner).where(partner.c.partner_id == partner_id).values(state=state))


def publisher(value: Partner) -> Publisher:
    """Give what decisions read of a partner that owns objects."""
    return Publisher(value.partner_id, value.role, value.jurisdiction)


def partner_of(row: Mapping[str, Any]) -> Partner:
    """Give the partner of a row, by the names of its columns."""
    return Partner(**{**row, "role": Role(row["role"]), "state": PartnerState(row["state"])})


def add_person(connection: Connection, value: Person) -> None:
    """Keep a new person."""
    roles = {name: documents.dump(getattr(value, name)) for name in ("staff_roles", "member_roles")}
    connection.execute(insert(person).values(**asdict(value) | roles))


def person_by_id(connection: Connection, person_id: str) -> Person | None:
    """Give one person."""
    row = connection.execute(select(person).where(person.c.person_id == person_id)).one_or_none()
    return None if row is None else person_of(row._asdict())


def person_of(row: Mapping[str, Any]) -> Person:
    """Give the person of a row, by the names of its columns."""
    staff, member = (documents.load(row[name]) for name in ("staff_roles", "member_roles"))
    roles = {"staff_roles": frozenset(map(StaffRole, staff)), "member_roles": frozenset(map(MemberRole, member))}
    return Person(**{**row, **roles})


def add_service_account(connection: Connection, value: ServiceAccount) -> None:
    """Keep a new service account."""
    connection.execute(insert(service_account).values(**asdict(value)))


def find_service_account(connection: Connection, partner_id: str, name: str) -> ServiceAccount | None:
    """Give a partner's service account by its name."""
    where = (service_account.c.partner_id == partner_id) & (service_account.c.name == name)
    row = connection.execute(select(service_account).where(where)).one_or_none()
    return None if row is None else ServiceAccount(row.account_id, row.name, row.partner_id)
