"""Keeping what a person decided, until the partner's key has signed it.

Owns what a task may be: about the partner's own things, with a second person who is another, and not too many at once. What a
task of a kind needs beside is ``kinds``'. Kept by ``tests/services/signing_tasks/test_keep.py``.
"""

from __future__ import annotations

import uuid

from app.domain.errors import Code, ConflictError, ForbiddenError
from app.domain.events import Event, EventRecord
from app.domain.partner import Partner
from app.domain.signing_task import MOST_ALONE, MOST_WAITING, NewTask, SigningTask, digest_of
from app.services.signing_tasks.kinds import check_document
from app.storage import events, members, signing_tasks
from app.storage.session import Connection
from breakwater_client.trust.canonical import canonical_bytes


def keep_task(connection: Connection, new: NewTask) -> SigningTask:
    """Keep a task in the caller's transaction, and give it. Whoever calls has asked whether its maker may decide this.

    Raises:
        ConflictError: as many tasks wait as may, or as one person may have wait without a second.
        ForbiddenError: ``second-person-needed``: the second person is the first.
        MalformedInputError, UntrustedSignatureError: a document that is none of its kind, or states another's objects.
    """
    if new.approved_by == new.made_by:
        raise ForbiddenError("Whoever made this cannot approve it: another person must.", code=Code.SECOND_PERSON_NEEDED)
    check_document(new.kind, new.document, _partner(connection, new.partner_id))
    if signing_tasks.count_waiting(connection, new.partner_id, new.made_at) >= MOST_WAITING:
        raise ConflictError("Too many tasks wait for your organisation's signer; let it run, or take some back.")
    if new.approved_by is None and signing_tasks.count_alone(connection, new.partner_id, new.made_by, new.made_at) >= MOST_ALONE:
        raise ConflictError("Too much of what you decided waits for your organisation's signer; let it run, or take some back.")
    document = canonical_bytes(dict(new.document))
    task = SigningTask(
        str(uuid.uuid4()),
        new.kind,
        new.partner_id,
        new.subject,
        digest_of(document),
        document.decode(),
        new.made_by,
        new.made_at,
        new.approved_by,
    )
    signing_tasks.add_task(connection, task)
    event = EventRecord(Event.SIGNING_TASK_MAKE, new.made_at, new.partner_id, subject=task.task_id, code=new.kind)
    events.add_events(connection, [event])
    return task


def _partner(connection: Connection, partner_id: str) -> Partner:
    found = members.partner_by_id(connection, partner_id)
    if found is None:
        raise LookupError("a task of nobody")
    return found
