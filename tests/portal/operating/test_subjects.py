from __future__ import annotations

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor

NEW = {
    "reference": "SR-1",
    "right": "access",
    "received_at": "2026-01-01T00:00:00Z",
    "selectors": [{"kind": "email", "value": "somebody@example.org"}],
}


def test_staff_see_how_far_requests_are_and_no_selector(
    running: RunningExchange, operator: Visitor, auditor: Visitor, protection: Visitor
) -> None:
    assert "No request" in operator.get("/exchange/subjects").words
    opened = running.staff(StaffRole.DATA_PROTECTION, Permission).post("subject-requests", NEW)
    assert opened.status == 201, opened.body
    for visitor in (operator, auditor, protection):
        shown = visitor.get("/exchange/subjects")
        assert "SR-1 Access" in shown.words
        assert "somebody@example.org" not in shown.text
