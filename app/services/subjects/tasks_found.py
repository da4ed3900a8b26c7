"""Objects that wait for a partner's signature and state what somebody asks about: found and stopped with the rest.

Owns that they are looked for when somebody looks, and once more when something is erased: what states a selector, and any newer
version of an object that is erased, is not signed any more. NOT looked through are answers to recalls: they state ids that the
exchange told, and how a deletion went. Kept by ``tests/services/subjects/test_tasks_found.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.events import Event, EventRecord
from app.domain.signing_task import SigningTask, TaskState
from app.domain.subject_request import SubjectRequest
from app.services.draft_outcome import keep_outcome
from app.stix.selectors import search_for
from app.storage import events, members, signing_tasks
from app.storage.session import Connection

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FoundTask:
    """Objects that wait to be signed and state a selector: whose, and since when. What they say is their organisation's."""

    task_id: str
    owner_id: str
    owner_name: str
    made_at: datetime


def find_tasks(connection: Connection, request: SubjectRequest) -> list[FoundTask]:
    """Give what waits of everybody's objects and states a selector of a request that was looked up; none for any other."""
    if request.looked_up_at is None or not request.selectors:
        return []
    names = {one.partner_id: one.name for one in members.partners(connection)}
    return [
        FoundTask(one.task_id, one.partner_id, names[one.partner_id], one.made_at)
        for one in _stating(connection, request, frozenset())
    ]


def stop_tasks(connection: Connection, request: SubjectRequest, erased: Collection[tuple[str, str]], now: datetime) -> int:
    """Take back what waits and states a selector of a request, or an object that was erased (owner, id). Gives how many."""
    found = list(_stating(connection, request, frozenset(erased)))
    for one in found:
        stop_task(connection, one, now)
    return len(found)


def stop_task(connection: Connection, task: SigningTask, now: datetime) -> None:
    """Take back a task for the exchange; its draft, if it is there still, goes back to its author."""
    settled = replace(task, state=TaskState.TAKEN_BACK, document=None, settled_at=now)
    if signing_tasks.settle(connection, settled):
        keep_outcome(connection, settled, now)
        event = EventRecord(Event.SIGNING_TASK_TAKE_BACK, now, task.partner_id, subject=task.task_id, code=task.kind)
        events.add_events(connection, [event])


def _stating(connection: Connection, request: SubjectRequest, erased: Collection[tuple[str, str]]) -> Iterator[SigningTask]:
    search, after = search_for(request.selectors), ""
    while batch := signing_tasks.waiting_objects_after(connection, after, _AT_ONCE):
        for one in batch:
            document = one.document or ""
            if search.finds(document.encode()) or any(
                one.partner_id == whose and _is_of(document, what) for whose, what in erased
            ):
                yield one
        after = batch[-1].task_id


def _is_of(document: str, stix_id: str) -> bool:
    """Whether a document is of an object itself, and does not only refer to it; it is RFC 8785 text."""
    return f'"id":"{stix_id}"' in document
