"""What waits for an answer from one's organisation, of all kinds.

Kept by ``tests/portal/answering/test_overview.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.permissions import Permission
from app.portal.answering.beside import beside
from app.portal.blueprint import PortalBlueprint
from app.portal.pages import page
from app.portal.waiting_cards import waiting_cards
from app.services.waiting.waits import WaitKind

_HERE = frozenset({WaitKind.DISPUTES, WaitKind.RECALLS, WaitKind.REQUESTS})
blueprint = PortalBlueprint("answering")


@blueprint.page("/answer", Permission.REQUESTS_READ, Permission.FEEDBACK_READ)
def show() -> Response:
    """Show how much of each kind waits."""
    cards = [one for one in waiting_cards() if one.kind in _HERE]
    return page("answering/overview.html", beside=beside(), cards=cards)
