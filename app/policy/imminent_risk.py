"""Imminent risk: what must have been done before an object that is marked so is taken in.

Owns the rule that the exchange is not a reporting channel. Who is called about it is
``app/services/paging/page_contacts.py``'s. Kept by ``tests/policy/test_imminent_risk.py``.
"""

from __future__ import annotations

from app.domain.handling import ObjectContext
from app.domain.vocabulary import Urgency

REPORT_FIRST = (
    "This exchange is not a reporting channel, and a child may be in danger now. Call the police emergency number of the place "
    "where the child is (in doubt your national hotline); then say in already_reported_to whom you told, and submit again."
)


def is_at_imminent_risk(context: ObjectContext) -> bool:
    """Whether an object says that a child is at imminent risk."""
    return context.urgency is Urgency.IMMINENT_RISK


def why_report_first(context: ObjectContext) -> str | None:
    """Give the sentence with which an object at imminent risk is refused whose publisher has told nobody yet, or None.

    Believed and NOT checked: that who is named was told, and is the right one.
    """
    return REPORT_FIRST if is_at_imminent_risk(context) and not context.already_reported else None
