"""Bodies of the routes about work that runs by itself. Owns names and forms on the wire.

Kept by ``tests/http/test_job_payloads.py``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, pre_dump

from app.domain.work import Job, LaneName, WorkState
from app.http.fields import Count, Form, Moment, Word, uuid_field
from app.http.payloads import Strict
from app.services.working.look_after import lane_of

MOST_JOBS = 1_000
_USUAL_JOBS = 100
_LARGEST_NUMBER = 2**53


class JobQuery(Strict):
    """Which jobs; ``next`` as the page before gave it."""

    state = Word(WorkState, load_default=None)
    kind = fields.String(load_default=None, validate=Form("[a-z][a-z-]{0,63}", "A kind is a word of small letters and hyphens."))
    partner_id = uuid_field(load_default=None)
    limit = Count(1, MOST_JOBS, load_default=_USUAL_JOBS)
    next = Count(1, _LARGEST_NUMBER, load_default=None)


class JobPayload(Schema):
    """A piece of work. ``running``: somebody is at it. ``wanted_at``: when it was to be done; ``due_at``: when it is tried next.

    ``failure`` is the kind and the places of the last failure; ``claimed_by`` the worker that had it last.
    """

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    lane = Word(LaneName, required=True)
    state = Word(WorkState, required=True)
    running = fields.Boolean(required=True)
    wanted_at = Moment(required=True)
    due_at = Moment(required=True)
    attempts = fields.Integer(required=True)
    partner_id = fields.String(required=True, allow_none=True)
    claimed_by = fields.String(required=True, allow_none=True)
    claimed_at = Moment(required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, job: Job, **_: Any) -> dict[str, Any]:
        return asdict(job) | {"id": job.work_id, "running": job.is_running, "lane": lane_of(job.kind)}


class JobsPayload(Schema):
    """A page of jobs, the newest first; ``next`` is null where there were none."""

    jobs = fields.List(fields.Nested(JobPayload), required=True)
    next = fields.Integer(required=True, allow_none=True)
    more = fields.Boolean(required=True)
