"""Keeps who may change a sharing group: its manager all, operators narrower only, a member itself alone."""

from __future__ import annotations

import pytest

from app.domain.errors import Code
from app.policy.sharing_groups import GroupChange, why_group_stays
from tests.factories.policy_values import PUBLISHER_ID, VIEWER_ID

LEAVE, NARROW, OTHER = GroupChange.LEAVE, GroupChange.NARROW, GroupChange.OTHER


@pytest.mark.parametrize(
    ("caller_id", "manager_id", "allowed"),
    [
        (PUBLISHER_ID, PUBLISHER_ID, {LEAVE, NARROW, OTHER}),
        (None, None, {LEAVE, NARROW, OTHER}),
        (None, PUBLISHER_ID, {LEAVE, NARROW}),
        (VIEWER_ID, PUBLISHER_ID, {LEAVE}),
        (VIEWER_ID, None, {LEAVE}),
    ],
)
def test_who_may_change_a_group(caller_id: str | None, manager_id: str | None, allowed: set[GroupChange]) -> None:
    found = {change: why_group_stays(caller_id, manager_id, change) for change in GroupChange}
    assert {change for change, reason in found.items() if reason is None} == allowed
    sentence = "Only whoever manages this group may change it; a member may leave, and operators may narrow."
    assert {(reason.code, reason.sentence) for reason in found.values() if reason} <= {(Code.PERMISSION_MISSING, sentence)}
