"""What becomes of an approved draft once its signing task is settled: it was sent, or comes back to its author with the reason.

Owns the end of a draft, and that a correction is of the version which its author and second reader saw: nobody's change is undone
unseen; all of it, in the transaction that settles the task; it stands apart from ``drafting``, which makes the task. Kept
by ``tests/services/test_draft_outcome.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.draft import LONGEST_REMARK, Draft, DraftState
from app.domain.errors import ConflictError
from app.domain.signing_task import SigningTask, TaskKind, TaskState
from app.domain.stix_object import timestamp_key
from app.storage import drafts, objects
from app.storage.session import Connection
from breakwater_client.trust.canonical import canonical_bytes

OUTDATED = "The object was changed or recalled meanwhile: this corrects a version that is not its newest. Correct it anew."
_TAKEN_BACK = "It was taken back before it was signed."


def refuse_outdated(connection: Connection, draft: Draft) -> None:
    """Return if what a draft corrects is still the newest version that stands, beside the one that it comes to itself.

    Raises ``ConflictError`` otherwise.
    """
    corrects = draft.corrects
    if corrects is None:
        return
    own = {timestamp_key(one["modified"]) for one in draft.frozen_document.get("objects", ())}
    versions = objects.own_versions(connection, draft.partner_id, {corrects.stix_id})  # oldest first
    standing = [one for one in versions if one.withdrawn_at is None and one.version_key not in own]
    if not standing or standing[-1].version != corrects.version:
        raise ConflictError(OUTDATED)


def refuse_outdated_task(connection: Connection, task: SigningTask) -> None:
    """Do the same for the draft that a task is about; a task about anything else is left alone."""
    draft = _draft_of(connection, task)
    if draft is not None:
        refuse_outdated(connection, draft)


def keep_outcome(connection: Connection, task: SigningTask, now: datetime) -> None:
    """Keep what became of the draft that a settled task is about; a task about anything else is left alone."""
    draft = _draft_of(connection, task)
    if draft is not None:
        drafts.change_draft(connection, _sent(draft, now) if task.state is TaskState.DONE else _returned(draft, task, now))


def _draft_of(connection: Connection, task: SigningTask) -> Draft | None:
    draft = drafts.draft_by_id(connection, task.partner_id, task.subject) if task.kind is TaskKind.OBJECTS else None
    if draft is None or draft.state is not DraftState.APPROVED or draft.signing_task_id != task.task_id:
        return None
    return draft


def _sent(draft: Draft, now: datetime) -> Draft:
    """Give a draft of which the title alone stays, and what it corrected."""
    kept = {name: one for name, one in draft.document.items() if name == "corrects"}
    form = canonical_bytes({"what": {"title": draft.title}, **kept}).decode()
    return replace(draft, state=DraftState.SENT, changed_at=now, form=form, frozen=None)


def _returned(draft: Draft, task: SigningTask, now: datetime) -> Draft:
    why = " ".join(dict.fromkeys(one.sentence for one in task.refusals)) or _TAKEN_BACK
    back = replace(draft, state=DraftState.RETURNED, changed_at=now, frozen=None, digest=None, remark=why[:LONGEST_REMARK])
    return replace(back, signing_task_id=None)
