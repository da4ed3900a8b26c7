"""What stays of an object when newer versions and calls follow it, in whichever order pages bring them."""

from __future__ import annotations

from typing import Any

import pytest

from breakwater_threatexchange.exchange import BreakwaterExchangeAPI, BreakwaterRecord, _updates

OLD, NEW = BreakwaterRecord(version="2026-01-01T00:00:00.000Z"), BreakwaterRecord(version="2026-02-01T00:00:00.000Z")
OBSERVABLE = BreakwaterRecord()


def recall(*versions: str) -> BreakwaterRecord:
    return BreakwaterRecord(recalled=list(versions))


@pytest.mark.parametrize(
    ("first", "then", "stays"),
    [
        (None, OLD, OLD),
        (OLD, NEW, NEW),
        (NEW, OLD, NEW),
        (OLD, recall(OLD.version), None),
        (NEW, recall(OLD.version), NEW),
        (NEW, recall(""), None),
        (OBSERVABLE, recall(OLD.version), None),
        (None, recall(OLD.version), None),
        (OLD, None, None),
    ],
)
def test_what_stays(first: BreakwaterRecord | None, then: BreakwaterRecord | None, stays: BreakwaterRecord | None) -> None:
    assert BreakwaterExchangeAPI.fetch_value_merge(first, then) == stays


@pytest.mark.parametrize(
    ("act", "revoked", "calls"), [("delete", False, 1), ("stop-using", False, 1), ("review", False, 0), ("delete", True, 0)]
)
def test_only_what_asks_to_stop_takes_away(act: str, revoked: bool, calls: int) -> None:  # noqa: FBT001  # a table of them
    notice: dict[str, Any] = {"type": "recall-notice", "act": act, "revoked": revoked, "recalled": [{"stix_id": "indicator--1"}]}
    assert len(list(_updates(notice))) == calls
