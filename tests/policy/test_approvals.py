"""Keeps that two persons are two humans in the role, and who is told of a proposal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.approval import ApprovalKind
from app.domain.errors import Code
from app.domain.partner import Person, Principal
from app.domain.vocabulary import StaffRole
from app.policy import approvals
from app.policy.approvals import (
    DECIDERS,
    PROPOSERS,
    may_see,
    may_still_decide,
    may_still_propose,
    why_not_decide,
    why_not_propose,
)
from tests.factories.policy_values import NOW, VIEWER_ID, approval, credential, partner, partner_principal, staff_principal

KIND = ApprovalKind.PARTNER_REACTIVATION
OPERATOR = staff_principal(StaffRole.OPERATOR)


def as_person(principal: Principal, **differences: object) -> Principal:
    """Give the principal as it would be with another person behind it and behind its credential."""
    assert principal.person is not None
    person = replace(principal.person, **differences)  # type: ignore[arg-type]  # fields of a person
    return replace(principal, person=person, credential=replace(principal.credential, person_id=person.person_id))


ANOTHER = as_person(OPERATOR, person_id="person-operator-b")
OF_A_PARTNER = Principal(
    credential(person_id="person-a", account_id=None), partner(), Person("person-a", "A", VIEWER_ID, frozenset(StaffRole))
)
NOT_PROPOSERS = [
    pytest.param(partner_principal(), Code.SECOND_PERSON_NEEDED, id="a service account"),
    pytest.param(Principal(credential(), None, None), Code.SECOND_PERSON_NEEDED, id="nobody"),
    pytest.param(replace(OPERATOR, credential=credential()), Code.SECOND_PERSON_NEEDED, id="a credential of nobody"),
    pytest.param(OF_A_PARTNER, Code.PERMISSION_MISSING, id="a partner's person"),
    pytest.param(replace(OF_A_PARTNER, partner=None), Code.PERMISSION_MISSING, id="a partner's person, no partner loaded"),
    pytest.param(staff_principal(StaffRole.AUDITOR), Code.PERMISSION_MISSING, id="an auditor"),
    pytest.param(staff_principal(StaffRole.DATA_PROTECTION), Code.PERMISSION_MISSING, id="data protection"),
    pytest.param(staff_principal(), Code.PERMISSION_MISSING, id="no role any more"),
    pytest.param(as_person(OPERATOR, left_at=NOW), Code.PERMISSION_MISSING, id="one who has left"),
]


ABOUT_SUBJECTS = [kind for kind in ApprovalKind if kind.startswith("subject-")]
PROTECTION = as_person(staff_principal(StaffRole.DATA_PROTECTION), person_id="person-protection-a")


@pytest.mark.parametrize("kind", [kind for kind in ApprovalKind if kind not in ABOUT_SUBJECTS])
def test_an_operator_proposes_and_another_decides(kind: ApprovalKind) -> None:
    assert why_not_propose(OPERATOR, kind) is None
    assert why_not_decide(ANOTHER, approval(kind=kind)) is None


@pytest.mark.parametrize("kind", ABOUT_SUBJECTS)
def test_what_concerns_the_persons_behind_data_begins_with_data_protection_and_another_decides(kind: ApprovalKind) -> None:
    proposed = approval(kind=kind, proposed_by=str(PROTECTION.credential.person_id))
    assert why_not_propose(PROTECTION, kind) is None
    assert PROTECTION.person is not None
    assert may_still_propose(PROTECTION.person, kind)
    for second in (OPERATOR, as_person(PROTECTION, person_id="person-protection-b")):
        assert why_not_decide(second, proposed) is None
        assert second.person is not None
        assert may_still_decide(second.person, kind)
    same, others = why_not_decide(PROTECTION, proposed), why_not_propose(OPERATOR, kind)
    assert same is not None
    assert same.code is Code.SECOND_PERSON_NEEDED
    assert others is not None
    assert others.sentence == "This is for persons of the exchange with the role data-protection."
    auditor = why_not_decide(staff_principal(StaffRole.AUDITOR), proposed)
    assert auditor is not None
    assert auditor.sentence == "This is for persons of the exchange with the role data-protection or operator."


@pytest.mark.parametrize(("principal", "code"), NOT_PROPOSERS)
def test_nobody_else_proposes_or_decides(principal: Principal, code: Code) -> None:
    for verdict in (why_not_propose(principal, KIND), why_not_decide(principal, approval(proposed_by="person-x"))):
        assert verdict is not None
        assert verdict.code is code


def test_one_person_with_two_credentials_is_one_person() -> None:
    other_token = replace(OPERATOR, credential=replace(OPERATOR.credential, credential_id="credential-2"))
    for principal in (OPERATOR, other_token):
        verdict = why_not_decide(principal, approval())
        assert verdict is not None
        assert verdict.code is Code.SECOND_PERSON_NEEDED


def test_whoever_it_is_about_does_not_decide() -> None:
    verdict = why_not_decide(ANOTHER, approval(subject="person-operator-b", kind=ApprovalKind.PERSON_ROLES))
    assert verdict is not None
    assert verdict.code is Code.SECOND_PERSON_NEEDED


def test_a_kind_without_deciders_is_decided_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("DECIDERS", "PROPOSERS"):
        monkeypatch.setattr(approvals, table, {})
    for verdict in (why_not_propose(OPERATOR, KIND), why_not_decide(ANOTHER, approval())):
        assert verdict is not None
        assert verdict.sentence == "Nobody decides this."
    assert OPERATOR.person is not None
    assert not may_still_propose(OPERATOR.person, KIND)
    assert not may_still_decide(OPERATOR.person, KIND)


def test_every_kind_has_its_deciders() -> None:
    assert set(DECIDERS) == set(PROPOSERS) == set(ApprovalKind)


@pytest.mark.parametrize(
    ("principal", "sees"),
    [
        pytest.param(OPERATOR, True, id="an operator"),
        pytest.param(staff_principal(StaffRole.AUDITOR), True, id="an auditor"),
        pytest.param(OF_A_PARTNER, True, id="a person of the partner"),
        pytest.param(replace(OF_A_PARTNER, partner=partner(partner_id="other")), False, id="a person of another partner"),
        pytest.param(replace(OF_A_PARTNER, partner=None), False, id="a partner's person, no partner loaded"),
        pytest.param(partner_principal(), False, id="a service account of the partner"),
        pytest.param(Principal(credential(), None, None), False, id="nobody"),
    ],
)
def test_staff_and_the_partners_own_persons_are_told(principal: Principal, sees: bool) -> None:  # noqa: FBT001  # a table's column
    assert may_see(principal, approval()) is sees


def test_partners_are_not_told_of_the_exchanges_own_affairs() -> None:
    assert not may_see(OF_A_PARTNER, approval(partner_id=None))
    assert may_see(OPERATOR, approval(partner_id=None))


def test_whoever_has_not_the_role_is_told_which_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = why_not_propose(staff_principal(StaffRole.AUDITOR), KIND)
    assert verdict is not None
    assert (verdict.code, verdict.sentence) == (
        Code.PERMISSION_MISSING,
        "This is for persons of the exchange with the role operator.",
    )
    monkeypatch.setattr(approvals, "PROPOSERS", {})
    verdict = why_not_propose(OPERATOR, KIND)
    assert verdict is not None
    assert (verdict.code, verdict.sentence) == (Code.PERMISSION_MISSING, "Nobody decides this.")
