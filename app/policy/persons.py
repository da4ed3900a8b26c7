"""Who keeps which persons, and which changes of their roles widen.

Owns the rule; the permission ``persons:write`` comes first (``administration``), and that one person alone does not widen what
staff may do is the mechanism of ``approvals``. Kept by ``tests/policy/test_persons.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.domain.errors import Code
from app.domain.partner import Person, Principal
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy.administration import Forbidden

_TWO_PERSONS = "Giving staff a role takes two persons: propose it (POST /persons/{id}/roles)."
_FIRST_ONLY = Forbidden(
    Code.PERMISSION_MISSING,
    "Operators add and keep a partner's administrators only, where it has none; its other persons are its own to keep.",
)


def may_see(principal: Principal, person: Person) -> bool:
    """Whether a caller may know of a person at all: staff of all, a partner of its own. The permission is NOT checked."""
    if principal.partner is None:
        return principal.is_staff
    return person.partner_id == principal.partner.partner_id


def may_see_name(principal: Principal, person: Person) -> bool:
    """Whether a caller who may see a person is told the name: it stays with the person's partner, operators, and colleagues."""
    if principal.partner is not None or person.partner_id is None:
        return True
    return principal.person is not None and StaffRole.OPERATOR in principal.person.staff_roles


def why_not_added(
    principal: Principal, partner_id: str, roles: Collection[MemberRole], known: Iterable[Person]
) -> Forbidden | None:
    """Give the reason why the caller may not add a person of these roles to this partner, or None.

    A partner's administrator adds anybody to their own; an operator an administrator, where none of the partner's is in office
    (``known``: its persons).
    """
    if principal.partner is not None:
        return None if principal.partner.partner_id == partner_id else _FIRST_ONLY
    is_first = not administrators(known) and set(roles) == {MemberRole.ADMINISTRATOR}
    return None if principal.is_staff and is_first else _FIRST_ONLY


def why_not_kept(principal: Principal, person: Person) -> Forbidden | None:
    """Give the reason why the caller may not change a person that they see, record that they left, or give them a credential.

    Administrators keep their partner's persons; operators keep staff, and administrators of partners.
    """
    if principal.partner is not None:
        return None if person.partner_id == principal.partner.partner_id else _FIRST_ONLY
    is_kept = person.partner_id is None or MemberRole.ADMINISTRATOR in person.member_roles
    return None if principal.is_staff and is_kept else _FIRST_ONLY


def why_not_given(principal: Principal, before: Person, after: Person) -> Forbidden | None:
    """Give the reason why the caller, who keeps this person, may not give these roles alone, or None.

    Staff are given a further role by two persons; of a partner's administrators operators only take roles away.
    """
    if not after.staff_roles <= before.staff_roles:
        return Forbidden(Code.APPROVAL_NEEDED, _TWO_PERSONS)
    return None if principal.partner is not None or after.member_roles <= before.member_roles else _FIRST_ONLY


def administrators(persons: Iterable[Person]) -> list[Person]:
    """Give those of a partner's persons who are its administrators now."""
    return [one for one in persons if one.left_at is None and MemberRole.ADMINISTRATOR in one.member_roles]


def operators(persons: Iterable[Person]) -> list[Person]:
    """Give those of the exchange's persons who operate it now."""
    return [one for one in persons if one.left_at is None and StaffRole.OPERATOR in one.staff_roles]


def is_last(person: Person, colleagues: Iterable[Person]) -> bool:
    """Whether nobody else keeps the persons of this person's partner, or of the exchange: then they cannot go by themselves."""
    keepers = operators(colleagues) if person.partner_id is None else administrators(colleagues)
    return [one.person_id for one in keepers] == [person.person_id]
