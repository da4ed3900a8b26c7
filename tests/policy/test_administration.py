"""Keeps who may hold which permission: the table, written once more by hand, and the two questions asked of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code
from app.domain.partner import Person, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState, Purpose, StaffRole, Tlp
from app.policy import administration
from app.policy.administration import (
    CredentialTerms,
    PrincipalKind,
    kinds_of,
    permitted_scopes,
    why_forbidden,
    why_not_issued,
)
from tests.factories.policy_values import (
    DAY,
    NOW,
    SECOND,
    VIEWER_ID,
    credential,
    partner,
    partner_principal,
    staff_principal,
)

AUDITOR, DATA_PROTECTION, OPERATOR, PARTNER = (
    PrincipalKind.AUDITOR,
    PrincipalKind.DATA_PROTECTION,
    PrincipalKind.OPERATOR,
    PrincipalKind.PARTNER,
)

MATRIX = {
    Permission.AGREEMENTS_READ: {PARTNER, OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.AGREEMENTS_WRITE: {OPERATOR},
    Permission.APPROVALS_DECIDE: {PARTNER, OPERATOR},
    Permission.APPROVALS_READ: {PARTNER, OPERATOR, AUDITOR},
    Permission.AUDIENCES_READ: {PARTNER, OPERATOR},
    Permission.AUDIENCES_WRITE: {PARTNER},
    Permission.CONTACTS_READ: {PARTNER, OPERATOR},
    Permission.CONTACTS_WRITE: {PARTNER},
    Permission.CREDENTIALS_READ: {PARTNER, OPERATOR},
    Permission.CREDENTIALS_WRITE: {PARTNER, OPERATOR},
    Permission.DISCLOSURES_READ: {PARTNER, AUDITOR, DATA_PROTECTION},
    Permission.GROUPS_READ: {PARTNER, OPERATOR},
    Permission.GROUPS_WRITE: {PARTNER, OPERATOR},
    Permission.KEYS_ACTIVATE: {OPERATOR},
    Permission.KEYS_READ: {PARTNER, OPERATOR},
    Permission.KEYS_WRITE: {PARTNER},
    Permission.LOG_CHECKPOINT: {OPERATOR},
    Permission.LOG_READ: {PARTNER, OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.METRICS_READ: {OPERATOR},
    Permission.OBJECTS_READ: {PARTNER},
    Permission.OBJECTS_SUBMIT: {PARTNER},
    Permission.PAGES_ACKNOWLEDGE: {PARTNER},
    Permission.PAGES_READ: {PARTNER, OPERATOR},
    Permission.PARTNERS_READ: {OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.PARTNERS_WRITE: {OPERATOR},
    Permission.PERSONS_READ: {PARTNER, OPERATOR, AUDITOR},
    Permission.PERSONS_WRITE: {PARTNER, OPERATOR},
    Permission.POLICY_READ: {PARTNER, OPERATOR, AUDITOR},
}

PRINCIPALS = {
    PARTNER: partner_principal(),
    OPERATOR: staff_principal(StaffRole.OPERATOR),
    AUDITOR: staff_principal(StaffRole.AUDITOR),
    DATA_PROTECTION: staff_principal(StaffRole.DATA_PROTECTION),
}


def test_the_matrix_has_a_row_for_every_permission() -> None:
    assert set(MATRIX) == set(Permission)


def test_the_table_in_the_documentation_is_the_matrix() -> None:
    lines = [line.strip() for line in (administration.__doc__ or "").splitlines() if line.strip().startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    kinds = rows[0][1:]
    documented = {row[0]: {kind for kind, cell in zip(kinds, row[1:], strict=True) if cell} for row in rows[2:]}
    assert documented == MATRIX


def test_a_staff_role_is_a_kind_of_its_own() -> None:
    assert {role.value for role in StaffRole} | {PARTNER.value} == {kind.value for kind in PrincipalKind}


@pytest.mark.parametrize("kind", PrincipalKind)
@pytest.mark.parametrize("permission", Permission)
def test_a_credential_with_every_scope_may_do_what_its_kind_may(permission: Permission, kind: PrincipalKind) -> None:
    verdict = why_forbidden(PRINCIPALS[kind], permission)
    assert (verdict is None) is (kind in MATRIX[permission])
    assert verdict is None or verdict.code is Code.PERMISSION_MISSING


@pytest.mark.parametrize("kind", PrincipalKind)
def test_the_permitted_scopes_are_those_of_the_matrix(kind: PrincipalKind) -> None:
    assert permitted_scopes({kind}) == {permission for permission, kinds in MATRIX.items() if kind in kinds}


def test_several_staff_roles_hold_what_each_of_them_may() -> None:
    both = staff_principal(StaffRole.OPERATOR, StaffRole.AUDITOR)
    assert kinds_of(both) == {OPERATOR, AUDITOR}
    assert why_forbidden(both, Permission.DISCLOSURES_READ) is None
    assert why_forbidden(both, Permission.PARTNERS_WRITE) is None


def test_who_writes_agreements_never_reads_or_submits_objects() -> None:
    staff = permitted_scopes({OPERATOR, AUDITOR, DATA_PROTECTION})
    assert not staff & {Permission.OBJECTS_READ, Permission.OBJECTS_SUBMIT}


@pytest.mark.parametrize("permission", Permission)
def test_a_scope_that_the_credential_lacks_is_missing(permission: Permission) -> None:
    for principal in (
        partner_principal(scopes=frozenset(Permission) - {permission}),
        staff_principal(*StaffRole, scopes=frozenset(Permission) - {permission}),
    ):
        verdict = why_forbidden(principal, permission)
        assert verdict is not None
        assert verdict.code is Code.PERMISSION_MISSING


@pytest.mark.parametrize("state", [PartnerState.SUSPENDED, PartnerState.ENDED])
@pytest.mark.parametrize("permission", Permission)
def test_a_partner_that_is_not_active_may_do_nothing(permission: Permission, state: PartnerState) -> None:
    verdict = why_forbidden(partner_principal(state=state), permission)
    assert verdict is not None
    assert verdict.code is Code.PARTNER_NOT_ACTIVE


EVERY_ROLE = frozenset(StaffRole)
MEMBER = Person(person_id="person-analyst-a", name="Analyst A", partner_id=VIEWER_ID, staff_roles=EVERY_ROLE)
NOBODY = Principal(credential=credential(), partner=None, person=None)
ORPHAN = Principal(credential=credential(), partner=None, person=MEMBER)


def test_staff_roles_of_a_partners_person_do_not_count() -> None:
    assert kinds_of(Principal(credential=credential(), partner=partner(), person=MEMBER)) == {PARTNER}


@pytest.mark.parametrize("principal", [NOBODY, ORPHAN, staff_principal()], ids=["nobody", "no partner loaded", "no role"])
def test_who_is_neither_a_partner_nor_staff_may_do_nothing(principal: Principal) -> None:
    assert kinds_of(principal) == set()
    assert all(why_forbidden(principal, permission) for permission in Permission)


READER: dict[str, Any] = {"scopes": frozenset({Permission.CREDENTIALS_WRITE, Permission.OBJECTS_READ}), "tlp_ceiling": Tlp.AMBER}


def wished(**differences: Any) -> CredentialTerms:
    """Give terms of a reading credential for a partner, varied by keyword."""
    usual: dict[str, Any] = {
        "kinds": frozenset({PARTNER}),
        "scopes": frozenset({Permission.OBJECTS_READ}),
        "purpose": Purpose.DETECTION,
        "tlp_ceiling": Tlp.AMBER,
        "expires_at": NOW + DAY,
    }
    return CredentialTerms(**usual | differences)


STAFF_WISH = {"kinds": frozenset({AUDITOR}), "scopes": frozenset({Permission.DISCLOSURES_READ})}


@pytest.mark.parametrize(
    ("issuer", "terms"),
    [
        pytest.param(partner_principal(**READER), wished(), id="as much as the partner's own"),
        pytest.param(partner_principal(**READER), wished(tlp_ceiling=Tlp.GREEN), id="a lower ceiling"),
        pytest.param(partner_principal(**READER), wished(purpose=None), id="no purpose, from one without"),
        pytest.param(partner_principal(**READER, purpose=Purpose.DETECTION), wished(), id="the same purpose"),
        pytest.param(partner_principal(**READER), wished(scopes=READER["scopes"]), id="every scope of the partner's own"),
        pytest.param(partner_principal(**READER), wished(scopes=frozenset()), id="no scope at all"),
        pytest.param(staff_principal(StaffRole.OPERATOR), wished(tlp_ceiling=Tlp.RED), id="an operator for a partner"),
        pytest.param(staff_principal(StaffRole.OPERATOR), wished(expires_at=NOW + 900 * DAY), id="an operator for long"),
        pytest.param(
            staff_principal(StaffRole.OPERATOR),
            wished(scopes=permitted_scopes({PARTNER})),
            id="an operator with all that a partner may hold",
        ),
        pytest.param(staff_principal(StaffRole.OPERATOR), wished(**STAFF_WISH), id="an operator for an auditor"),
    ],
)
def test_a_credential_within_the_issuers_reach_may_be_issued(issuer: Principal, terms: CredentialTerms) -> None:
    assert why_not_issued(issuer, terms) is None


@pytest.mark.parametrize(
    ("issuer", "terms"),
    [
        pytest.param(partner_principal(scopes=frozenset({Permission.OBJECTS_READ})), wished(), id="the issuer lacks the scope"),
        pytest.param(staff_principal(StaffRole.AUDITOR), wished(), id="an auditor"),
        pytest.param(
            partner_principal(**READER),
            wished(scopes=frozenset({Permission.OBJECTS_SUBMIT})),
            id="a further scope",
        ),
        pytest.param(partner_principal(**READER), wished(tlp_ceiling=Tlp.AMBER_STRICT), id="a higher ceiling"),
        pytest.param(
            partner_principal(**READER, purpose=Purpose.INVESTIGATION),
            wished(),
            id="another purpose",
        ),
        pytest.param(partner_principal(**READER, purpose=Purpose.DETECTION), wished(purpose=None), id="any purpose, from one"),
        pytest.param(partner_principal(**READER), wished(expires_at=NOW + DAY + SECOND), id="a longer life"),
        pytest.param(partner_principal(), wished(**STAFF_WISH), id="a partner for staff"),
        pytest.param(partner_principal(), wished(kinds=frozenset({PARTNER, OPERATOR})), id="a partner for both"),
        pytest.param(partner_principal(), wished(kinds=frozenset(), scopes=frozenset()), id="a partner for nobody"),
        pytest.param(
            staff_principal(StaffRole.OPERATOR),
            wished(scopes=frozenset({Permission.PARTNERS_WRITE})),
            id="an operator's scope for a partner",
        ),
        pytest.param(
            staff_principal(StaffRole.OPERATOR),
            wished(kinds=frozenset({OPERATOR})),
            id="a partner's scope for an operator",
        ),
    ],
)
def test_nobody_issues_more_than_a_kind_may_hold_or_a_partner_has(issuer: Principal, terms: CredentialTerms) -> None:
    verdict = why_not_issued(issuer, terms)
    assert verdict is not None
    assert verdict.code is Code.PERMISSION_MISSING


def test_a_suspended_partner_issues_nothing() -> None:
    verdict = why_not_issued(partner_principal(state=PartnerState.SUSPENDED), wished())
    assert verdict is not None
    assert verdict.code is Code.PARTNER_NOT_ACTIVE
