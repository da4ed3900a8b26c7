"""``/signing-tasks``: what persons decided in the portal and their partner's key has yet to sign.

Kept by ``tests/http/test_signing_tasks.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.signing_task_payloads import (
    SignedTaskPayload,
    SigningTaskPagePayload,
    SigningTaskPayload,
    SigningTaskQueryPayload,
)
from app.services.read_document import MAX_BODY_BYTES
from app.services.signing_tasks.carry_out import carry_out
from app.services.signing_tasks.look_up import SeenTask, TaskPage, TaskQuery, get_task, list_tasks
from app.web.context import exchange, principal

blueprint = ApiBlueprint("signing_tasks", "What persons decided in the portal, for their partner's signer to sign.")


@blueprint.get("/signing-tasks", Permission.SIGNING_TASKS_READ, also=(404,))
@blueprint.query(SigningTaskQueryPayload)
@blueprint.answers(HTTPStatus.OK, SigningTaskPagePayload)
def find_page(query: TaskQuery) -> TaskPage:
    """List the tasks of the caller's partner, newest first, without what is to be signed."""
    return list_tasks(exchange(), principal(), query)


@blueprint.get("/signing-tasks/<task_id>", Permission.SIGNING_TASKS_READ)
@blueprint.answers(HTTPStatus.OK, SigningTaskPayload)
def find_one(task_id: str) -> SeenTask:
    """Give one task, with exactly what is to be signed while it waits."""
    return get_task(exchange(), principal(), task_id)


@blueprint.post("/signing-tasks/<task_id>/signed", Permission.SIGNING_TASKS_SIGN, also=(422,), max_body_bytes=MAX_BODY_BYTES)
@blueprint.body(SignedTaskPayload)
@blueprint.answers(HTTPStatus.OK, SigningTaskPayload)
def hand_in(given: dict[str, Any], task_id: str) -> SeenTask:
    """Hand in what was signed: it is carried out at once, and once. The same again gives what came of it."""
    return carry_out(exchange(), principal(), task_id, given["signed"])
