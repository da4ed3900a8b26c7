"""Notices that went out: who has to answer which, by when, and what was answered.

Kept by ``tests/storage/test_notices.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, select, update

from app.domain.object_vocabulary import QUESTIONS, ContestOutcome, HeldBasis, RecallKind, RecallOutcome
from app.domain.recall import Addressee, AnyOutcome, Outcome, RecalledVersion, SentNotice
from app.storage.batches import batches
from app.storage.disclosures import decode_versions, encode_versions
from app.storage.prepared import Prepared
from app.storage.tables import notice, notice_addressee, notice_answer, notice_outcome, object_version, recall

_ADDRESSEE = [notice_addressee.c[name] for name in Addressee.__dataclass_fields__]


def add_notice(
    connection: Connection, sent: SentNotice, addressees: Collection[Addressee], chase_at: Mapping[str, datetime]
) -> None:
    """Keep a notice and who has to answer it; ``chase_at`` is when each (by partner id) is looked at first."""
    row = {"version_id": sent.version_id, "notice_id": sent.notice_id, "recall_id": sent.recall_id, "told_at": sent.told_at}
    connection.execute(insert(notice).values(row | {"versions": encode_versions(sent.versions)}))
    rows = [
        {name: getattr(one, name) for name in Addressee.__dataclass_fields__} | {"chase_at": chase_at.get(one.partner_id)}
        for one in addressees
    ]
    if rows:
        connection.execute(insert(notice_addressee), rows)


def find_notice(connection: Connection, notice_id: str) -> SentNotice | None:
    """Give a notice by its STIX id (it may be anything)."""
    row = connection.execute(select(notice).where(notice.c.notice_id == notice_id)).one_or_none()
    return None if row is None else _sent(row)


def notice_by_row(connection: Connection, version_id: int) -> SentNotice:
    """Give a notice that exists by its own row."""
    return _sent(connection.execute(select(notice).where(notice.c.version_id == version_id)).one())


def notices_of(connection: Connection, recall_ids: Collection[int]) -> dict[int, list[SentNotice]]:
    """Give the notices of recalls, by recall."""
    found: dict[int, list[SentNotice]] = defaultdict(list)
    for some in batches(recall_ids):
        rows = connection.execute(select(notice).where(notice.c.recall_id.in_(some)).order_by(notice.c.version_id))
        for row in rows:
            found[row.recall_id].append(_sent(row))
    return found


def _sent(row: Any) -> SentNotice:
    return SentNotice(row.version_id, row.notice_id, row.recall_id, row.told_at, frozenset(decode_versions(row.versions)))


def find_addressee(connection: Connection, version_id: int, partner_id: str) -> Addressee | None:
    """Give a partner as addressee of a notice, None if the notice is not for it."""
    na = notice_addressee.c
    row = connection.execute(select(*_ADDRESSEE).where(na.version_id == version_id, na.partner_id == partner_id)).one_or_none()
    return None if row is None else _addressee(row)


def addressees_of(connection: Connection, version_ids: Collection[int]) -> list[Addressee]:
    """List who has to answer these notices."""
    na, found = notice_addressee.c, list[Addressee]()
    for some in batches(version_ids):
        rows = connection.execute(select(*_ADDRESSEE).where(na.version_id.in_(some)).order_by(na.version_id, na.partner_id))
        found += map(_addressee, rows)
    return found


_NO_CONTEST = and_(*(recall.c.kind != one.value for one in sorted(QUESTIONS)))


def _of_recalls(*columns: Any) -> Select[Any]:
    of_notices = select(*columns).join_from(notice_addressee, notice, notice_addressee.c.version_id == notice.c.version_id)
    return of_notices.join(recall, recall.c.recall_id == notice.c.recall_id).where(_NO_CONTEST)


_UNANSWERED = _of_recalls(func.min(notice_addressee.c.due_at)).where(notice_addressee.c.answered_at.is_(None))
_FIRST_DUE = Prepared(_UNANSWERED.where(notice_addressee.c.partner_id == bindparam("partner_id")))


def first_due(connection: Connection, partner_id: str) -> datetime | None:
    """Give by when a partner has to answer the first of what is called back from it for good; None: it has answered all.

    Contests are not counted: they are questions, and whoever leaves one unanswered has still done nothing against anybody.
    """
    row = _FIRST_DUE.row(connection, partner_id=partner_id)
    return None if row is None else row[0]


def late_notices(connection: Connection, partner_id: str, now: datetime) -> list[tuple[str, datetime]]:
    """Give the notices (STIX id, and when it was due) that a partner should have answered by now, contests apart."""
    na, late = notice_addressee.c, _of_recalls(notice.c.notice_id, notice_addressee.c.due_at)
    due = late.where(na.partner_id == partner_id, na.answered_at.is_(None), na.due_at <= now)
    return [(notice_id, due_at) for notice_id, due_at in connection.execute(due.order_by(na.due_at, na.version_id))]


def late_partners(connection: Connection, now: datetime) -> frozenset[str]:
    """Give everybody who should have answered a recall by now, as ``first_due`` counts them."""
    na = notice_addressee.c
    late = _of_recalls(na.partner_id).where(na.answered_at.is_(None), na.due_at <= now)
    return frozenset(connection.execute(late.distinct()).scalars())


def _addressee(row: Any) -> Addressee:
    return Addressee(row.version_id, row.partner_id, row.due_at, row.answered_at)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which notices are listed: those to one partner (None: all), only those that are not answered, from after a place on."""

    partner_id: str | None
    only_open: bool
    after: tuple[int, str]
    limit: int


def addressed(connection: Connection, asked: Asked) -> list[tuple[SentNotice, Addressee]]:
    """List notices with who has to answer each, in the order in which they went out."""
    na = notice_addressee.c
    statement = _beyond(select(notice, *_ADDRESSEE[1:]), asked.after)
    if asked.partner_id is not None:
        statement = statement.where(na.partner_id == asked.partner_id)
    if asked.only_open:
        statement = statement.where(na.answered_at.is_(None))
    rows = connection.execute(statement.order_by(na.version_id, na.partner_id).limit(asked.limit))
    return [(_sent(row), _addressee(row)) for row in rows]


def _beyond(statement: Select[Any], after: tuple[int, str]) -> Select[Any]:
    na, (version_id, partner_id) = notice_addressee.c, after
    later: ColumnElement[bool] = (na.version_id > version_id) | ((na.version_id == version_id) & (na.partner_id > partner_id))
    return statement.join_from(notice, notice_addressee, na.version_id == notice.c.version_id).where(later)


def called_back(connection: Connection, sent: SentNotice) -> list[RecalledVersion]:
    """List what a notice calls back, in the order in which it was stored."""
    ov, found = object_version.c, list[RecalledVersion]()
    columns = select(ov.version_id, ov.stix_id, ov.version, ov.payload_digest)
    for some in batches(sent.versions):
        found += [RecalledVersion(*row) for row in connection.execute(columns.where(ov.version_id.in_(some)))]
    return sorted(found, key=lambda one: one.version_id)


def log_indexes(connection: Connection, version_ids: Collection[int]) -> dict[int, int]:
    """Give the log index of each of these versions."""
    ov, found = object_version.c, dict[int, int]()
    for some in batches(version_ids):
        found.update(connection.execute(select(ov.version_id, ov.log_index).where(ov.version_id.in_(some))).all())
    return found


# --- answers --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer about to be kept; ``keyid``, ``envelope`` and ``made_at`` are None for what an operator entered."""

    answer_id: str
    version_id: int
    partner_id: str
    credential_id: str
    payload_digest: bytes
    log_index: int
    keyid: str | None = None
    envelope: str | None = None
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that came: when, with which credential, signed with which key (None: entered by an operator)."""

    answer_id: str
    partner_id: str
    answered_at: datetime
    made_at: datetime | None
    credential_id: str
    keyid: str | None
    payload_digest: bytes
    log_index: int


_ANSWER = [notice_answer.c[name] for name in KeptAnswer.__dataclass_fields__]


def add_answer(connection: Connection, new: NewAnswer, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Keep an answer; what it says of a version takes the place of what was said before."""
    row = {name: getattr(new, name) for name in NewAnswer.__dataclass_fields__}
    connection.execute(insert(notice_answer).values(row | {"answered_at": now}))
    no = notice_outcome.c
    of_it = (no.version_id == new.version_id) & (no.partner_id == new.partner_id)
    for some in batches([one.recalled_id for one in outcomes]):
        connection.execute(delete(notice_outcome).where(of_it, no.recalled_id.in_(some)))
    common = {"version_id": new.version_id, "partner_id": new.partner_id, "answer_id": new.answer_id}
    rows = [common | {name: getattr(one, name) for name in Outcome.__dataclass_fields__} for one in outcomes]
    connection.execute(insert(notice_outcome), rows)


def answers_to(connection: Connection, version_id: int, partner_id: str) -> list[KeptAnswer]:
    """List a partner's answers to a notice, oldest first."""
    na = notice_answer.c
    rows = select(*_ANSWER).where(na.version_id == version_id, na.partner_id == partner_id)
    return [KeptAnswer(*row) for row in connection.execute(rows.order_by(na.log_index))]


def outcomes_of(connection: Connection, version_ids: Collection[int]) -> dict[tuple[int, str], list[Outcome]]:
    """Give what was answered to these notices, by (notice, partner)."""
    no, nt, rc = notice_outcome.c, notice.c, recall.c
    found: dict[tuple[int, str], list[Outcome]] = defaultdict(list)
    columns = select(notice_outcome, rc.kind).join_from(notice_outcome, notice, nt.version_id == no.version_id)
    for some in batches(version_ids):
        rows = columns.join(recall, rc.recall_id == nt.recall_id).where(no.version_id.in_(some))
        for row in connection.execute(rows.order_by(no.version_id, no.partner_id, no.recalled_id)):
            basis = None if row.basis is None else HeldBasis(row.basis)
            one = Outcome(row.recalled_id, _word(RecallKind(row.kind), row.outcome), basis, row.held_until)
            found[row.version_id, row.partner_id].append(one)
    return found


def _word(kind: RecallKind, outcome: str) -> AnyOutcome:
    return ContestOutcome(outcome) if kind.is_question else RecallOutcome(outcome)


def keep_answered(
    connection: Connection, version_id: int, partner_id: str, answered_at: datetime | None, chase_at: datetime | None
) -> None:
    """Keep since when a partner has answered all of a notice; None: something is open.

    ``chase_at``: when it is looked at again, since something is open or is held until then.
    """
    na = notice_addressee.c
    values = {"answered_at": answered_at, "chase_at": chase_at}
    connection.execute(update(notice_addressee).where(na.version_id == version_id, na.partner_id == partner_id).values(values))


# --- who is chased --------------------------------------------------------------------------------------------------------------


def to_chase(connection: Connection, version_id: int, now: datetime) -> list[tuple[Addressee, bool]]:
    """List who has not answered a notice and is to be looked at now, each with whether it was reminded before."""
    na = notice_addressee.c
    due = (na.version_id == version_id) & na.answered_at.is_(None) & (na.chase_at <= now)
    rows = connection.execute(select(*_ADDRESSEE, na.chased).where(due).order_by(na.partner_id))
    return [(_addressee(row), row.chased is not None) for row in rows]


def no_longer_held(connection: Connection, version_id: int, now: datetime) -> list[Addressee]:
    """List who has answered all of a notice, and holds something of it until a moment that has come."""
    na = notice_addressee.c
    come = (na.version_id == version_id) & na.answered_at.is_not(None) & (na.chase_at <= now)
    return [_addressee(row) for row in connection.execute(select(*_ADDRESSEE).where(come).order_by(na.partner_id))]


def open_again(connection: Connection, one: Addressee, due_at: datetime) -> None:
    """Wait for an addressee's answer once more, up to ``due_at``; it counts as reminded."""
    na = notice_addressee.c
    same = (na.version_id == one.version_id) & (na.partner_id == one.partner_id)
    values = {"answered_at": None, "due_at": due_at, "chase_at": due_at, "chased": "reminded"}
    connection.execute(update(notice_addressee).where(same).values(values))


def keep_chased(connection: Connection, one: Addressee, chased: str, chase_at: datetime | None) -> None:
    """Keep how far the chase of an addressee got (a word), and when it goes on."""
    na = notice_addressee.c
    same = (na.version_id == one.version_id) & (na.partner_id == one.partner_id)
    connection.execute(update(notice_addressee).where(same).values(chased=chased, chase_at=chase_at))


def next_chase(connection: Connection, version_id: int) -> datetime | None:
    """Give when somebody is next to be looked at over a notice, None if nobody is."""
    na = notice_addressee.c
    waiting = select(na.chase_at).where(na.version_id == version_id, na.chase_at.is_not(None))
    found: datetime | None = connection.execute(waiting.order_by(na.chase_at).limit(1)).scalar_one_or_none()
    return found


def open_for(connection: Connection, partner_id: str) -> tuple[int, datetime | None]:
    """Give how many notices a partner still has to answer, and by when the first of them."""
    na = notice_addressee.c
    waiting = select(func.count(), func.min(na.due_at)).where(na.partner_id == partner_id, na.answered_at.is_(None))
    count, due_at = connection.execute(waiting).one()
    return count, due_at
