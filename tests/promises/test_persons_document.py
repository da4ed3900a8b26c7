"""The roles as ``docs/persons.md`` gives them are those of the policy, permission by permission."""

from __future__ import annotations

from pathlib import Path

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy.scopes import SCOPES, PrincipalKind

DOCUMENT = (Path(__file__).parents[2] / "docs" / "persons.md").read_text()
COLUMNS = (
    PrincipalKind.PARTNER,
    PrincipalKind.ADMINISTRATOR,
    PrincipalKind.ANALYST,
    PrincipalKind.REVIEWER,
    PrincipalKind.READ_ONLY,
    PrincipalKind.MEMBER_PROTECTION,
    PrincipalKind.OPERATOR,
    PrincipalKind.AUDITOR,
    PrincipalKind.DATA_PROTECTION,
)


def test_every_kind_has_a_column_and_every_permission_that_somebody_holds_its_row() -> None:
    assert set(COLUMNS) == set(PrincipalKind)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT.splitlines() if line.startswith("| `")]
    told = {row[0].strip("`"): [cell == "yes" for cell in row[1:]] for row in rows if ":" in row[0]}
    held = {one for scopes in SCOPES.values() for one in scopes}
    assert told == {one.value: [one in SCOPES[kind] for kind in COLUMNS] for one in Permission if one in held}


def test_every_role_is_explained() -> None:
    for role in (*MemberRole, *StaffRole):
        assert f"| `{role}` | " in DOCUMENT
