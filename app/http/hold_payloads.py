"""Bodies of the routes about legal holds. Owns names and forms on the wire. Kept by ``tests/http/test_hold_payloads.py``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump

from app.http.fields import Form, Moment, uuid_field
from app.http.list_payloads import ListPayload
from app.http.payloads import Strict
from app.services.retention.keep_holds import HoldRecord, NewHold

_STIX_ID = Form("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "This is no STIX id.")
# It stays for good, so that no sentence about a person fits in.
_REFERENCE = Form("[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", "A reference is a word of letters, digits and . _ / -")


class NewHoldPayload(Strict):
    """What to hold: one of ``object`` (a STIX id), ``owner`` (a partner's id), ``recall``; ``reference`` is the order's own."""

    object = fields.String(validate=_STIX_ID)
    owner = uuid_field()
    recall = uuid_field()
    reference = fields.String(required=True, validate=_REFERENCE)

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> NewHold:
        return NewHold(given["reference"], given.get("object"), given.get("owner"), given.get("recall"))


class HoldPayload(Schema):
    """A hold; of one that was lifted ``object`` is null. ``lifted_by`` proposed that, ``lifting_approved_by`` agreed."""

    id = fields.String(attribute="hold_id", required=True)
    object = fields.String(attribute="stix_id", required=True, allow_none=True)
    owner = fields.String(attribute="owner_id", required=True, allow_none=True)
    recall = fields.String(attribute="recall_id", required=True, allow_none=True)
    reference = fields.String(required=True)
    placed_by = fields.String(required=True)
    placed_at = Moment(required=True)
    lifted_by = fields.String(required=True, allow_none=True)
    lifting_approved_by = fields.String(required=True, allow_none=True)
    lifted_at = Moment(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, record: HoldRecord, **_: Any) -> dict[str, Any]:
        return asdict(record.hold) | {"lifting_approved_by": record.lifting_approved_by}


class HoldsPayload(ListPayload):
    """All holds, oldest first."""

    holds = fields.List(fields.Nested(HoldPayload), attribute="rows", required=True)
