"""What becomes of an approved draft once its signing task is settled: it was sent, or comes back to its author with the reason.

Owns the end of a draft, in the transaction that settles the task; it stands apart from ``drafting``, which makes the task. Kept
by ``tests/services/test_draft_outcome.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.crypto.canonical import canonical_bytes
from app.domain.draft import LONGEST_REMARK, Draft, DraftState
from app.domain.signing_task import SigningTask, TaskKind, TaskState
from app.storage import drafts
from app.storage.session import Connection

_TAKEN_BACK = "It was taken back before it was signed."


def keep_outcome(connection: Connection, task: SigningTask, now: datetime) -> None:
    """Keep what became of the draft that a settled task is about; a task about anything else is left alone."""
    draft = drafts.draft_by_id(connection, task.partner_id, task.subject) if task.kind is TaskKind.OBJECTS else None
    if draft is None or draft.state is not DraftState.APPROVED or draft.signing_task_id != task.task_id:
        return
    drafts.change_draft(connection, _sent(draft, now) if task.state is TaskState.DONE else _returned(draft, task, now))


def _sent(draft: Draft, now: datetime) -> Draft:
    """Give a draft of which the title alone stays."""
    form = canonical_bytes({"what": {"title": draft.title}}).decode()
    return replace(draft, state=DraftState.SENT, changed_at=now, form=form, frozen=None)


def _returned(draft: Draft, task: SigningTask, now: datetime) -> Draft:
    why = " ".join(dict.fromkeys(one.sentence for one in task.refusals)) or _TAKEN_BACK
    back = replace(draft, state=DraftState.RETURNED, changed_at=now, frozen=None, digest=None, remark=why[:LONGEST_REMARK])
    return replace(back, signing_task_id=None)
