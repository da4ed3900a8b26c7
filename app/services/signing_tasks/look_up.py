"""Looking up what waits for the partner's signature and what became of it: a partner its own.

Kept by ``tests/services/signing_tasks/test_look_up.py``.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.errors import NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.signing_task import SigningTask, TaskState
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.signing_tasks.deciders import why_undecided
from app.storage import signing_tasks
from app.storage.signing_tasks import Sought

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES = 8
_START = b""


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A task as it is at the time of asking; ``stands_still``: why one that waits is not carried out, where that was asked."""

    task: SigningTask
    state: TaskState
    stands_still: str | None = None


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Tasks, the newest first; ``next`` is always given, as with objects."""

    tasks: list[SeenTask]
    next: str
    more: bool


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """Which tasks: in a state (None: in any), up to ``limit``, after what ``cursor`` (unverified) says."""

    state: TaskState | None = None
    cursor: str | None = None
    limit: int = 100


def list_tasks(exchange: Exchange, principal: Principal, query: TaskQuery) -> TaskPage:
    """List the tasks of the caller's partner.

    Raises:
        ForbiddenError: the caller is without the right.
        MalformedInputError: ``cursor-invalid``.
        NotFoundError: the caller has no partner.
    """
    partner_id = partner_of(principal, Permission.SIGNING_TASKS_READ)
    context = hashlib.sha256(f"signing-tasks\0{partner_id}\0{query.state}".encode()).digest()
    reached = _START if query.cursor is None else exchange.sealer.open(query.cursor, context)
    now = exchange.clock()
    with exchange.database.read() as connection:
        sought = Sought(partner_id, now, query.state)
        found = signing_tasks.list_tasks(connection, sought, _unpacked(reached), query.limit + 1)
    shown = [SeenTask(one, one.state_at(now)) for one in found[: query.limit]]
    reached = _packed(shown[-1].task) if shown else reached
    return TaskPage(shown, exchange.sealer.seal(reached, context), more=len(found) > query.limit)


def get_task(exchange: Exchange, principal: Principal, task_id: str) -> SeenTask:
    """Give one task of the caller's partner, and whether it stands still; raises ``NotFoundError`` for any other."""
    partner_id = partner_of(principal, Permission.SIGNING_TASKS_READ)
    with exchange.database.read() as connection:
        found = signing_tasks.find_task(connection, partner_id, task_id)
        if found is None:
            raise NotFoundError
        state = found.state_at(exchange.clock())
        return SeenTask(found, state, why_undecided(connection, found) if state is TaskState.WAITING else None)


def tasks_about(exchange: Exchange, principal: Principal, subject: str) -> list[SeenTask]:
    """Give the tasks about a draft, a notice or an object, the newest first; of the caller's partner, at most a hundred."""
    partner_id = partner_of(principal, Permission.SIGNING_TASKS_READ)
    now = exchange.clock()
    with exchange.database.read() as connection:
        found = signing_tasks.list_tasks(connection, Sought(partner_id, now, subject=subject), None, 100)
    return [SeenTask(one, one.state_at(now)) for one in found]


def partner_of(principal: Principal, permission: Permission) -> str:
    """Give whose tasks the caller may see or sign; raises ``ForbiddenError`` without the right, ``NotFoundError`` for staff."""
    require(principal, permission)
    if principal.partner is None:
        raise NotFoundError
    return principal.partner.partner_id


def _packed(last: SigningTask) -> bytes:
    microseconds = (last.made_at - _EPOCH) // _MICROSECOND
    return microseconds.to_bytes(_TIME_BYTES, "big") + uuid.UUID(last.task_id).bytes


def _unpacked(reached: bytes) -> tuple[datetime, str] | None:
    if reached == _START:
        return None
    at = _EPOCH + int.from_bytes(reached[:_TIME_BYTES], "big") * _MICROSECOND
    return at, str(uuid.UUID(bytes=reached[_TIME_BYTES:]))
