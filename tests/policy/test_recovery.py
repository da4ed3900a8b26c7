"""Which two persons count, as tables: by who else keeps the organisation's people."""

from __future__ import annotations

import pytest

from app.domain.errors import Code
from app.domain.partner import Credential, Person, Principal
from app.domain.recovery import NEWCOMER_FOR
from app.domain.vocabulary import MemberRole, StaffRole, Tlp
from app.policy.administration import Forbidden
from app.policy.recovery import Keepers, Lately, keepers_of, why_not_agree, why_not_propose
from tests.factories.policy_values import DAY, NOW

LOST = Person("lost", "Somebody", "a", member_roles=frozenset({MemberRole.ANALYST}))
ADMIN = frozenset({MemberRole.ADMINISTRATOR})
OPERATES = frozenset({StaffRole.OPERATOR})


def administrator(person_id: str, **values: object) -> Person:
    return Person(person_id, person_id, "a", member_roles=ADMIN, **values)  # type: ignore[arg-type]  # of Person


def operator(person_id: str) -> Person:
    return Person(person_id, person_id, None, staff_roles=OPERATES)


def caller(person: Person | None, bound_to: str | None = None) -> Principal:
    person_id = bound_to or (person.person_id if person else None)
    held = Credential("c", "n", None, person_id, None, frozenset(), None, Tlp.RED, NOW, NOW + DAY)
    return Principal(held, None, person)


TWO, ONE, NONE = [administrator("a1"), administrator("a2")], [administrator("a1")], []
STAFF = [operator("o1"), operator("o2")]


@pytest.mark.parametrize(
    ("own", "first", "second", "counts"),
    [
        (TWO, "a1", "a2", True),
        (TWO, "a1", "o1", False),
        (TWO, "o1", "o2", False),
        (ONE, "a1", "o1", True),
        (ONE, "o1", "a1", True),
        (ONE, "o1", "o2", False),
        (NONE, "o1", "o2", True),
        (NONE, "o1", "o1", False),
        (ONE, "a1", "a1", False),
        (NONE, "lost", "o1", False),
        (TWO, "a1", "lost", False),
    ],
)
def test_two_of_the_organisation_and_an_operator_for_each_that_is_missing(
    own: list[Person], first: str, second: str, *, counts: bool
) -> None:
    keepers = keepers_of(LOST, [LOST, *own], STAFF, Lately(NOW))
    people = {one.person_id: one for one in (LOST, *own, *STAFF)}
    proposes = why_not_propose(caller(people[first]), LOST, keepers) is None
    agrees = why_not_agree(caller(people[second]), LOST, first, keepers) is None
    assert (proposes and agrees) is counts


def test_of_the_exchange_two_operators_who_are_not_the_person() -> None:
    lost = operator("o1")
    keepers = keepers_of(lost, STAFF, [*STAFF, operator("o3")], Lately(NOW))
    assert keepers == Keepers(frozenset({"o2", "o3"}), frozenset({"o2", "o3"}))
    assert why_not_agree(caller(operator("o3")), lost, "o2", keepers) is None
    assert not keepers.lacks_two()
    assert keepers_of(lost, STAFF, STAFF, Lately(NOW)).lacks_two()


def test_whoever_is_new_has_left_or_has_another_role_counts_not() -> None:
    known = [
        administrator("new", added_at=NOW - NEWCOMER_FOR + DAY),
        administrator("gone", left_at=NOW),
        Person("other", "other", "a", member_roles=frozenset(MemberRole) - ADMIN),
        administrator("changed", added_at=NOW - 9 * NEWCOMER_FOR),
        administrator("settled", added_at=NOW - NEWCOMER_FOR),
    ]
    assert keepers_of(LOST, known, STAFF, Lately(NOW, {"changed"})).own == {"settled"}


def test_a_service_account_and_a_credential_of_another_are_nobody() -> None:
    keepers = keepers_of(LOST, TWO, STAFF, Lately(NOW))
    for nobody in (caller(None), caller(TWO[0], bound_to="a2")):
        forbidden = why_not_propose(nobody, LOST, keepers)
        assert forbidden is not None
        assert forbidden.code is Code.SECOND_PERSON_NEEDED


def test_nobody_proposes_or_agrees_for_themselves_or_twice_or_in_place_of_the_organisations_own() -> None:
    keepers = keepers_of(LOST, TWO, STAFF, Lately(NOW))
    concerned = Forbidden(Code.SECOND_PERSON_NEEDED, "Nobody recovers their own sign-in: two others do.")
    same = Forbidden(Code.SECOND_PERSON_NEEDED, "Whoever proposed this does not agree to it: another person must.")
    neither = Forbidden(
        Code.PERMISSION_MISSING,
        "This takes two administrators of the person's organisation, who have been there for three days; an operator takes the "
        "place of one who is missing.",
    )
    no_person = Forbidden(
        Code.SECOND_PERSON_NEEDED, "A person does this, with a credential of their own; a service account does not."
    )
    assert why_not_agree(caller(TWO[0]), LOST, "a1", keepers) == same
    for who, why in ((LOST, concerned), (STAFF[0], neither), (None, no_person)):
        assert why_not_propose(caller(who), LOST, keepers) == why
        assert why_not_agree(caller(who), LOST, "a1", keepers) == why


def test_a_first_one_who_counts_no_more_makes_no_pair() -> None:
    keepers = keepers_of(LOST, TWO, STAFF, Lately(NOW))
    assert why_not_agree(caller(TWO[0]), LOST, "gone", keepers) is not None
