"""Whether a caller may use a permission, and whether a credential may be issued.

Owns the questions asked of the table of ``app/policy/scopes.py``. Does not authenticate (a credential that expired or was revoked
never becomes a principal), does not decide about objects (``app/policy/visibility.py``), and does not compare whose record is
touched: that is one loader in services. Kept by ``tests/policy/test_administration.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Code
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, PartnerState, Purpose, Tlp
from app.policy.scopes import SCOPES, PrincipalKind, member_kinds


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Why something may not be done: the error code, and a sentence for the caller."""

    code: Code
    sentence: str


@dataclass(frozen=True, slots=True)
class CredentialTerms:
    """What a credential that is to be issued would allow, and for whom.

    ``may_last_until``: for whoever issues in person, at the portal, having just shown who they are, whose session is short; None:
    no longer than the credential that it is issued with.
    """

    kinds: frozenset[PrincipalKind]
    scopes: frozenset[Permission]
    purpose: Purpose | None
    tlp_ceiling: Tlp
    expires_at: datetime
    may_last_until: datetime | None = None


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
    purpose, and, but in person, no longer life, so that a leaked token cannot renew itself. For persons it issues where it may
    write persons.
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
        (terms.expires_at > (terms.may_last_until or credential.expires_at), "a later end: leave the end out for the same one"),
    )
    return next((words for exceeds, words in exceeding if exceeds), None)
