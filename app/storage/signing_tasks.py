"""What waits for a partner's signature, and what became of it.

A row is added as waiting and settled once; what is to be signed goes with that. Kept by ``tests/storage/test_signing_tasks.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from app.domain.errors import Code
from app.domain.signing_task import SETTLED_TASKS_ARE_KEPT, TASKS_WAIT, SigningTask, TaskKind, TaskState
from app.storage import documents
from app.storage.tables import signing_task
from breakwater_client.submission import Refusal

_SETTLED = ("state", "settled_at", "settled_by", "credential_id", "keyid", "reference")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which tasks: of a partner, in one state at ``now`` (None: any), about one subject (None: any)."""

    partner_id: str
    now: datetime
    state: TaskState | None = None
    subject: str | None = None


def add_task(connection: Connection, value: SigningTask) -> None:
    """Keep a new task."""
    connection.execute(insert(signing_task).values(**asdict(value) | {"refusals": _dumped(value)}))


def find_task(connection: Connection, partner_id: str, task_id: str) -> SigningTask | None:
    """Give a partner's own task; another's is not found."""
    own = and_(signing_task.c.task_id == task_id, signing_task.c.partner_id == partner_id)
    row = connection.execute(select(signing_task).where(own)).one_or_none()
    return None if row is None else _task(row._asdict())


def list_tasks(connection: Connection, sought: Sought, after: tuple[datetime, str] | None, limit: int) -> list[SigningTask]:
    """List tasks, the newest first; ``after`` is the time and the id of the last one that was given before."""
    c = signing_task.c
    statement = select(signing_task).where(c.partner_id == sought.partner_id).limit(limit)
    if sought.state is not None:
        statement = statement.where(_is_in(sought.state, sought.now))
    if sought.subject is not None:
        statement = statement.where(c.subject == sought.subject)
    if after is not None:
        at, task_id = after
        statement = statement.where(or_(c.made_at < at, and_(c.made_at == at, c.task_id < task_id)))
    rows = connection.execute(statement.order_by(c.made_at.desc(), c.task_id.desc()))
    return [_task(row._asdict()) for row in rows]


def all_tasks_of(connection: Connection, partner_id: str) -> list[SigningTask]:
    """List all tasks of a partner by id."""
    rows = connection.execute(
        select(signing_task).where(signing_task.c.partner_id == partner_id).order_by(signing_task.c.task_id)
    )
    return [_task(row._asdict()) for row in rows]


def waiting_objects_after(connection: Connection, task_id: str, limit: int) -> list[SigningTask]:
    """List what waits of everybody's objects by id, after one task (``""``: from the first), whether it is late or not."""
    c = signing_task.c
    waits = and_(c.state == TaskState.WAITING, c.kind == TaskKind.OBJECTS, c.task_id > task_id)
    rows = connection.execute(select(signing_task).where(waits).order_by(c.task_id).limit(limit))
    return [_task(row._asdict()) for row in rows]


def count_waiting(connection: Connection, partner_id: str, now: datetime) -> int:
    """Give how many of a partner's tasks wait."""
    own = and_(signing_task.c.partner_id == partner_id, _is_in(TaskState.WAITING, now))
    return connection.execute(select(func.count()).where(own)).scalar_one()


def count_alone(connection: Connection, partner_id: str, made_by: str, now: datetime) -> int:
    """Give how many of a partner's tasks wait that this person decided without a second."""
    own = and_(signing_task.c.partner_id == partner_id, _is_in(TaskState.WAITING, now))
    alone = and_(signing_task.c.made_by == made_by, signing_task.c.approved_by.is_(None))
    return connection.execute(select(func.count()).where(own, alone)).scalar_one()


def settle(connection: Connection, value: SigningTask) -> bool:
    """Keep how a waiting task ended, and forget what was to be signed; False if it ended otherwise before."""
    waits = and_(signing_task.c.task_id == value.task_id, signing_task.c.state == TaskState.WAITING)
    values = {name: getattr(value, name) for name in _SETTLED} | {"refusals": _dumped(value), "document": None}
    return connection.execute(update(signing_task).where(waits).values(values)).rowcount == 1


def let_lapse(connection: Connection, now: datetime) -> int:
    """Settle what waited too long as lapsed, and forget what was to be signed. Gives how many."""
    late = _is_in(TaskState.LAPSED, now) & (signing_task.c.state == TaskState.WAITING)
    values = {"state": TaskState.LAPSED, "settled_at": now, "document": None}
    return connection.execute(update(signing_task).where(late).values(values)).rowcount


def drop_settled(connection: Connection, now: datetime) -> int:
    """Forget tasks that were settled long enough ago. Gives how many."""
    old = signing_task.c.settled_at <= now - SETTLED_TASKS_ARE_KEPT
    return connection.execute(delete(signing_task).where(old)).rowcount


def _is_in(state: TaskState, now: datetime) -> ColumnElement[bool]:
    c, waits = signing_task.c, signing_task.c.state == TaskState.WAITING
    if state is TaskState.WAITING:
        return and_(waits, c.made_at > now - TASKS_WAIT)
    if state is TaskState.LAPSED:
        return or_(c.state == TaskState.LAPSED, and_(waits, c.made_at <= now - TASKS_WAIT))
    return c.state == state


def _dumped(value: SigningTask) -> str:
    return documents.dump([[one.code, one.sentence, one.pointer] for one in value.refusals])


def _task(row: Mapping[str, Any]) -> SigningTask:
    refusals = tuple(Refusal(Code(code), said, at) for code, said, at in documents.load(row["refusals"]))
    return SigningTask(**{**row, "kind": TaskKind(row["kind"]), "state": TaskState(row["state"]), "refusals": refusals})
