"""Who is new, as tables: by when they were added, and by whom and when they were let in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain.partner import Person
from app.domain.recovery import NEWCOMER_FOR
from app.domain.sign_in import Invitation, InvitationKind
from app.policy.newcomers import is_newcomer, was_just_added
from tests.factories.policy_values import DAY, NOW

LONG_AGO = NOW - NEWCOMER_FOR
SOMEBODY = Person("p", "Somebody", "a", added_at=LONG_AGO)
BY = {"colleague": "c", "operator": "o", "machine": None}


def invited(by: str, used_at: datetime | None) -> Invitation:
    return Invitation("i", "p", InvitationKind.JOIN, BY[by], NOW, NOW + DAY, used_at)


@pytest.mark.parametrize(("added_at", "is_new"), [(None, False), (LONG_AGO, False), (LONG_AGO + DAY, True), (NOW, True)])
def test_whoever_was_added_less_than_three_days_ago_is_new(added_at: datetime | None, *, is_new: bool) -> None:
    person = replace(SOMEBODY, added_at=added_at)
    assert was_just_added(person, NOW) is is_new
    assert is_newcomer(person, [], ["o"], NOW) is is_new


@pytest.mark.parametrize(
    ("added_at", "invitations", "is_new"),
    [
        (LONG_AGO, [invited("colleague", NOW)], True),
        (LONG_AGO, [invited("colleague", LONG_AGO)], False),
        (LONG_AGO, [invited("colleague", None)], False),
        (NOW, [invited("colleague", LONG_AGO)], True),
        (NOW, [invited("machine", NOW)], False),
        (NOW, [invited("operator", NOW)], False),
        (NOW, [invited("machine", NOW), invited("colleague", NOW)], True),
        (LONG_AGO, [invited("operator", NOW), invited("colleague", NOW - DAY)], True),
    ],
)
def test_whom_a_colleague_let_in_is_new_for_three_days_and_whom_the_exchange_let_in_is_not(
    added_at: datetime, invitations: list[Invitation], *, is_new: bool
) -> None:
    assert is_newcomer(replace(SOMEBODY, added_at=added_at), invitations, ["o"], NOW) is is_new
