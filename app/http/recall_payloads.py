"""Bodies and parameters of the routes about withdrawals and recalls.

Owns names and forms on the wire. Kept by ``tests/http/test_recall_payloads.py``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump, validate

from app.domain.object_vocabulary import RecallAct, RecallKind, RecallReason
from app.domain.recall import Choice
from app.http.fields import Count, Form, Moment, TimestampKey, Word
from app.http.payloads import Strict
from app.services.reading.look_up_recalls import OwnRecall

MOST_VERSIONS = 1_000
_MOST_RECALLS = 100
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")


class WithdrawalPayload(Strict):
    """What to withdraw of an object, why, and what whoever has it is asked to do; by default all versions, to be used no more.

    ``versions`` are instants, in any spelling: all of them must be there.
    """

    versions = fields.List(TimestampKey(), validate=validate.Length(1, MOST_VERSIONS))
    reason = Word(RecallReason, load_default=RecallReason.WITHDRAWN)
    act = Word(RecallAct, load_default=RecallAct.STOP_USING, validate=validate.NoneOf([RecallAct.REVIEW]))

    @post_load
    def _choose(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"choice": Choice(keys=frozenset(given.pop("versions", ()))), **given}


class WithdrawnPayload(Schema):
    """Under which id the owner follows the recall that a withdrawal began."""

    recall_id = fields.String(required=True)


class RecallQuery(Strict):
    """Which page of one's own recalls."""

    limit = Count(1, _MOST_RECALLS, load_default=_MOST_RECALLS)
    next = fields.String(load_default=None, validate=_CURSOR)


class RecalledVersionPayload(Schema):
    """One version that was withdrawn; ``payload_digest``: SHA-256 of what its publisher signed."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    payload_digest = fields.String(required=True)


class ToldPayload(Schema):
    """A partner that had been given some of it, and was told; ``answered_at`` null: it has not answered all of it yet.

    ``outcomes`` counts versions by what it answered.
    """

    id = fields.String(required=True)
    name = fields.String(required=True)
    due_at = Moment(required=True, allow_none=True)
    is_late = fields.Boolean(required=True)
    answered_at = Moment(required=True, allow_none=True)
    outcomes = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class RecallPayload(Schema):
    """What was withdrawn, when and why; ``told`` is complete once ``notified_at`` is set, and empty before.

    ``log_index``: where the log holds the recall (``/log/entries/…/proof``); null for one that has no leaf.
    """

    id = fields.String(required=True)
    owner_id = fields.String(required=True)
    kind = Word(RecallKind, required=True)
    log_index = fields.Integer(required=True, allow_none=True)
    recalled_at = Moment(required=True)
    reason = Word(RecallReason, required=True)
    act = Word(RecallAct, required=True)
    objects = fields.List(fields.Nested(RecalledVersionPayload), required=True)
    notified_at = Moment(required=True, allow_none=True)
    told = fields.List(fields.Nested(ToldPayload), required=True)

    @pre_dump
    def _flatten(self, own: OwnRecall, **_: Any) -> dict[str, Any]:
        # The recall's number stays here: it counts everybody's.
        recall = own.recall
        return {
            "id": recall.public_id,
            "owner_id": recall.owner_id,
            "kind": recall.kind,
            "log_index": own.log_index,
            "recalled_at": recall.recalled_at,
            "reason": recall.reason,
            "act": recall.act,
            "objects": [
                {"id": one.stix_id, "version": one.version, "payload_digest": one.payload_digest.hex()} for one in own.versions
            ],
            "notified_at": recall.notified_at,
            "told": [
                {
                    "id": one.partner_id,
                    "name": one.name,
                    "due_at": one.due_at,
                    "is_late": one.is_late,
                    "answered_at": one.answered_at,
                    "outcomes": dict(sorted(Counter(said.outcome.value for said in one.outcomes).items())),
                }
                for one in own.told
            ],
        }


class RecallPagePayload(Schema):
    """One's own recalls, oldest first; ``next`` is always given."""

    more = fields.Boolean(required=True)
    next = fields.String(required=True)
    recalls = fields.List(fields.Nested(RecallPayload), required=True)
