from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.object_vocabulary import HeldBasis, RecallAct, RecallKind, RecallOutcome, RecallReason
from app.domain.recall import Addressee, Outcome, Recall, RecalledVersion, SentNotice
from app.domain.vocabulary import OverdueRecall
from app.portal.answering.shown_notices import shown_notice
from app.services.recalling.look_up_notices import NoticeRecord

NOW = datetime(2026, 11, 7, 9, tzinfo=UTC)
DUE = NOW + timedelta(days=3)


def record(*outcomes: Outcome, answered_at: datetime | None = None, kind: RecallKind = RecallKind.WITHDRAWAL) -> NoticeRecord:
    sent = SentNotice(9, "recall-notice--1", 1, NOW, frozenset({1, 2}))
    recall = Recall(1, "public", "owner", RecallReason.ERROR, RecallAct.DELETE, NOW, None, 0, NOW, kind)
    versions = [RecalledVersion(number, f"indicator--{number}", "2026-01-05T10:00:00Z", b"") for number in (1, 2)]
    addressee = Addressee(9, "reader", DUE, answered_at)
    return NoticeRecord(sent, recall, addressee, versions, outcomes, [], OverdueRecall.LOSE_ACCESS, is_late=False)


@pytest.mark.parametrize(
    ("outcome", "is_settled"),
    [
        (Outcome(1, RecallOutcome.DELETED), True),
        (Outcome(1, RecallOutcome.STOPPED_USING), False),
        (Outcome(1, RecallOutcome.HELD, HeldBasis.LEGAL_CLAIM, DUE), True),
        (Outcome(1, RecallOutcome.HELD, HeldBasis.LEGAL_CLAIM, NOW), False),
    ],
)
def test_a_version_says_whether_more_is_waited_for(outcome: Outcome, *, is_settled: bool) -> None:
    first, second = shown_notice(record(outcome), NOW).versions
    assert (first.is_settled, first.outcome, second.is_settled, second.said) == (is_settled, outcome, False, "")


def test_a_notice_says_what_it_asks_and_what_being_late_costs() -> None:
    shown = shown_notice(record(), NOW)
    assert (shown.state, shown.what, shown.short_ask, shown.left.words) == ("open", ["Indicator"], "Delete it", "3 days left")
    assert shown.costs_access
    assert shown_notice(record(answered_at=NOW), NOW).state == "answered"
    assert not shown_notice(record(kind=RecallKind.DISPUTE), NOW).costs_access, "nobody loses anything over a question"
