from __future__ import annotations

from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from app.domain.object_vocabulary import RecallAct, RecallOutcome, RecallReason
from app.domain.recall import Choice, Outcome, Recall, RecalledVersion
from app.http.recall_payloads import MOST_VERSIONS, RecallPayload, WithdrawalPayload
from app.services.reading.look_up_recalls import OwnRecall, Told

MOMENT = datetime(2026, 1, 5, 10, tzinfo=UTC)


def test_who_says_nothing_withdraws_all_versions_to_be_used_no_more() -> None:
    assert WithdrawalPayload().load({}) == {
        "choice": Choice(),
        "reason": RecallReason.WITHDRAWN,
        "act": RecallAct.STOP_USING,
    }


def test_versions_are_named_by_any_spelling_of_their_instant() -> None:
    given = {"versions": ["2026-01-05T10:00:00.000Z", "2026-01-05T10:00:00.50Z"], "reason": "error", "act": "delete"}
    assert WithdrawalPayload().load(given) == {
        "choice": Choice(keys=frozenset({"2026-01-05T10:00:00", "2026-01-05T10:00:00.5"})),
        "reason": RecallReason.ERROR,
        "act": RecallAct.DELETE,
    }


@pytest.mark.parametrize(
    "given",
    [
        {"versions": []},
        {"versions": ["2026-01-05T10:00:00Z"] * (MOST_VERSIONS + 1)},
        {"versions": ["yesterday"]},
        {"versions": "2026-01-05T10:00:00Z"},
        {"versions": None},
        {"reason": "regret"},
        {"act": None},
        {"until": "2026-01-05T10:00:00Z"},
    ],
)
def test_what_is_not_understood_withdraws_nothing(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WithdrawalPayload().load(given)


def test_a_recall_is_told_without_its_number() -> None:
    recall = Recall(77, "public", "partner-a", RecallReason.ERROR, RecallAct.DELETE, MOMENT, 5, 5, MOMENT)
    told = Told("partner-b", "B", MOMENT, None, [Outcome(one, RecallOutcome.DELETED) for one in (7, 8)], is_late=True)
    own = OwnRecall(recall, [RecalledVersion(99, "indicator--x", "2026-01-05T10:00:00Z", b"\xab" * 32)], [told], 12)
    assert RecallPayload().dump(own) == {
        "id": "public",
        "owner_id": "partner-a",
        "kind": "withdrawal",
        "log_index": 12,
        "recalled_at": "2026-01-05T10:00:00.000000Z",
        "reason": "error",
        "act": "delete",
        "objects": [{"id": "indicator--x", "version": "2026-01-05T10:00:00Z", "payload_digest": "ab" * 32}],
        "notified_at": "2026-01-05T10:00:00.000000Z",
        "told": [
            {
                "id": "partner-b",
                "name": "B",
                "is_late": True,
                "due_at": "2026-01-05T10:00:00.000000Z",
                "answered_at": None,
                "outcomes": {"deleted": 2},
            }
        ],
    }
