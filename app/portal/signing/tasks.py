"""The pages of signing tasks: which there are, one of them in words, and taking it back.

Kept by ``tests/portal/signing/test_tasks.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from app.domain.errors import ConflictError
from app.domain.permissions import Permission
from app.domain.signing_task import TaskKind, TaskState
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.plain_words import type_words
from app.portal.signing.shown_tasks import shown_task
from app.services.intake.receipts import submission_of
from app.services.signing_tasks.look_up import SeenTask, TaskQuery, get_task, list_tasks
from app.services.signing_tasks.take_back import may_take_back, take_back
from app.web.context import exchange, principal
from breakwater_client.submission import ResultStatus

AT_ONCE = 30
blueprint = PortalBlueprint("signing", section="sharing.show")


@blueprint.page("/signing", Permission.SIGNING_TASKS_READ, query=["all", "next"])
def show() -> Response:
    """Show what waits for the signature, and what became of the rest where that is asked for, too."""
    is_all = request.args.get("all") == "1"
    query = TaskQuery(None if is_all else TaskState.WAITING, request.args.get("next"), AT_ONCE)
    found = list_tasks(exchange(), principal(), query)
    rows = [shown_task(one) for one in found.tasks]
    return page("signing/tasks.html", rows=rows, is_all=is_all, going_on=found.next if found.more else None, may_sign=_may_sign())


@blueprint.page("/signing/tasks/<task_id>", Permission.SIGNING_TASKS_READ)
def show_one(task_id: str) -> Response:
    """Show one task in words."""
    return _shown(get_task(exchange(), principal(), task_id))


@blueprint.form(
    "/signing/tasks/<task_id>/taking-back",
    Permission.SIGNING_TASKS_READ,
    fresh_at="signing.show_one",
    does="Take back what waits for the signature",
)
def withdraw(task_id: str) -> Response:
    """Take a task back."""
    fields()
    try:
        take_back(exchange(), principal(), task_id)
    except ConflictError as exc:
        return _shown(get_task(exchange(), principal(), task_id), exc.sentence)
    return go_to("signing.show_one", task_id=task_id)


def _shown(seen: SeenTask, failed: str | None = None) -> Response:
    return page(
        "signing/task.html",
        HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        shown=shown_task(seen),
        failed=failed,
        stands_still=seen.stands_still,
        stored=_stored(seen),
        may_take_back=may_take_back(principal(), seen.task),
        may_sign=_may_sign(),
    )


def _stored(seen: SeenTask) -> list[tuple[str, str]]:
    """Give id and kind of each object that is shared now, for who may look their submission up."""
    done = seen.state is TaskState.DONE and seen.task.kind is TaskKind.OBJECTS and seen.task.reference is not None
    if not done or why_forbidden(principal(), Permission.OBJECTS_SUBMIT) is not None:
        return []
    made = submission_of(exchange(), principal(), str(seen.task.reference))
    kept = [one.stix_id for one in made.results if one.status is not ResultStatus.REFUSED and one.stix_id]
    return [(stix_id, type_words(stix_id)) for stix_id in kept]


def _may_sign() -> bool:
    return why_forbidden(principal(), Permission.SIGNING_TASKS_SIGN) is None
