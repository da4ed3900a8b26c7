from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.agreement import RecallTerms
from app.domain.vocabulary import OverdueRecall
from app.services.intake.await_answers import recall_terms
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.recalled import notices, recalled


def test_each_has_the_time_of_its_own_agreement_and_its_notice_says_so(quick_hub: Hub, publisher: Member, other: Member) -> None:
    hasty = quick_hub.enrol("Hasty")
    hasty.agree(recall=RecallTerms(48, OverdueRecall.LOSE_ACCESS))
    recalled(publisher, other, hasty)
    for member, time, overdue in ((other, 7 * DAY, OverdueRecall.ALARM), (hasty, 2 * DAY, OverdueRecall.LOSE_ACCESS)):
        [record] = notices(member)
        assert (record.addressee.due_at, record.if_overdue) == (quick_hub.clock.now + time, overdue)
        [notice] = member.look_up(record.sent.notice_id)
        assert notice["acknowledge_by"] == f"{quick_hub.clock.now + time:%Y-%m-%dT%H:%M:%S.%fZ}"


@pytest.mark.parametrize(("lasts", "hours"), [(DAY, 168), (None, 24)])
def test_the_terms_are_those_in_force_when_it_is_told(quick_hub: Hub, other: Member, lasts: timedelta | None, hours: int) -> None:
    other.agree(recall=RecallTerms(24), ends_at=lasts and quick_hub.clock.now + lasts)
    with quick_hub.exchange.database.read() as connection:
        assert recall_terms(connection, other.id, quick_hub.clock.now) == RecallTerms(24)
        assert recall_terms(connection, other.id, quick_hub.clock.now + DAY) == RecallTerms(hours)
