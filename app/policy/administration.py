"""Which permissions a credential may hold, and whether a caller may use one.

Owns the table of scopes and the two questions asked of it. Does not authenticate (a credential that expired or was revoked never
becomes a principal), does not decide about objects (``app/policy/visibility.py``), and does not compare whose record is touched:
that is one loader in services. Kept by ``tests/policy/test_administration.py``.

    | permission        | partner   | operator | auditor | data-protection |
    |-------------------|-----------|----------|---------|-----------------|
    | agreements:read   | its own   | yes      | yes     | yes             |
    | agreements:write  |           | yes      |         |                 |
    | approvals:decide  | its own   | yes      |         |                 |
    | approvals:read    | its own   | yes      | yes     |                 |
    | audiences:read    | its own   | yes      |         |                 |
    | audiences:write   | its own   |          |         |                 |
    | contacts:read     | its own   | yes      |         |                 |
    | contacts:write    | its own   |          |         |                 |
    | credentials:read  | its own   | yes      |         |                 |
    | credentials:write | its own   | yes      |         |                 |
    | disclosures:read  | its own   |          | yes     | yes             |
    | groups:read       | its own   | yes      |         |                 |
    | groups:write      | its own   | yes (1)  |         |                 |
    | keys:activate     |           | yes      |         |                 |
    | keys:read         | its own   | yes      |         |                 |
    | keys:write        | its own   |          |         |                 |
    | log:checkpoint    |           | yes      |         |                 |
    | log:read          | yes       | yes      | yes     | yes             |
    | metrics:read      |           | yes      |         |                 |
    | objects:read      | yes       |          |         |                 |
    | objects:submit    | yes       |          |         |                 |
    | pages:acknowledge | its own   |          |         |                 |
    | pages:read        | its own   | yes      |         |                 |
    | partners:read     |           | yes      | yes     | yes             |
    | partners:write    |           | yes      |         |                 |
    | persons:read      | its own   | yes      | yes     |                 |
    | persons:write     | its own   | yes      |         |                 |
    | policy:read       | its own   | yes      | yes     |                 |

(1) Of a partner's group only narrower (``app/policy/sharing_groups.py``).

Whoever writes agreements never reads or submits objects. Operators do not write audiences, which are a publisher's own voice, and
do not register keys: whoever activates a key must not be the one who brings it.
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
from app.domain.vocabulary import PartnerState, Purpose, Tlp


@unique
class PrincipalKind(StrEnum):
    """For whom a credential acts: a partner, or a person of the exchange in one of its staff roles."""

    AUDITOR = "auditor"
    DATA_PROTECTION = "data-protection"
    OPERATOR = "operator"
    PARTNER = "partner"


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


SCOPES: Mapping[PrincipalKind, frozenset[Permission]] = MappingProxyType(
    {
        PrincipalKind.AUDITOR: frozenset(
            {
                Permission.AGREEMENTS_READ,
                Permission.APPROVALS_READ,
                Permission.DISCLOSURES_READ,
                Permission.LOG_READ,
                Permission.PARTNERS_READ,
                Permission.PERSONS_READ,
                Permission.POLICY_READ,
            },
        ),
        PrincipalKind.DATA_PROTECTION: frozenset(
            {
                Permission.AGREEMENTS_READ,
                Permission.DISCLOSURES_READ,
                Permission.LOG_READ,
                Permission.PARTNERS_READ,
            },
        ),
        PrincipalKind.OPERATOR: frozenset(
            {
                Permission.AGREEMENTS_READ,
                Permission.AGREEMENTS_WRITE,
                Permission.APPROVALS_DECIDE,
                Permission.APPROVALS_READ,
                Permission.AUDIENCES_READ,
                Permission.CONTACTS_READ,
                Permission.CREDENTIALS_READ,
                Permission.CREDENTIALS_WRITE,
                Permission.GROUPS_READ,
                Permission.GROUPS_WRITE,
                Permission.KEYS_ACTIVATE,
                Permission.KEYS_READ,
                Permission.LOG_CHECKPOINT,
                Permission.LOG_READ,
                Permission.METRICS_READ,
                Permission.PAGES_READ,
                Permission.PARTNERS_READ,
                Permission.PARTNERS_WRITE,
                Permission.PERSONS_READ,
                Permission.PERSONS_WRITE,
                Permission.POLICY_READ,
            },
        ),
        PrincipalKind.PARTNER: frozenset(
            {
                Permission.AGREEMENTS_READ,
                Permission.APPROVALS_DECIDE,
                Permission.APPROVALS_READ,
                Permission.AUDIENCES_READ,
                Permission.AUDIENCES_WRITE,
                Permission.CONTACTS_READ,
                Permission.CONTACTS_WRITE,
                Permission.CREDENTIALS_READ,
                Permission.CREDENTIALS_WRITE,
                Permission.DISCLOSURES_READ,
                Permission.GROUPS_READ,
                Permission.GROUPS_WRITE,
                Permission.KEYS_READ,
                Permission.KEYS_WRITE,
                Permission.LOG_READ,
                Permission.OBJECTS_READ,
                Permission.OBJECTS_SUBMIT,
                Permission.PAGES_ACKNOWLEDGE,
                Permission.PAGES_READ,
                Permission.PERSONS_READ,
                Permission.PERSONS_WRITE,
                Permission.POLICY_READ,
            },
        ),
    },
)
"""The table above; a kind that is not listed holds nothing."""


def kinds_of(principal: Principal) -> frozenset[PrincipalKind]:
    """Give the kinds a caller acts as: its partner alone, or its staff roles; none for anybody else.

    Staff roles on a partner's person do not count.
    """
    if principal.partner is not None:
        return frozenset({PrincipalKind.PARTNER})
    if not principal.is_staff or principal.person is None:
        return frozenset()
    return frozenset(PrincipalKind(role.value) for role in principal.person.staff_roles)


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


_NOT_MORE = "A credential allows no more than the one it is issued with: no other scope or purpose, higher ceiling, later end."


def why_not_issued(issuer: Principal, terms: CredentialTerms) -> Forbidden | None:
    """Give the reason why the caller may not issue a credential of these terms, or None.

    Nobody's credential holds more than its kind may. A partner issues for partners only (that it is its own partner is the
    services' check) and never more than the credential it asks with: no further scope, no higher ceiling, no other purpose,
    no longer life, so that a leaked token cannot renew itself.
    """
    forbidden = why_forbidden(issuer, Permission.CREDENTIALS_WRITE)
    if forbidden is not None:
        return forbidden
    if not terms.scopes <= permitted_scopes(terms.kinds):
        return Forbidden(Code.PERMISSION_MISSING, "A credential of this kind may not hold all of these permissions.")
    if issuer.partner is not None and _exceeds(terms, issuer):
        return Forbidden(Code.PERMISSION_MISSING, _NOT_MORE)
    return None


def _exceeds(terms: CredentialTerms, issuer: Principal) -> bool:
    credential = issuer.credential
    return (
        terms.kinds != frozenset({PrincipalKind.PARTNER})
        or not terms.scopes <= credential.scopes
        or terms.tlp_ceiling.rank > credential.tlp_ceiling.rank
        or credential.purpose not in {None, terms.purpose}
        or terms.expires_at > credential.expires_at
    )
