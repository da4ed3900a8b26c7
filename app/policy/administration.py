"""Which permissions a credential may hold, and whether a caller may use one.

Owns the table of scopes and the two questions asked of it. Does not authenticate (a credential that expired or was revoked never
becomes a principal), does not decide about objects (``app/policy/visibility.py``), and does not compare whose record is touched:
that is one loader in services. Kept by ``tests/policy/test_administration.py``.

| permission        | account | administrator | analyst | reviewer | read-only | protection | operator | auditor | protection |
|-------------------|---------|---------------|---------|----------|-----------|------------|----------|---------|------------|
| agreements:read   | yes     | yes           | yes     | yes      | yes       | yes        | yes      | yes     | yes        |
| agreements:write  |         |               |         |          |           |            | yes      |         |            |
| approvals:decide  |         |               |         |          |           |            | yes      |         | yes (4)    |
| approvals:read    |         | yes           |         |          |           | yes        | yes      | yes     | yes        |
| audiences:read    | yes     | yes           | yes     | yes      | yes       | yes        | yes      |         |            |
| audiences:write   | yes     | yes           |         |          |           |            |          |         |            |
| contacts:read     | yes     | yes           | yes     | yes      | yes       |            | yes      |         |            |
| contacts:write    | yes     | yes           |         |          |           |            |          |         |            |
| contests:enter    | yes (7) | yes (7)       | yes (7) | yes (7)  |           |            | yes      |         |            |
| contests:read     |         |               |         |          |           |            | yes      | yes     | yes        |
| credentials:read  | yes     | yes           |         |          |           |            | yes      |         |            |
| credentials:write | yes     | yes           |         |          |           |            | yes      |         |            |
| disclosures:read  | yes     | yes           |         | yes      |           | yes        |          | yes     | yes        |
| disclosures:search|         |               |         |          |           |            | yes      | yes     | yes        |
| exports:read      | yes     | yes           | yes     | yes      | yes       |            | yes (9)  | yes (9) |            |
| exports:write     | yes     | yes           |         |          |           |            |          |         |            |
| groups:read       | yes     | yes           | yes     | yes      | yes       | yes        | yes      |         |            |
| groups:write      | yes     | yes           |         |          |           |            | yes (1)  |         |            |
| holds:read        |         |               |         |          |           |            | yes      | yes     | yes        |
| holds:write       |         |               |         |          |           |            | yes      |         | yes        |
| keys:activate     |         |               |         |          |           |            | yes      |         |            |
| keys:read         | yes     | yes           | yes     | yes      | yes       | yes        | yes      |         |            |
| keys:write        | yes     | yes           |         |          |           |            |          |         |            |
| log:checkpoint    |         |               |         |          |           |            | yes      |         |            |
| log:read          | yes     | yes           | yes     | yes      | yes       | yes        | yes      | yes     | yes        |
| metrics:read      |         |               |         |          |           |            | yes      |         |            |
| objects:read      | yes     | yes           | yes     | yes      | yes       |            |          |         |            |
| objects:submit    | yes     | yes           | yes     |          |           |            |          |         |            |
| own-data:read     |         | yes           |         |          |           |            | yes (8)  |         |            |
| pages:acknowledge | yes     | yes           | yes     | yes      |           |            |          |         |            |
| pages:read        | yes     | yes           | yes     | yes      | yes       |            | yes      |         |            |
| partners:read     |         |               |         |          |           |            | yes      | yes     | yes        |
| partners:write    |         |               |         |          |           |            | yes      |         |            |
| persons:read      |         | yes           |         |          |           | yes        | yes      | yes (3) |            |
| persons:write     |         | yes           |         |          |           |            | yes (2)  |         |            |
| policy:read       | yes     | yes           | yes     | yes      | yes       | yes        | yes      | yes     |            |
| questions:read    |         |               |         |          |           |            |          | yes     | yes        |
| recalls:answer    | yes     | yes           | yes     | yes      |           |            | yes (6)  |         |            |
| recalls:read      |         |               |         |          |           |            | yes      | yes     | yes        |
| subjects:read     |         |               |         |          |           |            | yes (5)  | yes (5) | yes        |
| subjects:write    |         |               |         |          |           |            |          |         | yes        |
| webhooks:read     | yes     | yes           |         |          |           |            | yes      |         |            |
| webhooks:write    | yes     | yes           |         |          |           |            |          |         |            |
| work:read         |         |               |         |          |           |            | yes      | yes     |            |
| work:write        |         |               |         |          |           |            | yes      |         |            |

The first six are a partner's and concern its own things only: its service accounts (and keys that sign requests), and its persons
by their roles within it; who has several roles holds what each of them may. The last three are the staff's.

(1) Of a partner's group only narrower (``app/policy/sharing_groups.py``). (2) Staff, and a partner's administrators
(``app/policy/persons.py``). (3) Without the names of partners' persons.
(4) What is about requests of persons (``app/policy/approvals.py``). (5) Without selectors; auditors without what was found.
(6) For a partner that is suspended or has ended, and cannot answer itself. (7) Where the partner is a hotline.
(8) Of a partner that is suspended or has ended. (9) Definitions and how far they are; never a file or what is in it.

What is for persons alone no service account holds: persons, and what two of them decide. Roles count as they are at the time of
asking, whatever a credential was issued with, and somebody who left holds nothing.

Whoever writes agreements never reads or submits objects. Operators do not write audiences, which are a publisher's own voice, and
do not register keys: whoever activates a key must not be the one who brings it. NOT kept from them: a token that they issue to a
partner and use themselves (``docs/known-limits.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType

from app.domain.errors import Code
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, PartnerState, Purpose, Tlp


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


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Why something may not be done: the error code, and a sentence for the caller."""

    code: Code
    sentence: str


@dataclass(frozen=True, slots=True)
class CredentialTerms:
    """What a credential that is to be issued would allow, and for whom."""

    kinds: frozenset[PrincipalKind]
    scopes: frozenset[Permission]
    purpose: Purpose | None
    tlp_ceiling: Tlp
    expires_at: datetime


_EVERY_MEMBER = frozenset(
    {
        Permission.AGREEMENTS_READ,
        Permission.AUDIENCES_READ,
        Permission.GROUPS_READ,
        Permission.KEYS_READ,
        Permission.LOG_READ,
        Permission.POLICY_READ,
    },
)
_READER = _EVERY_MEMBER | {
    Permission.CONTACTS_READ,
    Permission.EXPORTS_READ,
    Permission.OBJECTS_READ,
    Permission.PAGES_READ,
}
_ACCOUNT = _READER | {
    Permission.AUDIENCES_WRITE,
    Permission.CONTACTS_WRITE,
    Permission.CONTESTS_ENTER,
    Permission.CREDENTIALS_READ,
    Permission.CREDENTIALS_WRITE,
    Permission.DISCLOSURES_READ,
    Permission.EXPORTS_WRITE,
    Permission.GROUPS_WRITE,
    Permission.KEYS_WRITE,
    Permission.OBJECTS_SUBMIT,
    Permission.PAGES_ACKNOWLEDGE,
    Permission.RECALLS_ANSWER,
    Permission.WEBHOOKS_READ,
    Permission.WEBHOOKS_WRITE,
}
_FOR_PERSONS = frozenset({Permission.APPROVALS_READ, Permission.PERSONS_READ, Permission.PERSONS_WRITE})

SCOPES: Mapping[PrincipalKind, frozenset[Permission]] = MappingProxyType(
    {
        PrincipalKind.ADMINISTRATOR: _ACCOUNT | _FOR_PERSONS | {Permission.OWN_DATA_READ},
        PrincipalKind.ANALYST: _READER
        | {
            Permission.CONTESTS_ENTER,
            Permission.OBJECTS_SUBMIT,
            Permission.PAGES_ACKNOWLEDGE,
            Permission.RECALLS_ANSWER,
        },
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
        PrincipalKind.REVIEWER: _READER
        | {
            Permission.CONTESTS_ENTER,
            Permission.DISCLOSURES_READ,
            Permission.PAGES_ACKNOWLEDGE,
            Permission.RECALLS_ANSWER,
        },
    },
)
"""The table above; a kind that is not listed holds nothing."""


def kinds_of(principal: Principal) -> frozenset[PrincipalKind]:
    """Give the kinds a caller acts as: its partner's service, or the roles that its person has now; none for anybody else.

    A person counts where the credential is bound to them, until they leave; staff roles of a partner's person do not count.
    """
    person, partner = principal.person, principal.partner
    if principal.credential.person_id is None and person is None:
        return frozenset() if partner is None else frozenset({PrincipalKind.PARTNER})
    if person is None or person.left_at is not None or principal.credential.person_id != person.person_id:
        return frozenset()
    if partner is not None:
        return member_kinds(person.member_roles) if person.partner_id == partner.partner_id else frozenset()
    return frozenset(PrincipalKind(role.value) for role in person.staff_roles) if principal.is_staff else frozenset()


def member_kinds(roles: Iterable[MemberRole]) -> frozenset[PrincipalKind]:
    """Give the kinds that a partner's person of these roles acts as."""
    return frozenset(PrincipalKind(f"partner-{role}") for role in roles)


def permitted_scopes(kinds: Iterable[PrincipalKind]) -> frozenset[Permission]:
    """Give every permission that a credential of these kinds may hold; none for no kind."""
    return frozenset().union(*(SCOPES[kind] for kind in kinds))


def why_forbidden(principal: Principal, permission: Permission) -> Forbidden | None:
    """Give the reason why the caller may not use this permission at all, or None.

    A partner must be active, the credential must have the scope, and its holder must be of a kind that may hold it, so that a
    scope that was stored by mistake opens nothing. NOT checked: expiry, revocation, and whose record is meant.
    """
    if principal.partner is not None and principal.partner.state is not PartnerState.ACTIVE:
        return Forbidden(Code.PARTNER_NOT_ACTIVE, "Your organisation is not active here.")
    if permission not in principal.credential.scopes & permitted_scopes(kinds_of(principal)):
        return Forbidden(Code.PERMISSION_MISSING, f"Your credential does not have the permission {permission}.")
    return None


PARTNERS_KINDS = frozenset({PrincipalKind.PARTNER, *member_kinds(MemberRole)})
"""The kinds that a credential of a partner can act as."""

_NOT_MORE = "A credential allows no more than the one it is issued with; this one would have {}."


def why_not_issued(issuer: Principal, terms: CredentialTerms) -> Forbidden | None:
    """Give the reason why the caller may not issue a credential of these terms, or None.

    Nobody's credential holds more than its kind may. A partner issues for partners only (that it is its own partner is the
    services' check) and never more than the credential it asks with allows now: no further scope, no higher ceiling, no other
    purpose, no longer life, so that a leaked token cannot renew itself. For persons it issues where it may write persons.
    """
    forbidden = why_forbidden(issuer, Permission.CREDENTIALS_WRITE)
    if forbidden is not None:
        return forbidden
    if terms.kinds != {PrincipalKind.PARTNER}:
        forbidden = why_forbidden(issuer, Permission.PERSONS_WRITE)
        if forbidden is not None:
            return forbidden
    if not terms.scopes <= permitted_scopes(terms.kinds):
        return Forbidden(Code.PERMISSION_MISSING, "A credential of this kind may not hold all of these permissions.")
    exceeding = _what_exceeds(terms, issuer) if issuer.partner is not None else None
    return None if exceeding is None else Forbidden(Code.PERMISSION_MISSING, _NOT_MORE.format(exceeding))


def _what_exceeds(terms: CredentialTerms, issuer: Principal) -> str | None:
    """Give the first of the terms that the issuer's own do not cover, in words, or None."""
    credential = issuer.credential
    exceeding = (
        (not terms.kinds or not terms.kinds <= PARTNERS_KINDS, "a holder who is not of your organisation, or has no role"),
        (not terms.scopes <= credential.scopes & permitted_scopes(kinds_of(issuer)), "a further scope"),
        (terms.tlp_ceiling.rank > credential.tlp_ceiling.rank, "a higher ceiling"),
        (credential.purpose not in {None, terms.purpose}, "another purpose"),
        (terms.expires_at > credential.expires_at, "a later end: leave the end out for the same one"),
    )
    return next((words for exceeds, words in exceeding if exceeds), None)
