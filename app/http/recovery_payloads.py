"""Bodies of the routes about recoveries. Kept by ``tests/http/test_recovery_payloads.py``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.domain.recovery import LONGEST_TEXT, RecoveryState
from app.http.fields import Moment, Word, uuid_field
from app.http.payloads import Strict
from app.services.signing_in.recover import NewRecovery


class NewRecoveryPayload(Strict):
    """Whose sign-in is to be set up anew, why, and how it is known that it is they. Whoever decides it reads both."""

    person_id = uuid_field(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))
    recognised = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewRecovery:
        return NewRecovery(**values)


class RecoveryPayload(Schema):
    """A recovery. Persons are given by their ids; ``decided_by`` null: nobody yet, or the exchange's machine.

    ``expires_at``: until then it can be agreed to, and once it was, used. The texts are emptied after 90 days.
    """

    id = fields.String(attribute="recovery.recovery_id", required=True)
    person_id = fields.String(attribute="recovery.person_id", required=True)
    partner_id = fields.String(attribute="recovery.partner_id", required=True, allow_none=True)
    reason = fields.String(attribute="recovery.reason", required=True)
    recognised = fields.String(attribute="recovery.recognised", required=True)
    state = Word(RecoveryState, required=True)
    proposed_by = fields.String(attribute="recovery.proposed_by", required=True)
    proposed_at = Moment(attribute="recovery.proposed_at", required=True)
    expires_at = Moment(attribute="recovery.expires_at", required=True)
    decided_by = fields.String(attribute="recovery.decided_by", required=True, allow_none=True)
    decided_at = Moment(attribute="recovery.decided_at", required=True, allow_none=True)
    used_at = Moment(attribute="recovery.used_at", required=True, allow_none=True)
    can_agree = fields.Boolean(required=True)


class RecoveriesPayload(Schema):
    """Recoveries, the newest first; 200 at most."""

    recoveries = fields.List(fields.Nested(RecoveryPayload), required=True)
