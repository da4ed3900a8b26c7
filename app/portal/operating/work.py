"""Work that runs by itself: what is due, what failed, what stands still; trying again and giving up.

Kept by ``tests/portal/operating/test_work.py``.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.errors import BreakwaterError, ConflictError, NotFoundError
from app.domain.permissions import Permission
from app.domain.work import WorkState
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.approvals import names
from app.portal.operating.room import StaffBlueprint, faults_of, may
from app.portal.pages import go_to, page
from app.portal.unconfirmed import Unconfirmed
from app.services.working.look_after import Wanted, cancel_job, get_job, lane_of, list_jobs, retry_job, standings
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_work")
_AT_ONCE = 50
_KIND = re.compile("[a-z][a-z-]{0,63}")


@blueprint.page("/exchange/jobs", Permission.WORK_READ, query=["state", "kind", "next"])
def show() -> Response:
    """Show how each kind of work stands, and single pieces of it, the newest first."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    wanted = Wanted(WorkState(state) if state in set(WorkState) else None, kind if _KIND.fullmatch(kind) else None)
    found = list_jobs(exchange(), principal(), wanted, _number_or_none(request.args.get("next", "")), _AT_ONCE + 1)
    stand, now = standings(exchange(), principal()) if may(Permission.METRICS_READ) else ((), exchange().clock())
    known: dict[str, Any] = {"jobs": found[:_AT_ONCE], "more": len(found) > _AT_ONCE, "states": list(WorkState), "names": names()}
    return page("operating/work.html", state=state, kind=kind, stand=stand, now=now, lane_of=lane_of, **known)


@blueprint.page("/exchange/jobs/<job_id>", Permission.WORK_READ)
def one(job_id: str) -> Response:
    """Show one piece of work."""
    return _shown(job_id)


@blueprint.form("/exchange/jobs/<job_id>/retry", Permission.WORK_WRITE, unconfirmed=Unconfirmed.REPEATS)
def retry(job_id: str) -> Response:
    """Have it done at once, with all its attempts."""
    fields(ONCE_FIELD)
    try:
        retry_job(exchange(), principal(), _number(job_id), use_of_form())
    except ConflictError as exc:
        return _shown(job_id, exc)
    return go_to("operating_work.one", job_id=job_id)


@blueprint.form(
    "/exchange/jobs/<job_id>/cancellation", Permission.WORK_WRITE, fresh_at="operating_work.one", does="Cancel work that is due"
)
def cancel(job_id: str) -> Response:
    """Give it up."""
    fields(ONCE_FIELD)
    try:
        cancel_job(exchange(), principal(), _number(job_id), use_of_form())
    except ConflictError as exc:
        return _shown(job_id, exc)
    return go_to("operating_work.one", job_id=job_id)


def _shown(job_id: str, failed: BreakwaterError | None = None) -> Response:
    job = get_job(exchange(), principal(), _number(job_id))
    known: dict[str, Any] = {
        "job": job,
        "lane": lane_of(job.kind),
        "names": names(),
        "faults": faults_of(failed) if failed else [],
    }
    return page("operating/job.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)


def _number(job_id: str) -> int:
    found = _number_or_none(job_id)
    if found is None:
        raise NotFoundError
    return found


def _number_or_none(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,15}", text, re.ASCII) else None
