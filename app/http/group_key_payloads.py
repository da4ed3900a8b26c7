"""Bodies about the keys of sharing groups. Kept by ``tests/http/test_group_key_payloads.py``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.domain.group_key import FEWEST_EPOCH_DAYS, MOST_EPOCH_DAYS, EpochCause
from app.http.fields import Moment, Word
from app.http.payloads import Strict
from app.services.membership.fetch_group_keys import Rotation


class EpochPayload(Schema):
    """An epoch: `epoch` is the name that tokens bear, `cause` why it began; the current one has no end."""

    epoch = fields.String(attribute="key.epoch", required=True)
    number = fields.Integer(attribute="key.number", required=True)
    cause = Word(EpochCause, attribute="key.cause", required=True)
    begun_at = Moment(attribute="key.begun_at", required=True)
    ended_at = Moment(attribute="key.ended_at", required=True, allow_none=True)


class GroupKeyPayload(EpochPayload):
    """A key of a group with its epoch: `bwtk_` and 32 bytes in hexadecimal; null where the exchange has lost it."""

    key = fields.String(attribute="text", required=True, allow_none=True)


class GroupKeysPayload(Schema):
    """The keys of a group that the caller has, newest first. The first is the current one and ends at `ends_at`, or sooner."""

    group_id = fields.String(required=True)
    scheme = fields.String(required=True)
    epoch_days = fields.Integer(required=True)
    ends_at = Moment(required=True)
    keys = fields.List(fields.Nested(GroupKeyPayload), required=True)


class RotationOfKeyPayload(Strict):
    """For how many days each of the group's keys lasts from now on; left out, as long as before."""

    epoch_days = fields.Integer(
        load_default=None, strict=True, allow_none=True, validate=validate.Range(FEWEST_EPOCH_DAYS, MOST_EPOCH_DAYS)
    )

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Rotation:
        return Rotation(**values)


class EpochBegunPayload(EpochPayload):
    """The epoch that began, without its key."""

    group_id = fields.String(required=True)
    epoch_days = fields.Integer(required=True)
