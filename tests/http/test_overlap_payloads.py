"""Forms of elements, tokens and epochs on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.overlap import MOST_AT_ONCE
from app.http.overlap_payloads import ElementsPayload, NewInterestsPayload, RemovedHoldingsPayload, WhoElsePayload

EPOCH, GROUP = "0" * 64, "00000000-0000-4000-8000-000000000000"
ELEMENT, TOKEN = "A" * 43, "A" * 86


@pytest.mark.parametrize(
    "changes",
    [
        {"epoch": "0" * 63},
        {"epoch": EPOCH.upper() + "A"},
        {"elements": []},
        {"elements": [ELEMENT] * (MOST_AT_ONCE + 1)},
        {"elements": [ELEMENT + "="]},
        {"elements": [ELEMENT[:-1]]},
        {"elements": ["+" * 43]},
        {"elements": [ELEMENT + "\n"]},
        {"elements": [1]},
        {"more": 1},
    ],
)
def test_what_is_no_list_of_elements_is_refused(changes: dict[str, Any]) -> None:
    good = {"epoch": EPOCH, "elements": [ELEMENT] * MOST_AT_ONCE}
    assert ElementsPayload().load(good) == good
    with pytest.raises(ValidationError):
        ElementsPayload().load(good | changes)


@pytest.mark.parametrize("changes", [{"group_id": "x"}, {"tokens": [TOKEN + "A"]}, {"tokens": []}, {"tokens": None}])
def test_what_is_no_question_is_refused(changes: dict[str, Any]) -> None:
    good = {"group_id": GROUP, "epoch": EPOCH, "tokens": [TOKEN]}
    assert WhoElsePayload().load(good).tokens == [TOKEN]
    assert TOKEN not in repr(WhoElsePayload().load(good))
    with pytest.raises(ValidationError):
        WhoElsePayload().load(good | changes)


def test_all_tokens_of_a_group_are_removed_by_naming_none() -> None:
    assert RemovedHoldingsPayload().load({"group_id": GROUP})["tokens"] is None


@pytest.mark.parametrize("changes", [{"kind": "gossip"}, {"contact_id": None}, {"until": "tomorrow"}])
def test_what_is_no_interest_is_refused(changes: dict[str, Any]) -> None:
    good = {"epoch": EPOCH, "tokens": [TOKEN], "kind": "investigation", "until": "2026-12-01T00:00:00Z", "contact_id": GROUP}
    assert NewInterestsPayload().load(good).contact_id == GROUP
    with pytest.raises(ValidationError):
        NewInterestsPayload().load(good | changes)
