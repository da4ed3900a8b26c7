"""Bodies and parameters of the routes about proposals that two persons decide.

Owns names and forms on the wire. Kept by ``tests/http/test_approval_payloads.py``.
"""

from __future__ import annotations

import json
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump, validate

from app.domain.approval import LONGEST_REASON, Approval, ApprovalKind, ApprovalState
from app.http.fields import Count, Form, Moment, Word
from app.http.payloads import Strict
from app.services.approval.look_up import ApprovalQuery, SeenApproval

_MOST_APPROVALS = 100
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")


def reason_field() -> fields.String:
    """Give the field of a reason, which is kept and shown to whoever sees the proposal, and never logged."""
    return fields.String(required=True, validate=validate.Length(1, LONGEST_REASON))


class ReasonPayload(Strict):
    """Why something is proposed or rejected. No personal data: whoever may see the proposal reads it."""

    reason = reason_field()


class ApprovingPayload(Strict):
    """Why a proposal is approved, and the digest of the document that the approver has looked at."""

    digest = fields.String(required=True, validate=Form("[0-9a-f]{64}", "A digest has 64 hexadecimal digits."))
    reason = reason_field()


class ApprovalPayload(Schema):
    """A proposal. ``document`` is exactly what will be done; ``digest`` the SHA-256 of its RFC 8785 form.

    Persons are given by their ids.
    """

    id = fields.String(attribute="approval_id", required=True)
    kind = Word(ApprovalKind, required=True)
    subject = fields.String(required=True)
    partner_id = fields.String(required=True, allow_none=True)
    document = fields.Dict(keys=fields.String(), required=True)
    digest = fields.String(required=True)
    reason = fields.String(required=True)
    state = Word(ApprovalState, required=True)
    proposed_by = fields.String(required=True)
    proposed_at = Moment(required=True)
    expires_at = Moment(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, seen: SeenApproval | Approval, **_: Any) -> dict[str, Any]:
        approval, state = (seen.approval, seen.state) if isinstance(seen, SeenApproval) else (seen, seen.state)
        flat = {name: getattr(approval, name) for name in Approval.__dataclass_fields__}
        return flat | {"document": json.loads(approval.document), "digest": approval.digest, "state": state}


class ApprovalQueryPayload(Strict):
    """Which proposals: in one state, or all of them."""

    state = Word(ApprovalState, load_default=None)
    limit = Count(1, _MOST_APPROVALS, load_default=_MOST_APPROVALS)
    next = fields.String(load_default=None, validate=_CURSOR)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> ApprovalQuery:
        return ApprovalQuery(values["state"], values["next"], values["limit"])


class ApprovalPagePayload(Schema):
    """Proposals, oldest first; ``next`` goes on after the last of them, now or later."""

    approvals = fields.List(fields.Nested(ApprovalPayload), required=True)
    next = fields.String(required=True)
    more = fields.Boolean(required=True)
