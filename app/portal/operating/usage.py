"""What partners use today against what they may, alarms of the last thirty days, and pages about imminent risk.

Kept by ``tests/portal/operating/test_usage.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.permissions import Permission
from app.portal.operating.approvals import names
from app.portal.operating.room import StaffBlueprint
from app.portal.pages import page
from app.services.limiting.look_at_usage import usage_today
from app.services.paging.answer_pages import list_pages
from app.services.watching.recent_alarms import recent_alarms
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_usage")
_MOST = 100


@blueprint.page("/exchange/usage", Permission.METRICS_READ)
def show() -> Response:
    """Show today's use of every partner."""
    return page("operating/usage.html", used=usage_today(exchange(), principal()), budgets=exchange().budgets)


@blueprint.page("/exchange/alarms", Permission.METRICS_READ)
def alarms() -> Response:
    """Show what alarmed the operators lately, and who is being called about imminent risk."""
    raised, called = recent_alarms(exchange(), principal(), _MOST), list_pages(exchange(), principal(), _MOST)
    return page("operating/alarms.html", raised=raised, called=called, names=names(), pages_by=exchange().relay)
