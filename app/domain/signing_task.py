"""Signing tasks: what persons decided in the portal and their partner's key has yet to sign.

Owns the words, the states and how long things wait. What is to be signed is frozen when it is decided: whoever signs adds a
signature and changes nothing. Kept by ``tests/domain/test_signing_task.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any

from breakwater_client.submission import Refusal

TASKS_WAIT = timedelta(days=30)
"""So long a task waits for a signature; then it has lapsed."""

SETTLED_TASKS_ARE_KEPT = timedelta(days=30)
"""So long it can be seen what became of a task."""

MOST_WAITING = 500
"""Tasks of one partner that may wait at once."""

MOST_ALONE = 100
"""Of these, tasks that one person decided without a second: nobody fills alone what all wait in."""


@unique
class TaskKind(StrEnum):
    """What is to be signed, and so what is done with it once it is. Alphabetical, never reused."""

    OBJECTS = "objects"
    RECALL_ACKNOWLEDGEMENT = "recall-acknowledgement"


@unique
class TaskState(StrEnum):
    """The life of a task; only a waiting one can still be signed or taken back."""

    DONE = "done"
    LAPSED = "lapsed"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be. ``document`` is exactly what is to be signed (``services/signing_tasks/freeze.py`` makes it).

    ``subject`` is what it is about, as whoever made it calls it: a draft, a notice, an object. ``approved_by`` is the second
    person, None where none is needed.
    """

    kind: TaskKind
    partner_id: str
    subject: str
    document: Mapping[str, Any]
    made_by: str
    made_at: datetime
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class SigningTask:
    """A task and what became of it.

    ``document`` is RFC 8785 text, and there only while the task waits; ``digest`` is its hexadecimal SHA-256 and stays.
    ``reference`` is what came of it: the submission, or the notice that was answered. Of a refused one ``refusals`` say why.
    ``settled_by`` is who took it back, ``credential_id`` and ``keyid`` are of whoever handed the signed document in.
    """

    task_id: str
    kind: TaskKind
    partner_id: str
    subject: str
    digest: str
    document: str | None
    made_by: str
    made_at: datetime
    approved_by: str | None = None
    state: TaskState = TaskState.WAITING
    settled_at: datetime | None = None
    settled_by: str | None = None
    credential_id: str | None = None
    keyid: str | None = None
    reference: str | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def lapses_at(self) -> datetime:
        """When it has waited too long."""
        return self.made_at + TASKS_WAIT

    def state_at(self, now: datetime) -> TaskState:
        """Give the state at ``now``: what nobody signed in time has lapsed, without anybody doing anything."""
        return TaskState.LAPSED if self.state is TaskState.WAITING and self.lapses_at <= now else self.state


def digest_of(document: bytes) -> str:
    """Give the digest by which persons and signers name what is to be signed: the hexadecimal SHA-256 of its RFC 8785 bytes."""
    return hashlib.sha256(document).hexdigest()
