from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import MemberRole, StaffRole
from app.portal.waiting_cards import WORDS
from app.services.waiting.waits import WaitKind
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read, recall
from tests.factories.portal_visitors import entered


def test_each_kind_has_words() -> None:
    assert set(WORDS) == set(WaitKind)


def test_a_card_says_how_many_and_marks_what_is_overdue_by_word(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform, hotline)
    for _ in range(2):
        recall(running, platform, hotline)
    running.clock.shift += timedelta(days=7, minutes=5)
    visitor = entered(running, hotline, MemberRole.REVIEWER)
    page = visitor.get("/answer")
    assert "2 recalls and second looks to answer overdue since" in page.words
    assert '<span class="badge problem">overdue since' in page.text
    assert "1 partner is late with a recall" in entered(running, None, StaffRole.AUDITOR).get("/").words
