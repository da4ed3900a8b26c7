"""Questions about persons: keeping them, counting them, and finding who asked about one id.

What was asked about is kept as a salted digest: found again by whoever names the id, and by looking at every row. Kept by
``tests/storage/test_questions.py``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, cast, delete, func, insert, select

from app.domain.usage import Question, QuestionKind
from app.storage.prepared import Prepared
from app.storage.tables import credential, question

_SALT_BYTES = 16
_TURNS = 0x51  # the first of the two numbers that PostgreSQL knows these locks by, so that they are nobody else's
_AT_ONCE = 10_000
_SHOWN = tuple(column for column in question.c if column.name not in {"salt", "subject"})
_COUNT = Prepared(
    select(func.count()).where(
        question.c.partner_id == bindparam("partner_id"),
        question.c.kind == bindparam("kind"),
        question.c.asked_at >= bindparam("since", type_=question.c.asked_at.type),
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which questions: of one partner, of one kind, asked in a stretch of time (``until`` exclusive), above a number."""

    partner_id: str | None = None
    kind: QuestionKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0


def take_turn(connection: Connection, asker: str | None) -> None:
    """Wait until nobody else counts this asker's questions (a partner's or a person's id) and adds to them.

    Until the transaction ends, so that several at once do not each find room for themselves. On SQLite the write lock does it.
    """
    if connection.dialect.name == "postgresql":
        turn = int.from_bytes(hashlib.sha256(str(asker).encode()).digest()[:4], signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(cast(_TURNS, Integer), cast(turn, Integer))))


def add_questions(connection: Connection, value: Question, subjects: Collection[str]) -> None:
    """Keep a question about each of these ids (whatever was sent: it is hashed and not kept)."""
    row = {name: held for name, held in asdict(value).items() if name != "question_id"}
    rows = []
    for subject in subjects:
        salt = secrets.token_bytes(_SALT_BYTES)
        rows.append(row | {"salt": salt, "subject": _digest(salt, subject)})
    connection.execute(insert(question), rows)


def count_questions(connection: Connection, partner_id: str, kind: QuestionKind, since: datetime) -> int:
    """Count a partner's questions of a kind from an instant on."""
    row = _COUNT.row(connection, partner_id=partner_id, kind=kind, since=since)
    return 0 if row is None else int(row[0])


def count_of_person(connection: Connection, person_id: str | None, since: datetime) -> int:
    """Count the questions that a person of the staff asked from an instant on, with whichever credentials."""
    own = select(credential.c.credential_id).where(credential.c.person_id == person_id)
    q = question.c
    these = (q.partner_id.is_(None), q.kind == QuestionKind.STAFF, q.asked_at >= since, q.credential_id.in_(own))
    return connection.execute(select(func.count()).select_from(question).where(*these)).scalar_one()


def list_questions(connection: Connection, asked: Asked, limit: int) -> list[Question]:
    """List questions, oldest first."""
    return [_question(row) for row in connection.execute(_selected(asked).limit(limit))]


def questions_about(connection: Connection, subject: str, asked: Asked, limit: int) -> list[Question]:
    """List the questions about one id, oldest first; looks at every question that ``asked`` leaves, a batch at a time."""
    found: list[Question] = []
    while len(found) < limit:
        rows = connection.execute(_selected(asked, *question.c).limit(_AT_ONCE)).all()
        found += [_question(row) for row in rows if row.subject == _digest(row.salt, subject)]
        if len(rows) < _AT_ONCE:
            break
        asked = replace(asked, after=rows[-1].question_id)
    return found[:limit]


def forget_before(connection: Connection, instant: datetime) -> int:
    """Delete the questions asked before an instant. Gives how many."""
    return connection.execute(delete(question).where(question.c.asked_at < instant)).rowcount


def _selected(asked: Asked, *columns: Any) -> Select[Any]:
    statement = select(*(columns or _SHOWN)).where(question.c.question_id > asked.after).order_by(question.c.question_id)
    if asked.partner_id is not None:
        statement = statement.where(question.c.partner_id == asked.partner_id)
    if asked.kind is not None:
        statement = statement.where(question.c.kind == asked.kind)
    if asked.since is not None:
        statement = statement.where(question.c.asked_at >= asked.since)
    return statement if asked.until is None else statement.where(question.c.asked_at < asked.until)


def _question(row: Any) -> Question:
    return Question(
        row.partner_id, row.credential_id, QuestionKind(row.kind), row.purpose, row.channel, row.asked_at, row.question_id
    )


def _digest(salt: bytes, subject: str) -> bytes:
    return hashlib.sha256(salt + subject.encode(errors="replace")).digest()
