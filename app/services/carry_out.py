"""What each kind of proposal does once a second person agrees to it: the one place that knows the kinds and their actions.

Owns the table; proposing is the services' that the actions belong to, deciding is ``approval.decide``'s. Kept by
``tests/services/test_carry_out.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from app.domain.approval import Approval, ApprovalKind
from app.domain.partner import Principal
from app.services.approval import decide
from app.services.approval.decide import Action, Decision
from app.services.exchange import Exchange
from app.services.membership.add_staff import add_staff, give_roles
from app.services.membership.enrol_partner import reactivate
from app.services.membership.propose_agreement import Approving
from app.services.membership.recover_keys import recover_key
from app.services.retention.keep_holds import lift_hold
from app.services.subjects import act
from app.storage.submissions import KeyUse

KINDS: Mapping[ApprovalKind, Action] = {
    ApprovalKind.HOLD_LIFTING: lift_hold,
    ApprovalKind.KEY_RECOVERY: recover_key,
    ApprovalKind.PARTNER_REACTIVATION: reactivate,
    ApprovalKind.PERSON_ROLES: give_roles,
    ApprovalKind.STAFF_ADDITION: add_staff,
    ApprovalKind.SUBJECT_ANSWER: act.answer,
    ApprovalKind.SUBJECT_LIFTING: act.lift,
    ApprovalKind.SUBJECT_LOOKUP: act.look_up,
    ApprovalKind.SUBJECT_REJECTION: act.reject,
    ApprovalKind.SUBJECT_RESTRICTION: act.restrict,
}
"""What each kind does with its document that needs nothing more; each looks again whether that still applies."""


def kinds_of(exchange: Exchange, principal: Principal, decision: Decision) -> Mapping[ApprovalKind, Action]:
    """Give what every kind does: versions of agreements are signed for the exchange, and erasures kept in its journal."""
    credential_id = principal.credential.credential_id
    approving = Approving(exchange, credential_id, decision.approval_id)
    return {
        **KINDS,
        ApprovalKind.AGREEMENT_VERSION: approving.make_version,
        ApprovalKind.SUBJECT_ERASURE: partial(act.erase, exchange.erasure_journal),
        ApprovalKind.SUBJECT_RECTIFICATION: partial(act.rectify, credential_id),
    }


def approve(exchange: Exchange, principal: Principal, decision: Decision, use: KeyUse | None = None) -> Approval:
    """Agree to a proposal as the second person, and have it done; raises as ``approval.decide.approve``."""
    return decide.approve(exchange, principal, decision, kinds_of(exchange, principal, decision), use)
