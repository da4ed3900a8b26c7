"""Keeps who is given which keys of a group, and when the next begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import Code
from app.domain.group_key import EpochCause, GroupKey
from app.domain.sharing import GroupMember
from app.policy.administration import Forbidden
from app.policy.group_keys import Holders, check_reads, may_have, why_followed, why_renewed
from tests.factories.policy_values import NOW

KEY = GroupKey("g", 3, "e", "sealed", 2, EpochCause.FIRST, NOW)
READER = GroupMember("g", "a", can_read=True, can_write=False, from_generation=2, joined_at=NOW)
WRITER = replace(READER, can_read=False, can_write=True)
DAY = timedelta(days=1)


def test_keys_are_for_members_that_read() -> None:
    assert check_reads(READER) == READER
    for other in (WRITER, None):
        sentence = "Keys of a group are given to its members that read there, and to nobody else."
        assert check_reads(other) == Forbidden(Code.PERMISSION_MISSING, sentence)


@pytest.mark.parametrize(
    ("from_generation", "before", "expected"), [(2, (), True), (0, (), True), (3, (), False), (3, (3,), True), (3, (2,), False)]
)
def test_who_joined_later_is_given_what_it_had(from_generation: int, before: tuple[int, ...], *, expected: bool) -> None:
    assert may_have(KEY, from_generation, before) is expected


LEFT, JOINED = EpochCause.MEMBER_LEFT, EpochCause.MEMBER_JOINED


@pytest.mark.parametrize(
    ("before", "can_read", "shares_history", "cause"),
    [
        (READER, False, True, LEFT),
        (READER, False, False, LEFT),
        (READER, True, False, None),
        (WRITER, False, False, None),
        (WRITER, True, False, JOINED),
        (WRITER, True, True, None),
        (None, True, False, JOINED),
        (None, True, True, None),
        (None, False, False, None),
    ],
)
def test_what_ends_an_epoch_when_rights_change(
    before: GroupMember | None, cause: EpochCause | None, *, can_read: bool, shares_history: bool
) -> None:
    assert why_followed(before, can_read=can_read, shares_history=shares_history) is cause


@pytest.mark.parametrize(
    ("holding", "days", "cause"),
    [
        ({"a"}, 0, None),
        ({"a"}, 89, None),
        ({"a"}, 90, EpochCause.SCHEDULE),
        (set(), 90, None),
        ({"a", "gone"}, 0, EpochCause.MEMBER_ENDED),
        ({"a", "gone"}, 90, EpochCause.MEMBER_ENDED),
    ],
)
def test_what_ends_an_epoch_by_itself(holding: set[str], days: int, cause: EpochCause | None) -> None:
    holders = Holders(frozenset(holding), frozenset({"a", "b"}))
    assert why_renewed(KEY, holders, 90, NOW + days * DAY) is cause
