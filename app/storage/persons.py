"""The persons of a partner and of the exchange as lists, what changes of them, and what ends with them.

Single persons, as they are loaded with a credential, are ``members``'. Kept by ``tests/storage/test_persons.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select, update

from app.domain.partner import Person
from app.domain.vocabulary import MemberRole, StaffRole
from app.storage import documents
from app.storage.members import person_of
from app.storage.stretches import Found, Place, SortedBy, Stretch, find_stretch
from app.storage.tables import credential, person

BEFORE_TIMES = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands in lists for when somebody came of whom that was not kept yet."""


def persons(connection: Connection, partner_id: str | None) -> list[Person]:
    """List a partner's persons, or the exchange's own (None), those who left included, in the order in which they came."""
    statement = select(person).where(person.c.partner_id == partner_id)  # None: IS NULL
    rows = connection.execute(statement.order_by(person.c.added_at.asc().nulls_first(), person.c.person_id))
    return [person_of(row._asdict()) for row in rows]


def persons_listed(connection: Connection, partner_id: str | None, stretch: Stretch, *, has_left: bool | None) -> Found[Person]:
    """Give some of them in the same order: who is in office, who has left, or both (None)."""
    c = person.c
    statement = select(person).where(c.partner_id == partner_id)
    if has_left is not None:
        statement = statement.where(c.left_at.is_not(None) if has_left else c.left_at.is_(None))
    return find_stretch(
        connection,
        statement,
        SortedBy(func.coalesce(c.added_at, BEFORE_TIMES), c.person_id),
        stretch,
        lambda row: person_of(row._asdict()),
    )


def place_of(one: Person) -> Place:
    """Give where a person stands in these lists."""
    return Place(one.added_at or BEFORE_TIMES, one.person_id)


def members_in_office(connection: Connection) -> list[Person]:
    """List the persons of all partners who have not left."""
    rows = connection.execute(select(person).where(person.c.partner_id.is_not(None), person.c.left_at.is_(None)))
    return [person_of(row._asdict()) for row in rows]


def set_roles(
    connection: Connection, person_id: str, *, staff_roles: Iterable[StaffRole] = (), member_roles: Iterable[MemberRole] = ()
) -> None:
    """Let a person have these roles and no others, from the next request on."""
    roles = {"staff_roles": documents.dump(frozenset(staff_roles)), "member_roles": documents.dump(frozenset(member_roles))}
    connection.execute(update(person).where(person.c.person_id == person_id).values(roles))


def set_left(connection: Connection, person_id: str, now: datetime) -> list[str]:
    """Keep that a person has left, and revoke the person's credentials. Gives the ids of those revoked now."""
    connection.execute(update(person).where(person.c.person_id == person_id, person.c.left_at.is_(None)).values(left_at=now))
    return revoke_all(connection, person_id, now)


def revoke_all(connection: Connection, person_id: str, now: datetime) -> list[str]:
    """Revoke all credentials of a person, tokens and sessions. Gives the ids of those revoked now."""
    bound = (credential.c.person_id == person_id) & credential.c.revoked_at.is_(None)
    revoked = update(credential).where(bound).values(revoked_at=now).returning(credential.c.credential_id)
    return sorted(connection.execute(revoked).scalars())
