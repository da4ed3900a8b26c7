"""Bodies of the routes about contests.

Owns names and forms on the wire. Kept by ``tests/http/test_contest_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from app.domain.object_vocabulary import ContestReason
from app.http.fields import Count, Moment, Word, uuid_field
from app.http.payloads import Strict
from app.services.recalling.contest import MOST_LISTED, ContestRecord

_LONGEST_ID = 300


class NewContestPayload(Strict):
    """What is contested: the id of an object, of an observable, say; and why."""

    object_id = fields.String(required=True, validate=validate.Length(1, _LONGEST_ID))
    reason = Word(ContestReason, required=True)


class ContestQuery(Strict):
    """Which page of contests; ``next`` as the page before gave it."""

    limit = Count(1, MOST_LISTED, load_default=MOST_LISTED)
    next = uuid_field(load_default=None)


class ContestPayload(Schema):
    """A contest. ``outcomes`` null: not told before ``reported_at``; then how many partners did what, for partners in bands."""

    id = fields.String(required=True)
    entered_by = fields.String(required=True, allow_none=True)
    object_id = fields.String(required=True, allow_none=True)
    reason = Word(ContestReason, required=True)
    entered_at = Moment(required=True)
    reported_at = Moment(required=True)
    outcomes = fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)

    @pre_dump
    def _flatten(self, record: ContestRecord, **_: Any) -> dict[str, Any]:
        contest = record.contest
        return {
            "id": contest.contest_id,
            "entered_by": contest.partner_id,
            "object_id": contest.stix_id,
            "reason": contest.reason,
            "entered_at": contest.entered_at,
            "reported_at": contest.reported_at,
            "outcomes": record.counts,
        }


class ContestsPayload(Schema):
    """Contests, newest first; ``next`` is null of a first page without any."""

    contests = fields.List(fields.Nested(ContestPayload), required=True)
    next = fields.String(required=True, allow_none=True)
    more = fields.Boolean(required=True)
