from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.partner import Principal
from app.domain.vocabulary import StaffRole
from app.policy.log_entries import why_hidden
from tests.factories.policy_values import partner_principal, staff_principal


@pytest.mark.parametrize(
    ("role", "why"), [(StaffRole.AUDITOR, None), (StaffRole.OPERATOR, None), (StaffRole.DATA_PROTECTION, "role")]
)
def test_operators_and_auditors_see_what_the_log_commits_to(role: StaffRole, why: str | None) -> None:
    for about in ([], ["partner-1"]):
        assert why_hidden(staff_principal(role), about) == why


def test_a_partner_sees_what_is_about_itself() -> None:
    caller: Principal = partner_principal()
    assert caller.partner is not None
    assert why_hidden(caller, ["another", caller.partner.partner_id]) is None
    assert why_hidden(caller, ["another"]) == "about somebody else"
    assert why_hidden(caller, []) == "about somebody else"
    assert why_hidden(replace(caller, partner=None), []) == "role"
