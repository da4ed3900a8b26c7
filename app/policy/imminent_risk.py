"""Imminent risk: what must have been done before an object that is marked so is taken in.

Owns the rule that the exchange is not a reporting channel. Who is called about it is
``app/services/paging/page_contacts.py``'s. Kept by ``tests/policy/test_imminent_risk.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.handling import ObjectContext
from app.domain.vocabulary import Urgency

CLOCK_SKEW = timedelta(days=1)
"""How far ahead of the exchange's clock a publisher's may be before a report counts as not made yet."""

REPORT_FIRST = (
    "This exchange is not a reporting channel, and a child may be in danger now. Call the police emergency number of the place "
    "where the child is (in doubt your national hotline); then say in already_reported_to whom you told, and submit again."
)


NOT_REPORTED_YET = (
    "A report in already_reported_to has a reported_at that has not come yet, and this exchange is not a reporting channel. If a "
    "child may be in danger now, call the police emergency number of the place where the child is (in doubt your national "
    "hotline); then write when you told whom, and submit again."
)


def is_at_imminent_risk(context: ObjectContext) -> bool:
    """Whether an object says that a child is at imminent risk."""
    return context.urgency is Urgency.IMMINENT_RISK


def why_report_first(context: ObjectContext, now: datetime) -> str | None:
    """Give the sentence with which an object at imminent risk is refused that nobody was told of before, or None.

    A report that lies more than ``CLOCK_SKEW`` after ``now`` (aware) was not made; one such refuses the object whatever else it
    names. Believed and NOT checked: that who is named was told, and is the right one.
    """
    if not is_at_imminent_risk(context):
        return None
    if context.last_reported_at is None:
        return REPORT_FIRST
    return NOT_REPORTED_YET if context.last_reported_at > now + CLOCK_SKEW else None
