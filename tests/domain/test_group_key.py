from __future__ import annotations

from datetime import timedelta

from app.domain.group_key import FEWEST_EPOCH_DAYS, KEYS_ARE_KEPT, MOST_EPOCH_DAYS, USUAL_EPOCH_DAYS, EpochCause, GroupKey
from app.domain.retention import MOST_DAYS
from tests.factories.policy_values import NOW


def test_a_key_does_not_show_what_is_under_its_seal() -> None:
    key = GroupKey("g", 1, "e", "secret", 0, EpochCause.FIRST, NOW)
    assert "secret" not in repr(key)


def test_keys_are_kept_as_long_as_tokens_are_stored() -> None:
    assert timedelta(days=MOST_DAYS["blinded-identifier"]) == KEYS_ARE_KEPT
    assert FEWEST_EPOCH_DAYS < USUAL_EPOCH_DAYS < MOST_EPOCH_DAYS
