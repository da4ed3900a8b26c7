"""Bodies about the keys of groups."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.group_key import EpochCause, GroupKey
from app.http.group_key_payloads import GroupKeyPayload, RotationOfKeyPayload
from app.services.membership.fetch_group_keys import GivenKey, Rotation
from tests.factories.policy_values import NOW

KEY = GroupKey("g", 1, "aaaa", "sealed", 0, EpochCause.FIRST, NOW)


def test_a_key_is_told_without_its_seal() -> None:
    told = GroupKeyPayload().dump(GivenKey(KEY, "bwtk_00"))
    assert told.keys() == {"epoch", "number", "cause", "begun_at", "ended_at", "key"}
    assert (told["key"], told["cause"], told["ended_at"]) == ("bwtk_00", "first", None)
    assert GroupKeyPayload().dump(GivenKey(KEY, None))["key"] is None


@pytest.mark.parametrize(("body", "days"), [({}, None), ({"epoch_days": 7}, 7), ({"epoch_days": 365}, 365)])
def test_a_rotation_may_say_how_long_keys_last(body: dict[str, Any], days: int | None) -> None:
    assert RotationOfKeyPayload().load(body) == Rotation(days)


@pytest.mark.parametrize("body", [{"epoch_days": 6}, {"epoch_days": 366}, {"epoch_days": "30"}, {"epoch_days": 7.5}, {"a": 1}])
def test_no_other_length_is_taken(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RotationOfKeyPayload().load(body)
