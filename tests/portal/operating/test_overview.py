from __future__ import annotations

from tests.factories.portal_onboarding import enrolled, proposed
from tests.factories.portal_visitors import Visitor


def test_what_waits_is_shown_to_whoever_may_decide_it(operator: Visitor, second: Visitor, auditor: Visitor) -> None:
    assert "Nothing waits for you to decide." in operator.get("/exchange").words
    approval_id = proposed(operator, enrolled(operator))
    assert f"/exchange/approvals/{approval_id}" in second.get("/exchange").text
    for visitor in (operator, auditor):
        assert f"/exchange/approvals/{approval_id}" not in visitor.get("/exchange").text
        assert "1 proposal is open" in visitor.page.words


def test_who_is_on_the_way_in_is_shown_to_operators(operator: Visitor, auditor: Visitor) -> None:
    enrolled(operator)
    assert "Synthetic Hotline 4 steps to go" in operator.get("/exchange").words
    assert "Synthetic Hotline" not in auditor.get("/exchange").words
