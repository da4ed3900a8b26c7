"""Keeps who keeps whom: a partner's administrators their own, operators staff and a partner's first administrator."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Code
from app.domain.partner import Person, Principal
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy.persons import (
    administrators,
    is_last,
    may_see,
    may_see_name,
    operators,
    why_not_added,
    why_not_given,
    why_not_kept,
)
from tests.factories.policy_values import NOW, PUBLISHER_ID, VIEWER_ID, credential, member_principal, staff_principal

ADMIN = member_principal(MemberRole.ADMINISTRATOR)
OPERATOR, AUDITOR = staff_principal(StaffRole.OPERATOR), staff_principal(StaffRole.AUDITOR)
NOBODY = Principal(credential(), None, None)


def of(partner_id: str | None, *roles: MemberRole, name: str = "a", staff: frozenset[StaffRole] = frozenset()) -> Person:
    return Person(name, f"Person {name}", partner_id, staff, frozenset(roles))


OWN, FOREIGN = of(VIEWER_ID, MemberRole.ANALYST), of(PUBLISHER_ID, MemberRole.ANALYST)
FOREIGN_ADMIN = of(PUBLISHER_ID, MemberRole.ADMINISTRATOR)
STAFF = of(None, staff=frozenset({StaffRole.AUDITOR}))


KEPT = [  # who, whom, sees, is told the name, keeps
    (ADMIN, OWN, True, True, True),
    (ADMIN, FOREIGN, False, True, False),
    (ADMIN, STAFF, False, True, False),
    (OPERATOR, OWN, True, True, False),
    (OPERATOR, FOREIGN_ADMIN, True, True, True),
    (OPERATOR, STAFF, True, True, True),
    (AUDITOR, OWN, True, False, False),
    (AUDITOR, STAFF, True, True, True),
    (NOBODY, OWN, False, False, False),
    (NOBODY, STAFF, False, True, False),
]


@pytest.mark.parametrize("row", KEPT)
def test_who_sees_and_keeps_whom(row: tuple[Principal, Person, bool, bool, bool]) -> None:
    principal, person, *expected = row
    told = [may_see(principal, person), may_see_name(principal, person), why_not_kept(principal, person) is None]
    assert told == expected


FIRST = frozenset({MemberRole.ADMINISTRATOR})
LEFT = replace(FOREIGN_ADMIN, left_at=NOW)


@pytest.mark.parametrize(
    ("principal", "roles", "known", "may"),
    [
        pytest.param(OPERATOR, FIRST, [], True, id="the first administrator"),
        pytest.param(OPERATOR, FIRST, [FOREIGN, LEFT], True, id="a new first one"),
        pytest.param(OPERATOR, FIRST, [FOREIGN_ADMIN], False, id="a second administrator"),
        pytest.param(OPERATOR, frozenset({MemberRole.ANALYST}), [], False, id="an analyst"),
        pytest.param(OPERATOR, FIRST | {MemberRole.ANALYST}, [], False, id="more than an administrator"),
        pytest.param(OPERATOR, frozenset(), [], False, id="nobody in particular"),
        pytest.param(NOBODY, FIRST, [], False, id="by nobody"),
        pytest.param(ADMIN, FIRST, [], False, id="of another partner"),
    ],
)
def test_whom_operators_add_to_a_partner(
    principal: Principal,
    roles: frozenset[MemberRole],
    known: list[Person],
    may: bool,  # noqa: FBT001  # a table's column
) -> None:
    verdict = why_not_added(principal, PUBLISHER_ID, roles, known)
    assert (verdict is None) is may
    assert verdict is None or verdict.code is Code.PERMISSION_MISSING


def test_administrators_add_anybody_to_their_own_partner() -> None:
    assert why_not_added(ADMIN, VIEWER_ID, frozenset(MemberRole), [OWN]) is None


def test_staff_are_given_roles_by_two_persons_and_lose_them_by_one() -> None:
    more = replace(STAFF, staff_roles=frozenset({StaffRole.AUDITOR, StaffRole.OPERATOR}))
    widening = why_not_given(OPERATOR, STAFF, more)
    assert widening is not None
    assert widening.code is Code.APPROVAL_NEEDED
    assert widening.sentence == "Giving staff a role takes two persons: propose it (POST /persons/{id}/roles)."
    assert why_not_given(OPERATOR, more, STAFF) is None
    exchanged = why_not_given(OPERATOR, STAFF, replace(STAFF, staff_roles=frozenset({StaffRole.OPERATOR})))
    assert exchanged is not None


def test_operators_only_take_roles_of_administrators_away() -> None:
    more = replace(FOREIGN_ADMIN, member_roles=frozenset(MemberRole))
    assert why_not_given(OPERATOR, FOREIGN_ADMIN, more) is not None
    assert why_not_given(OPERATOR, more, FOREIGN_ADMIN) is None
    assert why_not_given(ADMIN, OWN, replace(OWN, member_roles=frozenset(MemberRole))) is None


def test_the_last_keeper_is_the_one_besides_whom_there_is_none_in_office() -> None:
    one, two = (of(VIEWER_ID, MemberRole.ADMINISTRATOR, name=name) for name in ("a", "b"))
    assert is_last(one, [one, OWN, replace(two, left_at=NOW)])
    assert not is_last(one, [one, two])
    assert not is_last(replace(OWN, person_id="c"), [OWN, one])
    assert administrators([one, OWN, replace(two, left_at=NOW)]) == [one]
    first, second = (of(None, name=name, staff=frozenset({StaffRole.OPERATOR})) for name in ("a", "b"))
    assert is_last(first, [first, STAFF, replace(second, left_at=NOW)])
    assert not is_last(first, [first, second])
    assert operators([first, STAFF, replace(second, left_at=NOW)]) == [first]
