"""Keeps that what is marked imminent risk was reported before it is taken in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.handling import ObjectContext
from app.domain.vocabulary import Urgency
from app.policy.imminent_risk import CLOCK_SKEW, NOT_REPORTED_YET, REPORT_FIRST, is_at_imminent_risk, why_report_first
from tests.factories.policy_values import NOW


@pytest.mark.parametrize("urgency", [None, *Urgency])
@pytest.mark.parametrize(
    ("last_reported_at", "sentence"),
    [
        (None, REPORT_FIRST),
        (datetime(2001, 1, 1, tzinfo=UTC), None),
        (NOW, None),
        (NOW + CLOCK_SKEW, None),
        (NOW + CLOCK_SKEW + timedelta(microseconds=1), NOT_REPORTED_YET),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), NOT_REPORTED_YET),
    ],
)
def test_imminent_risk_that_nobody_was_told_of_by_now_is_refused_and_nothing_else(
    urgency: Urgency | None, last_reported_at: datetime | None, sentence: str | None
) -> None:
    context = ObjectContext(urgency=urgency, last_reported_at=last_reported_at)
    is_urgent = urgency is Urgency.IMMINENT_RISK
    assert is_at_imminent_risk(context) is is_urgent
    assert why_report_first(context, NOW) == (sentence if is_urgent else None)


def test_a_publishers_clock_may_be_a_day_ahead() -> None:
    assert timedelta(days=1) == CLOCK_SKEW


@pytest.mark.parametrize("sentence", [REPORT_FIRST, NOT_REPORTED_YET])
def test_the_sentence_says_that_this_is_no_reporting_channel_and_whom_to_call(sentence: str) -> None:
    assert "not a reporting channel" in sentence
    assert "police emergency number of the place where the child is" in sentence
    assert "already_reported_to" in sentence
