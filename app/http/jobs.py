"""``/jobs``: the work that runs by itself, as operators look after it. Kept by ``tests/http/test_jobs.py``."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from app.domain.errors import NotFoundError
from app.domain.permissions import Permission
from app.domain.work import Job
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.job_payloads import JobPayload, JobQuery, JobsPayload
from app.http.payloads import NothingPayload
from app.services.working import look_after as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint("jobs", "Work that runs by itself: how it goes, trying again what failed, giving up what may be.")


@blueprint.get("/jobs", Permission.WORK_READ)
@blueprint.query(JobQuery)
@blueprint.answers(HTTPStatus.OK, JobsPayload)
def find_all(query: dict[str, Any]) -> dict[str, Any]:
    """List jobs, the newest first; what has ended is kept for 30 days."""
    wanted = service.Wanted(query["state"], query["kind"], query["partner_id"])
    found = service.list_jobs(exchange(), principal(), wanted, query["next"], query["limit"] + 1)
    shown = found[: query["limit"]]
    return {"jobs": shown, "next": shown[-1].work_id if shown else query["next"], "more": len(found) > len(shown)}


@blueprint.get("/jobs/<job_id>", Permission.WORK_READ)
@blueprint.answers(HTTPStatus.OK, JobPayload)
def find_one(job_id: str) -> Job:
    """Give one job."""
    return service.get_job(exchange(), principal(), _number(job_id))


@blueprint.post("/jobs/<job_id>/retry", Permission.WORK_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, JobPayload)
def retry(_nothing: dict[str, Any], job_id: str) -> Job:
    """Have a job that failed done at once, with all its attempts."""
    return service.retry_job(exchange(), principal(), _number(job_id), use_of_key())


@blueprint.post("/jobs/<job_id>/cancellation", Permission.WORK_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, JobPayload)
def cancel(_nothing: dict[str, Any], job_id: str) -> Job:
    """Give a job up: long work and calls that are owed to nobody, or whatever is dead."""
    return service.cancel_job(exchange(), principal(), _number(job_id), use_of_key())


def _number(job_id: str) -> int:
    if not re.fullmatch("[0-9]{1,15}", job_id, re.ASCII):
        raise NotFoundError
    return int(job_id)
