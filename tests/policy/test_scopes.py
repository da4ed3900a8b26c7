"""Keeps who may hold which permission: the table, written once more by hand."""

from __future__ import annotations

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy import scopes
from app.policy.scopes import PrincipalKind, member_kinds

AUDITOR, DATA_PROTECTION, OPERATOR, PARTNER = (
    PrincipalKind.AUDITOR,
    PrincipalKind.DATA_PROTECTION,
    PrincipalKind.OPERATOR,
    PrincipalKind.PARTNER,
)
ADMINISTRATOR, ANALYST, READ_ONLY, REVIEWER, PROTECTION = (
    PrincipalKind.ADMINISTRATOR,
    PrincipalKind.ANALYST,
    PrincipalKind.READ_ONLY,
    PrincipalKind.REVIEWER,
    PrincipalKind.MEMBER_PROTECTION,
)
MANAGERS = {PARTNER, ADMINISTRATOR}
READERS = {*MANAGERS, ANALYST, REVIEWER, READ_ONLY}
MEMBERS = {*READERS, PROTECTION}
COLUMNS = [PARTNER, ADMINISTRATOR, ANALYST, REVIEWER, READ_ONLY, PROTECTION, OPERATOR, AUDITOR, DATA_PROTECTION]

MATRIX = {
    Permission.AGREEMENTS_READ: {*MEMBERS, OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.AGREEMENTS_WRITE: {OPERATOR},
    Permission.APPROVALS_DECIDE: {OPERATOR, DATA_PROTECTION},
    Permission.APPROVALS_READ: {ADMINISTRATOR, PROTECTION, OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.AUDIENCES_READ: {*MEMBERS, OPERATOR},
    Permission.AUDIENCES_WRITE: MANAGERS,
    Permission.CATALOGUE_PROPOSE: {*MANAGERS, ANALYST, REVIEWER, OPERATOR},
    Permission.CATALOGUE_REVIEW: {ADMINISTRATOR, REVIEWER, OPERATOR},
    Permission.CONTACTS_READ: {*READERS, OPERATOR},
    Permission.CONTACTS_WRITE: MANAGERS,
    Permission.CONTESTS_ENTER: {*MANAGERS, ANALYST, REVIEWER, OPERATOR},
    Permission.CONTESTS_READ: {OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.CREDENTIALS_READ: {*MANAGERS, OPERATOR},
    Permission.CREDENTIALS_WRITE: {*MANAGERS, OPERATOR},
    Permission.DECONFLICTION_READ: {*MANAGERS, ANALYST, REVIEWER},
    Permission.DECONFLICTION_WRITE: {*MANAGERS, ANALYST},
    Permission.DISCLOSURES_READ: {*MANAGERS, REVIEWER, PROTECTION, AUDITOR, DATA_PROTECTION},
    Permission.DISCLOSURES_SEARCH: {OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.DRAFTS_READ: {ADMINISTRATOR, ANALYST, REVIEWER},
    Permission.DRAFTS_REVIEW: {ADMINISTRATOR, ANALYST, REVIEWER},
    Permission.DRAFTS_WRITE: {ADMINISTRATOR, ANALYST},
    Permission.EXPORTS_READ: {*READERS, OPERATOR, AUDITOR},
    Permission.EXPORTS_WRITE: MANAGERS,
    Permission.FEEDBACK_READ: READERS,
    Permission.GROUP_KEYS_READ: {*MANAGERS, ANALYST},
    Permission.GROUPS_READ: {*MEMBERS, OPERATOR},
    Permission.GROUPS_WRITE: {*MANAGERS, OPERATOR},
    Permission.HOLDS_READ: {OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.HOLDS_WRITE: {OPERATOR, DATA_PROTECTION},
    Permission.KEYS_ACTIVATE: {OPERATOR},
    Permission.KEYS_READ: {*MEMBERS, OPERATOR},
    Permission.KEYS_WRITE: MANAGERS,
    Permission.LOG_CHECKPOINT: {OPERATOR},
    Permission.LOG_COSIGN: MANAGERS,
    Permission.LOG_READ: {*MEMBERS, OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.METRICS_READ: {OPERATOR},
    Permission.OBJECTS_READ: READERS,
    Permission.OBJECTS_SUBMIT: {*MANAGERS, ANALYST},
    Permission.OVERLAP_ASK: {*MANAGERS, ANALYST},
    Permission.OWN_DATA_READ: {ADMINISTRATOR, OPERATOR},
    Permission.PAGES_ACKNOWLEDGE: {*MANAGERS, ANALYST, REVIEWER},
    Permission.PAGES_READ: {*READERS, OPERATOR},
    Permission.PARTNERS_READ: {OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.PARTNERS_WRITE: {OPERATOR},
    Permission.PERSONS_READ: {ADMINISTRATOR, PROTECTION, OPERATOR, AUDITOR},
    Permission.PERSONS_WRITE: {ADMINISTRATOR, OPERATOR},
    Permission.POLICY_READ: {*MEMBERS, OPERATOR, AUDITOR},
    Permission.PREVENTION_READ: {*MEMBERS, OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.PREVENTION_WRITE: {*MANAGERS, ANALYST},
    Permission.QUESTIONS_READ: {AUDITOR, DATA_PROTECTION},
    Permission.REQUESTS_READ: READERS,
    Permission.REQUESTS_WRITE: {*MANAGERS, ANALYST, REVIEWER},
    Permission.SEARCHES_READ: READERS,
    Permission.SEARCHES_WRITE: {*MANAGERS, ANALYST, REVIEWER},
    Permission.SIGNING_TASKS_READ: {*MANAGERS, ANALYST, REVIEWER},
    Permission.SIGNING_TASKS_SIGN: {*MANAGERS, ANALYST},
    Permission.SUBJECTS_READ: {OPERATOR, AUDITOR, DATA_PROTECTION},
    Permission.SUBJECTS_WRITE: {DATA_PROTECTION},
    Permission.WEBHOOKS_READ: {*MANAGERS, OPERATOR},
    Permission.WEBHOOKS_WRITE: MANAGERS,
    Permission.WORK_READ: {OPERATOR, AUDITOR},
    Permission.WORK_WRITE: {OPERATOR},
    Permission.RECALLS_ANSWER: {*MANAGERS, ANALYST, REVIEWER, OPERATOR},
    Permission.RECALLS_READ: {OPERATOR, AUDITOR, DATA_PROTECTION},
}


def test_the_matrix_has_a_row_for_every_permission() -> None:
    assert set(MATRIX) == set(Permission)


def test_the_table_in_the_documentation_is_the_matrix() -> None:
    lines = [line.strip() for line in (scopes.__doc__ or "").splitlines() if line.strip().startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [f"{one}".removeprefix("partner-").removeprefix("data-") for one in COLUMNS[1:]] == rows[0][2:]
    documented = {row[0]: {kind for kind, cell in zip(COLUMNS, row[1:], strict=True) if cell} for row in rows[2:]}
    assert documented == MATRIX


def test_each_role_is_a_kind_of_its_own() -> None:
    assert {role.value for role in StaffRole} | {PARTNER.value} | member_kinds(MemberRole) == set(PrincipalKind)
