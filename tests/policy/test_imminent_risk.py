"""Keeps that what is marked imminent risk was reported before it is taken in."""

from __future__ import annotations

import pytest

from app.domain.handling import ObjectContext
from app.domain.vocabulary import Urgency
from app.policy.imminent_risk import REPORT_FIRST, is_at_imminent_risk, why_report_first


@pytest.mark.parametrize("urgency", [None, *Urgency])
@pytest.mark.parametrize("already_reported", [False, True])
def test_imminent_risk_that_was_reported_to_nobody_is_refused_and_nothing_else(
    urgency: Urgency | None, *, already_reported: bool
) -> None:
    context = ObjectContext(urgency=urgency, already_reported=already_reported)
    is_urgent = urgency is Urgency.IMMINENT_RISK
    assert is_at_imminent_risk(context) is is_urgent
    assert why_report_first(context) == (REPORT_FIRST if is_urgent and not already_reported else None)


def test_the_sentence_says_that_this_is_no_reporting_channel_and_whom_to_call() -> None:
    assert "not a reporting channel" in REPORT_FIRST
    assert "police emergency number of the place where the child is" in REPORT_FIRST
    assert "already_reported_to" in REPORT_FIRST
