"""Taking back what waits for a signature: by whoever made it, or by an administrator of the partner.

Kept by ``tests/services/signing_tasks/test_take_back.py``.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.signing_task import SigningTask, TaskState
from app.domain.vocabulary import MemberRole
from app.services.draft_outcome import keep_outcome
from app.services.exchange import Exchange
from app.services.signing_tasks.look_up import SeenTask, partner_of
from app.storage import events, signing_tasks


def take_back(exchange: Exchange, principal: Principal, task_id: str) -> SeenTask:
    """Let a task that waits be signed no more; one that was taken back already stays so.

    Raises:
        ConflictError: it is done, refused or has lapsed.
        ForbiddenError: the caller did not make it, and is no administrator.
        NotFoundError: no such task of the caller's partner.
    """
    partner_id = partner_of(principal, Permission.SIGNING_TASKS_READ)
    now = exchange.clock()
    with exchange.database.write() as connection:
        task = signing_tasks.find_task(connection, partner_id, task_id)
        if task is None:
            raise NotFoundError
        if not may_take_back(principal, task):
            raise ForbiddenError("Whoever made this takes it back, or an administrator of your organisation.")
        if task.state is TaskState.TAKEN_BACK:
            return SeenTask(task, task.state)
        person_id = principal.credential.person_id
        settled = replace(task, state=TaskState.TAKEN_BACK, document=None, settled_at=now, settled_by=person_id)
        settled = replace(settled, credential_id=principal.credential.credential_id)
        if task.state_at(now) is not TaskState.WAITING or not signing_tasks.settle(connection, settled):
            raise ConflictError("This task waits no more: look at what became of it.")
        keep_outcome(connection, settled, now)
        who = (partner_id, principal.credential.credential_id)
        events.add_events(connection, [EventRecord(Event.SIGNING_TASK_TAKE_BACK, now, *who, task_id, task.kind)])
    return SeenTask(settled, settled.state)


def may_take_back(principal: Principal, task: SigningTask) -> bool:
    """Whether the caller may take back a task of its partner; a service account may not: persons decided it."""
    person = principal.person
    return person is not None and (person.person_id == task.made_by or MemberRole.ADMINISTRATOR in person.member_roles)
