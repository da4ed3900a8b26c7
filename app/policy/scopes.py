"""Which permissions a credential may hold.

Owns the table; what is asked of it is ``app/policy/administration.py``'s. Kept by ``tests/policy/test_scopes.py``.

| permission          | account | administrator | analyst | reviewer | read-only | protection | operator | auditor | protection |
|---------------------|---------|---------------|---------|----------|-----------|------------|----------|---------|------------|
| agreements:read     | yes     | yes           | yes     | yes      | yes       | yes        | yes      | yes     | yes        |
| agreements:write    |         |               |         |          |           |            | yes      |         |            |
| approvals:decide    |         |               |         |          |           |            | yes      |         | yes (4)    |
| approvals:read      |         | yes           |         |          |           | yes        | yes      | yes     | yes        |
| audiences:read      | yes     | yes           | yes     | yes      | yes       | yes        | yes      |         |            |
| audiences:write     | yes     | yes           |         |          |           |            |          |         |            |
| catalogue:propose   | yes     | yes           | yes     | yes      |           |            | yes      |         |            |
| catalogue:review    |         | yes           |         | yes      |           |            | yes      |         |            |
| contacts:read       | yes     | yes           | yes     | yes      | yes       |            | yes      |         |            |
| contacts:write      | yes     | yes           |         |          |           |            |          |         |            |
| contests:enter      | yes (7) | yes (7)       | yes (7) | yes (7)  |           |            | yes      |         |            |
| contests:read       |         |               |         |          |           |            | yes      | yes     | yes        |
| credentials:read    | yes     | yes           |         |          |           |            | yes      |         |            |
| credentials:write   | yes     | yes           |         |          |           |            | yes      |         |            |
| deconfliction:read  | yes     | yes           | yes     | yes      |           |            |          |         |            |
| deconfliction:write | yes     | yes           | yes     |          |           |            |          |         |            |
| disclosures:read    | yes     | yes           |         | yes      |           | yes        |          | yes     | yes        |
| disclosures:search  |         |               |         |          |           |            | yes      | yes     | yes        |
| drafts:read         |         | yes           | yes     | yes      |           |            |          |         |            |
| drafts:review       |         | yes           | yes     | yes      |           |            |          |         |            |
| drafts:write        |         | yes           | yes     |          |           |            |          |         |            |
| exports:read        | yes     | yes           | yes     | yes      | yes       |            | yes (9)  | yes (9) |            |
| exports:write       | yes     | yes           |         |          |           |            |          |         |            |
| feedback:read       | yes     | yes           | yes     | yes      | yes       |            |          |         |            |
| group-keys:read     | yes     | yes           | yes     |          |           |            |          |         |            |
| groups:read         | yes     | yes           | yes     | yes      | yes       | yes        | yes      |         |            |
| groups:write        | yes     | yes           |         |          |           |            | yes (1)  |         |            |
| holds:read          |         |               |         |          |           |            | yes      | yes     | yes        |
| holds:write         |         |               |         |          |           |            | yes      |         | yes        |
| keys:activate       |         |               |         |          |           |            | yes      |         |            |
| keys:read           | yes     | yes           | yes     | yes      | yes       | yes        | yes      |         |            |
| keys:write          | yes     | yes           |         |          |           |            |          |         |            |
| log:checkpoint      |         |               |         |          |           |            | yes      |         |            |
| log:cosign          | yes     | yes           |         |          |           |            |          |         |            |
| log:read            | yes     | yes           | yes     | yes      | yes       | yes        | yes      | yes     | yes        |
| metrics:read        |         |               |         |          |           |            | yes      |         |            |
| objects:read        | yes     | yes           | yes     | yes      | yes       |            |          |         |            |
| objects:submit      | yes     | yes           | yes     |          |           |            |          |         |            |
| overlap:ask         | yes     | yes           | yes     |          |           |            |          |         |            |
| own-data:read       |         | yes           |         |          |           |            | yes (8)  |         |            |
| pages:acknowledge   | yes     | yes           | yes     | yes      |           |            |          |         |            |
| pages:read          | yes     | yes           | yes     | yes      | yes       |            | yes      |         |            |
| partners:read       |         |               |         |          |           |            | yes      | yes     | yes        |
| partners:write      |         |               |         |          |           |            | yes      |         |            |
| persons:read        |         | yes           |         |          |           | yes        | yes      | yes (3) |            |
| persons:write       |         | yes           |         |          |           |            | yes (2)  |         |            |
| policy:read         | yes     | yes           | yes     | yes      | yes       | yes        | yes      | yes     |            |
| prevention:read     | yes     | yes           | yes     | yes      | yes       | yes        | yes      | yes     | yes        |
| prevention:write    | yes     | yes           | yes     |          |           |            |          |         |            |
| questions:read      |         |               |         |          |           |            |          | yes     | yes        |
| recalls:answer      | yes     | yes           | yes     | yes      |           |            | yes (6)  |         |            |
| recalls:read        |         |               |         |          |           |            | yes      | yes     | yes        |
| requests:read       | yes     | yes           | yes     | yes      | yes       |            |          |         |            |
| requests:write      | yes     | yes           | yes     | yes      |           |            |          |         |            |
| searches:read       | yes     | yes           | yes     | yes      | yes       |            |          |         |            |
| searches:write      | yes     | yes           | yes     | yes      |           |            |          |         |            |
| signing-tasks:read  | yes     | yes           | yes     | yes      |           |            |          |         |            |
| signing-tasks:sign  | yes     | yes           | yes     |          |           |            |          |         |            |
| subjects:read       |         |               |         |          |           |            | yes (5)  | yes (5) | yes        |
| subjects:write      |         |               |         |          |           |            |          |         | yes        |
| webhooks:read       | yes     | yes           |         |          |           |            | yes      |         |            |
| webhooks:write      | yes     | yes           |         |          |           |            |          |         |            |
| work:read           |         |               |         |          |           |            | yes      | yes     |            |
| work:write          |         |               |         |          |           |            | yes      |         |            |

The first six are a partner's and concern its own things only: its service accounts (and keys that sign requests), and its persons
by their roles within it; who has several roles holds what each of them may. The last three are the staff's.

(1) Of a partner's group only narrower (``app/policy/sharing_groups.py``). (2) Staff, and a partner's administrators
(``app/policy/persons.py``). (3) Without the names of partners' persons.
(4) What is about requests of persons (``app/policy/approvals.py``). (5) Without selectors; auditors without what was found.
(6) For a partner that is suspended or has ended, and cannot answer itself. (7) Where the partner is a hotline.
(8) Of a partner that is suspended or has ended. (9) Definitions and how far they are; never a file or what is in it.

What is for persons alone no service account holds: persons, drafts, and what two of them decide. Roles count as they are at the
time of asking, whatever a credential was issued with, and somebody who left holds nothing.

Whoever writes agreements never reads or submits objects. Operators do not write audiences, which are a publisher's own voice, and
do not register keys: whoever activates a key must not be the one who brings it. NOT kept from them: a token that they issue to a
partner and use themselves (``docs/known-limits.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum, unique
from types import MappingProxyType

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole


@unique
class PrincipalKind(StrEnum):
    """For whom a credential acts: a partner's service, a partner's person in a role, or a person of the exchange in a role."""

    ADMINISTRATOR = "partner-administrator"
    ANALYST = "partner-analyst"
    AUDITOR = "auditor"
    DATA_PROTECTION = "data-protection"
    MEMBER_PROTECTION = "partner-data-protection"
    OPERATOR = "operator"
    PARTNER = "partner"
    READ_ONLY = "partner-read-only"
    REVIEWER = "partner-reviewer"


_EVERY_MEMBER = frozenset(
    {
        Permission.AGREEMENTS_READ,
        Permission.AUDIENCES_READ,
        Permission.GROUPS_READ,
        Permission.KEYS_READ,
        Permission.LOG_READ,
        Permission.POLICY_READ,
        Permission.PREVENTION_READ,
    },
)
_READER = _EVERY_MEMBER | {
    Permission.CONTACTS_READ,
    Permission.EXPORTS_READ,
    Permission.FEEDBACK_READ,
    Permission.OBJECTS_READ,
    Permission.PAGES_READ,
    Permission.REQUESTS_READ,
    Permission.SEARCHES_READ,
}
_REVIEWER = _READER | {
    Permission.CATALOGUE_PROPOSE,
    Permission.CONTESTS_ENTER,
    Permission.DECONFLICTION_READ,
    Permission.PAGES_ACKNOWLEDGE,
    Permission.RECALLS_ANSWER,
    Permission.REQUESTS_WRITE,
    Permission.SEARCHES_WRITE,
    Permission.SIGNING_TASKS_READ,
}
_ANALYST = _REVIEWER | {
    Permission.DECONFLICTION_WRITE,
    Permission.GROUP_KEYS_READ,
    Permission.OBJECTS_SUBMIT,
    Permission.OVERLAP_ASK,
    Permission.PREVENTION_WRITE,
    Permission.SIGNING_TASKS_SIGN,
}
_ACCOUNT = _ANALYST | {
    Permission.AUDIENCES_WRITE,
    Permission.CONTACTS_WRITE,
    Permission.CREDENTIALS_READ,
    Permission.CREDENTIALS_WRITE,
    Permission.DISCLOSURES_READ,
    Permission.EXPORTS_WRITE,
    Permission.GROUPS_WRITE,
    Permission.KEYS_WRITE,
    Permission.LOG_COSIGN,
    Permission.WEBHOOKS_READ,
    Permission.WEBHOOKS_WRITE,
}
_SECOND_READER = frozenset({Permission.DRAFTS_READ, Permission.DRAFTS_REVIEW})
"""Whoever reads what others drafted; never one's own (``app/policy/drafts.py``)."""

_DRAFTING = _SECOND_READER | {Permission.DRAFTS_WRITE}
_FOR_PERSONS = frozenset({Permission.APPROVALS_READ, Permission.PERSONS_READ, Permission.PERSONS_WRITE})

SCOPES: Mapping[PrincipalKind, frozenset[Permission]] = MappingProxyType(
    {
        PrincipalKind.ADMINISTRATOR: _ACCOUNT
        | _DRAFTING
        | _FOR_PERSONS
        | {Permission.CATALOGUE_REVIEW, Permission.OWN_DATA_READ},
        PrincipalKind.ANALYST: _ANALYST | _DRAFTING,
        PrincipalKind.AUDITOR: frozenset(
            {
                Permission.AGREEMENTS_READ,
                Permission.APPROVALS_READ,
                Permission.CONTESTS_READ,
                Permission.DISCLOSURES_READ,
                Permission.DISCLOSURES_SEARCH,
                Permission.EXPORTS_READ,
                Permission.HOLDS_READ,
                Permission.LOG_READ,
                Permission.PARTNERS_READ,
                Permission.PERSONS_READ,
                Permission.POLICY_READ,
                Permission.PREVENTION_READ,
                Permission.QUESTIONS_READ,
                Permission.SUBJECTS_READ,
                Permission.RECALLS_READ,
                Permission.WORK_READ,
            },
        ),
        PrincipalKind.DATA_PROTECTION: frozenset(
            {
                Permission.AGREEMENTS_READ,
                Permission.APPROVALS_DECIDE,
                Permission.APPROVALS_READ,
                Permission.CONTESTS_READ,
                Permission.DISCLOSURES_READ,
                Permission.DISCLOSURES_SEARCH,
                Permission.HOLDS_READ,
                Permission.HOLDS_WRITE,
                Permission.LOG_READ,
                Permission.PARTNERS_READ,
                Permission.PREVENTION_READ,
                Permission.QUESTIONS_READ,
                Permission.SUBJECTS_READ,
                Permission.SUBJECTS_WRITE,
                Permission.RECALLS_READ,
            },
        ),
        PrincipalKind.MEMBER_PROTECTION: _EVERY_MEMBER
        | {Permission.APPROVALS_READ, Permission.DISCLOSURES_READ, Permission.PERSONS_READ},
        PrincipalKind.OPERATOR: frozenset(
            {
                Permission.AGREEMENTS_READ,
                Permission.AGREEMENTS_WRITE,
                Permission.APPROVALS_DECIDE,
                Permission.APPROVALS_READ,
                Permission.AUDIENCES_READ,
                Permission.CATALOGUE_PROPOSE,
                Permission.CATALOGUE_REVIEW,
                Permission.CONTACTS_READ,
                Permission.CONTESTS_ENTER,
                Permission.CONTESTS_READ,
                Permission.CREDENTIALS_READ,
                Permission.CREDENTIALS_WRITE,
                Permission.DISCLOSURES_SEARCH,
                Permission.EXPORTS_READ,
                Permission.GROUPS_READ,
                Permission.GROUPS_WRITE,
                Permission.HOLDS_READ,
                Permission.HOLDS_WRITE,
                Permission.KEYS_ACTIVATE,
                Permission.KEYS_READ,
                Permission.LOG_CHECKPOINT,
                Permission.LOG_READ,
                Permission.METRICS_READ,
                Permission.OWN_DATA_READ,
                Permission.PAGES_READ,
                Permission.PARTNERS_READ,
                Permission.PARTNERS_WRITE,
                Permission.PERSONS_READ,
                Permission.PERSONS_WRITE,
                Permission.POLICY_READ,
                Permission.PREVENTION_READ,
                Permission.SUBJECTS_READ,
                Permission.RECALLS_ANSWER,
                Permission.RECALLS_READ,
                Permission.WEBHOOKS_READ,
                Permission.WORK_READ,
                Permission.WORK_WRITE,
            },
        ),
        PrincipalKind.PARTNER: _ACCOUNT,
        PrincipalKind.READ_ONLY: _READER,
        PrincipalKind.REVIEWER: _REVIEWER | _SECOND_READER | {Permission.CATALOGUE_REVIEW, Permission.DISCLOSURES_READ},
    },
)
"""The table above; a kind that is not listed holds nothing."""


def member_kinds(roles: Iterable[MemberRole]) -> frozenset[PrincipalKind]:
    """Give the kinds that a partner's person of these roles acts as."""
    return frozenset(PrincipalKind(f"partner-{role}") for role in roles)
