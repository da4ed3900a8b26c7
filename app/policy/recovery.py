"""Which two persons let somebody set up anew how they sign in.

Owns the rule: two administrators of the person's partner; where it has one other administrator, that one and an operator; where
it has none, two operators; for a person of the exchange two operators. Never the person themself, never one person twice, never a
service account, and nobody who came, was given the role, or set up how they sign in a moment ago. Kept by
``tests/policy/test_recovery.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Code
from app.domain.partner import Person, Principal
from app.policy.administration import Forbidden
from app.policy.newcomers import was_just_added
from app.policy.persons import administrators, operators

_TWO = 2
_NO_PERSON = Forbidden(
    Code.SECOND_PERSON_NEEDED, "A person does this, with a credential of their own; a service account does not."
)
_CONCERNED = Forbidden(Code.SECOND_PERSON_NEEDED, "Nobody recovers their own sign-in: two others do.")
_SAME = Forbidden(Code.SECOND_PERSON_NEEDED, "Whoever proposed this does not agree to it: another person must.")
_NEITHER = Forbidden(
    Code.PERMISSION_MISSING,
    "This takes two administrators of the person's organisation, who have been there for three days; an operator takes the place "
    "of one who is missing.",
)


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who keeps the people of somebody's organisation, apart from that person, and the operators of the exchange."""

    own: frozenset[str]
    operators: frozenset[str]

    @property
    def own_needed(self) -> int:
        """How many of the two have to be the organisation's own."""
        return min(_TWO, len(self.own))

    def lacks_two(self) -> bool:
        """Whether there are not even two who could: then only the exchange's machine can be the second."""
        return len(self.own | self.operators) < _TWO

    def is_sound(self, persons: Collection[str]) -> bool:
        """Whether these persons' ids, one or two, can be the two, or one of them."""
        if not set(persons) <= self.own | self.operators:
            return False
        outside = sum(1 for one in set(persons) if one not in self.own)
        return outside <= _TWO - self.own_needed


@dataclass(frozen=True, slots=True)
class Lately:
    """The moment, and the ids of those who, less than ``NEWCOMER_FOR`` before it, got a role or set up how they sign in."""

    now: datetime
    changed: Collection[str] = frozenset()


def keepers_of(person: Person, colleagues: Iterable[Person], staff: Iterable[Person], lately: Lately) -> Keepers:
    """Give who counts for a person, of the ``colleagues`` of their organisation and the ``staff`` of the exchange."""
    own = administrators(colleagues) if person.partner_id is not None else operators(staff)
    return Keepers(_settled(own, person, lately), _settled(operators(staff), person, lately))


def why_not_propose(principal: Principal, person: Person, keepers: Keepers) -> Forbidden | None:
    """Give the reason why the caller may not be the first of the two, or None. The permission is NOT checked."""
    who = _who(principal)
    if who is None:
        return _NO_PERSON
    if who == person.person_id:
        return _CONCERNED
    return None if keepers.is_sound([who]) else _NEITHER


def why_not_agree(principal: Principal, person: Person, proposed_by: str, keepers: Keepers) -> Forbidden | None:
    """Give the reason why the caller may not be the second, after ``proposed_by``, who has to count still; or None."""
    forbidden = why_not_propose(principal, person, keepers)
    if forbidden is not None:
        return forbidden
    who = _who(principal)
    if who == proposed_by:
        return _SAME
    return None if keepers.is_sound([str(who), proposed_by]) else _NEITHER


def _who(principal: Principal) -> str | None:
    person = principal.person
    return None if person is None or person.person_id != principal.credential.person_id else person.person_id


def _settled(persons: Iterable[Person], concerned: Person, lately: Lately) -> frozenset[str]:
    known = (one for one in persons if one.person_id not in {concerned.person_id, *lately.changed})
    return frozenset(one.person_id for one in known if not was_just_added(one, lately.now))
