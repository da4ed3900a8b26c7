"""Bodies and parameters of the routes about notices and their answers.

Owns names and forms on the wire. Kept by ``tests/http/test_notice_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from app.domain.object_vocabulary import HeldBasis, RecallAct, RecallKind, RecallReason
from app.domain.vocabulary import OverdueRecall
from app.http.fields import Count, Form, Moment, Word, uuid_field
from app.http.payloads import Strict
from app.services.recalling.look_up_notices import NoticeRecord

_MOST_NOTICES = 100
_MOST_OUTCOMES = 1_000
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")


class NoticeQuery(Strict):
    """Which notices: only those still to be answered (``open``), for staff those to one partner."""

    open = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})
    partner_id = uuid_field(load_default=None)
    limit = Count(1, _MOST_NOTICES, load_default=_MOST_NOTICES)
    next = fields.String(load_default=None, validate=_CURSOR)


class EnteredAnswerPayload(Strict):
    """What a partner told an operator; lines as in a signed acknowledgement (``docs/recalls.md``)."""

    outcomes = fields.List(fields.Dict(keys=fields.String()), required=True, validate=validate.Length(1, _MOST_OUTCOMES))


class NoticedVersionPayload(Schema):
    """A version that is called back, and what was answered last about it; ``outcome`` null: nothing yet."""

    stix_id = fields.String(required=True)
    version = fields.String(required=True)
    payload_digest = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    basis = Word(HeldBasis, required=True, allow_none=True)
    until = Moment(required=True, allow_none=True)


class AnswerPayload(Schema):
    """An answer that came; ``keyid`` null: an operator entered it. ``log_index`` is where the log commits to it."""

    id = fields.String(attribute="answer_id", required=True)
    answered_at = Moment(required=True)
    keyid = fields.String(required=True, allow_none=True)
    credential_id = fields.String(required=True)
    payload_digest = fields.Function(lambda one: one.payload_digest.hex(), required=True, metadata={"type": "string"})
    log_index = fields.Integer(required=True)


class NoticePayload(Schema):
    """A notice with one of its addressees: what it calls back, by when to answer, whether that is past, and what was answered."""

    id = fields.String(required=True)
    partner_id = fields.String(required=True)
    kind = Word(RecallKind, required=True)
    reason = Word(RecallReason, required=True)
    act = Word(RecallAct, required=True)
    told_at = Moment(required=True)
    due_at = Moment(required=True)
    if_overdue = Word(OverdueRecall, required=True)
    is_late = fields.Boolean(required=True)
    answered_at = Moment(required=True, allow_none=True)
    versions = fields.List(fields.Nested(NoticedVersionPayload), required=True)
    answers = fields.List(fields.Nested(AnswerPayload), required=True)

    @pre_dump
    def _flatten(self, record: NoticeRecord, **_: Any) -> dict[str, Any]:
        said = {one.recalled_id: one for one in record.outcomes}
        return {
            "id": record.sent.notice_id,
            "partner_id": record.addressee.partner_id,
            "kind": record.recall.kind,
            "reason": record.recall.reason,
            "act": record.recall.act,
            "told_at": record.sent.told_at,
            "due_at": record.addressee.due_at,
            "if_overdue": record.if_overdue,
            "is_late": record.is_late,
            "answered_at": record.addressee.answered_at,
            "versions": [
                {
                    "stix_id": one.stix_id,
                    "version": one.version,
                    "payload_digest": one.payload_digest.hex(),
                    "outcome": said[one.version_id].outcome.value if one.version_id in said else None,
                    "basis": said[one.version_id].basis if one.version_id in said else None,
                    "until": said[one.version_id].held_until if one.version_id in said else None,
                }
                for one in record.versions
            ],
            "answers": record.answers,
        }


class NoticePagePayload(Schema):
    """Notices, oldest first; ``next`` is always given. ``as_of`` is the exchange's clock: what is due before it is overdue."""

    more = fields.Boolean(required=True)
    next = fields.String(required=True)
    as_of = Moment(attribute="now", required=True)
    notices = fields.List(fields.Nested(NoticePayload), required=True)
