"""Drafts that state what somebody asks about: what people at partners are entering is found and erased with the rest.

Owns that they are looked for when somebody looks, and once more when they are erased, for they change by the minute: nothing of
it is kept. What of one waits for a signature goes with it. Kept by ``tests/services/subjects/test_drafts_found.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.draft import Draft
from app.domain.subject_request import SubjectRequest
from app.services.subjects.tasks_found import stop_task
from app.stix.selectors import search_for
from app.storage import drafts, members, signing_tasks
from app.storage.session import Connection

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FoundDraft:
    """A draft that states a selector: whose, and when it was changed last. What it says is its organisation's."""

    draft_id: str
    owner_id: str
    owner_name: str
    changed_at: datetime


def find_drafts(connection: Connection, request: SubjectRequest) -> list[FoundDraft]:
    """Give the drafts of everybody that state a selector of a request that was looked up; none for any other."""
    if request.looked_up_at is None or not request.selectors:
        return []
    names = {one.partner_id: one.name for one in members.partners(connection)}
    return [
        FoundDraft(one.draft_id, one.partner_id, names[one.partner_id], one.changed_at) for one in _stating(connection, request)
    ]


def erase_drafts(connection: Connection, request: SubjectRequest, now: datetime) -> int:
    """Erase the drafts that state a selector of a request now, and what of them waits to be signed. Gives how many."""
    found = list(_stating(connection, request))
    for one in found:
        drafts.remove_draft(connection, one.draft_id)
        _stop_signing(connection, one, now)
    return len(found)


def _stating(connection: Connection, request: SubjectRequest) -> Iterator[Draft]:
    search, after = search_for(request.selectors), ""
    while batch := drafts.drafts_after(connection, after, _AT_ONCE):
        yield from (one for one in batch if search.finds("\n".join((one.form, one.frozen or "", one.remark or "")).encode()))
        after = batch[-1].draft_id


def _stop_signing(connection: Connection, draft: Draft, now: datetime) -> None:
    task = signing_tasks.find_task(connection, draft.partner_id, draft.signing_task_id or "")
    if task is not None:
        stop_task(connection, task, now)
