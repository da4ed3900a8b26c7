"""Who may propose what two persons must agree to, who may agree, and who may see it.

Two persons are two humans: never two credentials of one, and never a service account. Owns the rule; that a proposal is still
open, and that it still applies, are the services' to ask. Kept by ``tests/policy/test_approvals.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import Code
from app.domain.partner import Person, Principal
from app.domain.vocabulary import StaffRole
from app.policy.administration import Forbidden

_PROTECTS = frozenset({StaffRole.DATA_PROTECTION})
_PROTECTS_OR_OPERATES = frozenset({StaffRole.DATA_PROTECTION, StaffRole.OPERATOR})
_OPERATES = frozenset({StaffRole.OPERATOR})
_ABOUT_SUBJECTS = frozenset(kind for kind in ApprovalKind if kind.startswith("subject-"))

DECIDERS: Mapping[ApprovalKind, frozenset[StaffRole]] = MappingProxyType(
    {
        ApprovalKind.AGREEMENT_VERSION: _OPERATES,
        ApprovalKind.HOLD_LIFTING: _PROTECTS_OR_OPERATES,
        ApprovalKind.KEY_RECOVERY: _OPERATES,
        ApprovalKind.PARTNER_REACTIVATION: _OPERATES,
        ApprovalKind.PERSON_ROLES: _OPERATES,
        ApprovalKind.STAFF_ADDITION: _OPERATES,
    }
    | dict.fromkeys(_ABOUT_SUBJECTS, _PROTECTS_OR_OPERATES)
)
"""The roles of which the second person must have one, by kind; a kind that is not listed is decided by nobody."""

PROPOSERS: Mapping[ApprovalKind, frozenset[StaffRole]] = MappingProxyType(
    {**DECIDERS} | dict.fromkeys(_ABOUT_SUBJECTS, _PROTECTS)
)
"""The same of the first person: what is done about the person behind data begins with data protection."""

_NO_PERSON = Forbidden(
    Code.SECOND_PERSON_NEEDED, "A person proposes and decides, with a credential of their own; a service account does neither."
)
_SAME_PERSON = Forbidden(Code.SECOND_PERSON_NEEDED, "Whoever proposed this cannot approve it: another person must.")

_CONCERNED = Forbidden(Code.SECOND_PERSON_NEEDED, "Whoever this is about does not decide it: another person must.")


def why_not_propose(principal: Principal, kind: ApprovalKind) -> Forbidden | None:
    """Give the reason why the caller may not propose this kind, or None: a person of the exchange in the role for it."""
    return _why_not(principal, PROPOSERS.get(kind, frozenset()))


def why_not_decide(principal: Principal, approval: Approval) -> Forbidden | None:
    """Give the reason why the caller may not approve or reject this, or None: in a role for it, and another *person*.

    Whoever it is about (their own roles) may propose it, and another decides.
    """
    forbidden = _why_not(principal, DECIDERS.get(approval.kind, frozenset()))
    if forbidden is not None:
        return forbidden
    if is_proposer(principal, approval):
        return _SAME_PERSON
    return _CONCERNED if approval.subject == principal.credential.person_id else None


def is_proposer(principal: Principal, approval: Approval) -> bool:
    """Whether the caller is the person who proposed this."""
    return principal.person is not None and principal.person.person_id == approval.proposed_by


def may_still_propose(person: Person, kind: ApprovalKind) -> bool:
    """Whether a person is of the exchange, has not left, and has a role that proposes this kind."""
    return _is_in_office(person, PROPOSERS.get(kind, frozenset()))


def may_still_decide(person: Person, kind: ApprovalKind) -> bool:
    """The same of the roles that decide this kind."""
    return _is_in_office(person, DECIDERS.get(kind, frozenset()))


def may_see(principal: Principal, approval: Approval) -> bool:
    """Whether the caller is told of this: staff of all, a partner's persons of what is their partner's affair.

    NOT checked: the permission ``approvals:read``.
    """
    if principal.partner is None:
        return principal.is_staff
    return principal.person is not None and approval.partner_id == principal.partner.partner_id


def _why_not(principal: Principal, roles: frozenset[StaffRole]) -> Forbidden | None:
    person = principal.person
    if person is None or person.person_id != principal.credential.person_id:
        return _NO_PERSON
    return None if principal.partner is None and _is_in_office(person, roles) else _not_in_office(roles)


def _is_in_office(person: Person, roles: frozenset[StaffRole]) -> bool:
    return person.partner_id is None and person.left_at is None and not roles.isdisjoint(person.staff_roles)


def _not_in_office(roles: frozenset[StaffRole]) -> Forbidden:
    named = " or ".join(sorted(roles))
    sentence = f"This is for persons of the exchange with the role {named}." if roles else "Nobody decides this."
    return Forbidden(Code.PERMISSION_MISSING, sentence)
