"""The first page of the room: what waits for whoever looks, and where everything is.

Kept by ``tests/portal/operating/test_overview.py``.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from app.domain.approval import ApprovalState
from app.domain.permissions import Permission
from app.policy.approvals import why_not_decide
from app.portal.operating.room import StaffBlueprint, may
from app.portal.pages import page
from app.services.approval.look_up import ApprovalQuery, SeenApproval, list_approvals
from app.services.membership.enrol_partner import list_partners
from app.services.membership.onboarding import Standing, list_standings
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating")
_MOST_SHOWN = 5


@blueprint.page("/exchange", Permission.PARTNERS_READ)
def show() -> Response:
    """Show what waits, and the pages of the room."""
    waiting = _waiting()
    deciding = [one for one in waiting if why_not_decide(principal(), one.approval) is None]
    coming = _coming()
    names = {one.partner_id: one.name for one in list_partners(exchange(), principal())}
    known: dict[str, Any] = {
        "waiting": len(waiting),
        "deciding": deciding[:_MOST_SHOWN],
        "coming": coming[:_MOST_SHOWN],
        "coming_more": max(len(coming) - _MOST_SHOWN, 0),
        "names": names,
    }
    return page("operating/overview.html", **known)


def _waiting() -> list[SeenApproval]:
    return list_approvals(exchange(), principal(), ApprovalQuery(ApprovalState.PROPOSED, None, 100)).approvals


def _coming() -> list[Standing]:
    """Give the partners that are on their way in."""
    found = list_standings(exchange(), principal()) if may(Permission.PARTNERS_WRITE) else []
    return [one for one in found if one.missing and one.partner.state == "active"]
