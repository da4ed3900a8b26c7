"""Keeps the two questions asked of the table of permissions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import Code
from app.domain.partner import Person, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, PartnerState, Purpose, StaffRole, Tlp
from app.policy.administration import CredentialTerms, kinds_of, permitted_scopes, why_forbidden, why_not_issued
from app.policy.scopes import PrincipalKind, member_kinds
from tests.factories.policy_values import (
    DAY,
    NOW,
    SECOND,
    VIEWER_ID,
    credential,
    member_principal,
    partner,
    partner_principal,
    staff_principal,
)
from tests.policy.test_scopes import (
    ADMINISTRATOR,
    ANALYST,
    AUDITOR,
    DATA_PROTECTION,
    MATRIX,
    OPERATOR,
    PARTNER,
    PROTECTION,
    READ_ONLY,
    REVIEWER,
)

PRINCIPALS = {
    PARTNER: partner_principal(),
    ADMINISTRATOR: member_principal(MemberRole.ADMINISTRATOR),
    ANALYST: member_principal(MemberRole.ANALYST),
    READ_ONLY: member_principal(MemberRole.READ_ONLY),
    REVIEWER: member_principal(MemberRole.REVIEWER),
    PROTECTION: member_principal(MemberRole.DATA_PROTECTION),
    OPERATOR: staff_principal(StaffRole.OPERATOR),
    AUDITOR: staff_principal(StaffRole.AUDITOR),
    DATA_PROTECTION: staff_principal(StaffRole.DATA_PROTECTION),
}


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
    held = credential(person_id=MEMBER.person_id, account_id=None)
    assert kinds_of(Principal(credential=held, partner=partner(), person=MEMBER)) == set()


def test_a_partners_person_holds_what_each_of_their_roles_may() -> None:
    both = member_principal(MemberRole.ANALYST, MemberRole.DATA_PROTECTION)
    assert kinds_of(both) == {ANALYST, PROTECTION}
    assert why_forbidden(both, Permission.OBJECTS_SUBMIT) is None
    assert why_forbidden(both, Permission.PERSONS_READ) is None
    assert why_forbidden(both, Permission.PERSONS_WRITE) is not None


def test_a_role_that_was_taken_away_opens_nothing_whatever_the_credential_holds() -> None:
    assert all(why_forbidden(member_principal(), permission) for permission in Permission)


def left(principal: Principal) -> Principal:
    assert principal.person is not None
    return replace(principal, person=replace(principal.person, left_at=NOW))


ADMIN = PRINCIPALS[ADMINISTRATOR]


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param(left(ADMIN), id="has left the partner"),
        pytest.param(left(PRINCIPALS[OPERATOR]), id="has left the exchange"),
        pytest.param(replace(ADMIN, partner=partner(partner_id="other")), id="of another partner"),
        pytest.param(replace(ADMIN, person=None), id="the person was not loaded"),
        pytest.param(replace(ADMIN, credential=credential(account_id=None)), id="a credential of nobody, with a person"),
        pytest.param(replace(ADMIN, credential=credential(person_id="other")), id="a credential of another person"),
    ],
)
def test_a_credential_counts_with_the_person_it_is_bound_to_while_they_are_here(principal: Principal) -> None:
    assert kinds_of(principal) == set()


def test_a_service_account_has_nothing_that_is_for_persons() -> None:
    for_persons = {Permission.APPROVALS_DECIDE, Permission.APPROVALS_READ, Permission.PERSONS_READ, Permission.PERSONS_WRITE}
    assert not permitted_scopes({PARTNER}) & for_persons


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
        pytest.param(ADMIN, wished(kinds=frozenset({READ_ONLY})), id="an administrator for one who reads"),
        pytest.param(ADMIN, wished(), id="an administrator for a service account"),
        pytest.param(
            staff_principal(StaffRole.OPERATOR),
            wished(kinds=frozenset({ADMINISTRATOR}), scopes=permitted_scopes({ADMINISTRATOR})),
            id="an operator for an administrator",
        ),
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
        pytest.param(ADMIN, wished(**STAFF_WISH), id="an administrator for staff"),
        pytest.param(partner_principal(), wished(kinds=frozenset({READ_ONLY})), id="a service account for a person"),
        pytest.param(ADMIN, wished(kinds=frozenset({READ_ONLY}), scopes=frozenset({Permission.OBJECTS_SUBMIT})), id="beyond it"),
        pytest.param(member_principal(MemberRole.ANALYST), wished(), id="an analyst"),
        pytest.param(
            member_principal(MemberRole.ADMINISTRATOR, scopes=frozenset({Permission.CREDENTIALS_WRITE, Permission.OBJECTS_READ})),
            wished(kinds=frozenset({READ_ONLY})),
            id="an administrator whose credential does not write persons",
        ),
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


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"scopes": frozenset({Permission.OBJECTS_SUBMIT})}, "a further scope"),
        ({"tlp_ceiling": Tlp.AMBER_STRICT}, "a higher ceiling"),
        ({"purpose": None}, "another purpose"),
        ({"expires_at": NOW + DAY + SECOND}, "a later end"),
    ],
)
def test_the_refusal_says_which_of_the_terms_is_too_much(terms: dict[str, Any], words: str) -> None:
    issuer = partner_principal(**READER, purpose=Purpose.DETECTION)
    wish: dict[str, Any] = {"purpose": Purpose.DETECTION} | terms
    verdict = why_not_issued(issuer, wished(**wish))
    assert verdict is not None
    assert words in verdict.sentence


def test_a_suspended_partner_issues_nothing() -> None:
    verdict = why_not_issued(partner_principal(state=PartnerState.SUSPENDED), wished())
    assert verdict is not None
    assert verdict.code is Code.PARTNER_NOT_ACTIVE


STAFF_OF_A_PARTNER = Principal(credential(person_id=MEMBER.person_id, account_id=None, partner_id=None), None, MEMBER)


def test_a_partners_person_whose_partner_was_not_loaded_is_no_staff() -> None:
    assert kinds_of(STAFF_OF_A_PARTNER) == set()
    ours = replace(STAFF_OF_A_PARTNER, person=replace(MEMBER, partner_id=None))
    assert kinds_of(ours) == {OPERATOR, AUDITOR, DATA_PROTECTION}


def test_an_administrator_issues_to_somebody_who_has_every_role() -> None:
    terms = wished(kinds=frozenset({PARTNER, *member_kinds(MemberRole)}))
    assert why_not_issued(member_principal(MemberRole.ADMINISTRATOR), terms) is None


KIND_MAY_NOT = "A credential of this kind may not hold all of these permissions."
MORE = "A credential allows no more than the one it is issued with; this one would have {}."


@pytest.mark.parametrize(
    ("issuer", "terms", "sentence"),
    [
        (partner_principal(state=PartnerState.SUSPENDED), {}, "Your organisation is not active here."),
        (partner_principal(scopes=frozenset()), {}, "Your credential does not have the permission credentials:write."),
        (ADMIN, {"kinds": frozenset({READ_ONLY}), "scopes": frozenset({Permission.OBJECTS_SUBMIT})}, KIND_MAY_NOT),
        (ADMIN, STAFF_WISH, MORE.format("a holder who is not of your organisation, or has no role")),
        (partner_principal(**READER), {"scopes": frozenset({Permission.OBJECTS_SUBMIT})}, MORE.format("a further scope")),
        (partner_principal(**READER), {"tlp_ceiling": Tlp.RED}, MORE.format("a higher ceiling")),
        (partner_principal(**READER, purpose=Purpose.AUDIT), {}, MORE.format("another purpose")),
        (
            partner_principal(**READER),
            {"expires_at": NOW + 2 * DAY},
            MORE.format("a later end: leave the end out for the same one"),
        ),
    ],
)
def test_a_refusal_says_in_a_sentence_what_is_missing(issuer: Principal, terms: dict[str, Any], sentence: str) -> None:
    verdict = why_not_issued(issuer, wished(**terms))
    assert verdict is not None
    assert verdict.sentence == sentence
