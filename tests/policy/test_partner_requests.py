"""Who may ask others: to preserve, law enforcement alone; for information, whoever works on cases."""

from __future__ import annotations

import pytest

from app.domain.errors import Code
from app.domain.partner_request import RequestKind
from app.domain.vocabulary import Role
from app.policy.partner_requests import why_not_asked
from tests.factories.policy_values import partner


@pytest.mark.parametrize("role", Role)
def test_to_preserve_is_asked_by_law_enforcement_alone(role: Role) -> None:
    forbidden = why_not_asked(partner(role=role), RequestKind.PRESERVATION)
    assert (forbidden is None) is (role is Role.LAW_ENFORCEMENT)
    assert forbidden is None or forbidden.code is Code.REQUEST_NOT_PERMITTED


@pytest.mark.parametrize("role", Role)
def test_regulators_and_researchers_ask_nobody(role: Role) -> None:
    forbidden = why_not_asked(partner(role=role), RequestKind.INFORMATION)
    assert (forbidden is None) is (role not in {Role.REGULATOR, Role.RESEARCHER})
