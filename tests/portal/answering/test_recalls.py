from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read, recall
from tests.factories.portal_visitors import Visitor, entered


@pytest.fixture
def reviewer(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> Visitor:
    let_read(running, platform, hotline)
    return entered(running, hotline, MemberRole.REVIEWER)


def test_a_notice_says_in_words_what_to_do_and_by_when(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    assert "Every recall is answered" in reviewer.get("/answer/recalls").words
    notice = recall(running, platform, hotline)
    assert "What you were given was taken back 1 version: Indicator delete it" in reviewer.get("/answer/recalls").words
    words = reviewer.get(f"/answer/recalls/{notice['id']}").words
    for said in (
        "Delete every copy",
        "Why it was wrong",
        "6 days left",
        "Your contacts are reminded",
        notice["versions"][0]["stix_id"],
    ):
        assert said in words


def test_anothers_notice_is_no_notice(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    notice = recall(running, platform, hotline)
    other = entered(running, platform, MemberRole.REVIEWER)
    hidden, absent = other.get(f"/answer/recalls/{notice['id']}"), other.get("/answer/recalls/recall-notice--none")
    assert hidden.status == absent.status == 404
    assert "What you were given" not in other.get("/answer/recalls?all=1").words
    assert reviewer.get(f"/answer/recalls/{notice['id']}").status == 200


def test_who_may_not_answer_opens_none(running: RunningExchange, hotline: FakePartner) -> None:
    reader, operator = entered(running, hotline, MemberRole.READ_ONLY), entered(running, None, StaffRole.OPERATOR)
    paths = ("/answer/recalls", "/answer/recalls/recall-notice--none")
    assert [visitor.get(path).status for visitor in (reader, operator) for path in paths] == [403, 403, 403, 404]
