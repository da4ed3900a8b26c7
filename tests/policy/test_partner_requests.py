"""Who may ask others: to preserve, law enforcement alone; for information, whoever works on cases."""

from __future__ import annotations

import pytest

from app.domain.errors import Code
from app.domain.partner_request import RequestKind
from app.domain.vocabulary import Role
from app.policy.administration import Forbidden
from app.policy.partner_requests import why_not_asked
from tests.factories.policy_values import partner

NOT_ASKED = Forbidden(Code.REQUEST_NOT_PERMITTED, "Your organisation's role does not ask others for this.")


@pytest.mark.parametrize("role", Role)
def test_to_preserve_is_asked_by_law_enforcement_alone(role: Role) -> None:
    expected = None if role is Role.LAW_ENFORCEMENT else NOT_ASKED
    assert why_not_asked(partner(role=role), RequestKind.PRESERVATION) == expected


@pytest.mark.parametrize("role", Role)
def test_regulators_and_researchers_ask_nobody(role: Role) -> None:
    expected = NOT_ASKED if role in {Role.REGULATOR, Role.RESEARCHER} else None
    assert why_not_asked(partner(role=role), RequestKind.INFORMATION) == expected
