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

DECIDERS: Mapping[ApprovalKind, StaffRole] = MappingProxyType(
    {
        ApprovalKind.KEY_RECOVERY: StaffRole.OPERATOR,
        ApprovalKind.PARTNER_REACTIVATION: StaffRole.OPERATOR,
        ApprovalKind.PERSON_ROLES: StaffRole.OPERATOR,
        ApprovalKind.STAFF_ADDITION: StaffRole.OPERATOR,
    },
)
"""The role that both persons must have, by kind; a kind that is not listed is proposed and decided by nobody."""

_NO_PERSON = Forbidden(
    Code.SECOND_PERSON_NEEDED, "A person proposes and decides, with a credential of their own; a service account does neither."
)
_SAME_PERSON = Forbidden(Code.SECOND_PERSON_NEEDED, "Whoever proposed this cannot approve it: another person must.")

_CONCERNED = Forbidden(Code.SECOND_PERSON_NEEDED, "Whoever this is about does not decide it: another person must.")


def why_not_propose(principal: Principal, kind: ApprovalKind) -> Forbidden | None:
    """Give the reason why the caller may not propose this kind, or None: a person of the exchange in the role for it."""
    person = principal.person
    if person is None or person.person_id != principal.credential.person_id:
        return _NO_PERSON
    return None if principal.partner is None and is_in_office(person, kind) else _not_in_office(kind)


def why_not_decide(principal: Principal, approval: Approval) -> Forbidden | None:
    """Give the reason why the caller may not approve or reject this, or None: as for proposing, and another *person*.

    Whoever it is about (their own roles) may propose it, and another decides.
    """
    forbidden = why_not_propose(principal, approval.kind)
    if forbidden is not None:
        return forbidden
    if is_proposer(principal, approval):
        return _SAME_PERSON
    return _CONCERNED if approval.subject == principal.credential.person_id else None


def is_proposer(principal: Principal, approval: Approval) -> bool:
    """Whether the caller is the person who proposed this."""
    return principal.person is not None and principal.person.person_id == approval.proposed_by


def is_in_office(person: Person, kind: ApprovalKind) -> bool:
    """Whether a person is of the exchange, has not left, and has the role that proposes and decides this kind."""
    role = DECIDERS.get(kind)
    return person.partner_id is None and person.left_at is None and role is not None and role in person.staff_roles


def may_see(principal: Principal, approval: Approval) -> bool:
    """Whether the caller is told of this: staff of all, a partner's persons of what is their partner's affair.

    NOT checked: the permission ``approvals:read``.
    """
    if principal.partner is None:
        return principal.is_staff
    return principal.person is not None and approval.partner_id == principal.partner.partner_id


def _not_in_office(kind: ApprovalKind) -> Forbidden:
    role = DECIDERS.get(kind)
    sentence = "Nobody decides this." if role is None else f"This is for persons of the exchange with the role {role}."
    return Forbidden(Code.PERMISSION_MISSING, sentence)
