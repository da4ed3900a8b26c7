"""Contests: what was entered, what it is about, and what whoever was told did.

Kept by ``tests/storage/test_contests.py``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select

from app.domain.object_vocabulary import ContestOutcome, ContestReason
from app.domain.recall import Contest
from app.storage.tables import contest, notice, notice_addressee, notice_outcome, object_ref, object_version, recall

_COLUMNS = [contest.c[name] for name in Contest.__dataclass_fields__]


def add_contest(connection: Connection, value: Contest) -> None:
    """Keep a new contest."""
    connection.execute(insert(contest).values(asdict(value)))


def find_contest(connection: Connection, contest_id: str) -> Contest | None:
    """Give a contest by its id (it may be anything)."""
    row = connection.execute(select(*_COLUMNS).where(contest.c.contest_id == contest_id)).one_or_none()
    return None if row is None else _contest(row)


def contests(connection: Connection, partner_id: str | None, limit: int, after: Contest | None = None) -> list[Contest]:
    """List the newest contests that a partner entered (None: that anybody did), newest first; those that come ``after`` one."""
    cc = contest.c
    statement = select(*_COLUMNS).order_by(cc.entered_at.desc(), cc.contest_id).limit(limit)
    if after is not None:
        same_moment = and_(cc.entered_at == after.entered_at, cc.contest_id > after.contest_id)
        statement = statement.where(or_(cc.entered_at < after.entered_at, same_moment))
    if partner_id is not None:
        statement = statement.where(contest.c.partner_id == partner_id)
    return [_contest(row) for row in connection.execute(statement)]


def count_since(connection: Connection, partner_id: str, since: datetime) -> int:
    """Count the contests that a partner entered from an instant on."""
    cc = contest.c
    statement = select(func.count()).where(cc.partner_id == partner_id, cc.entered_at >= since)
    count: int = connection.execute(statement).scalar_one()
    return count


def _contest(row: Any) -> Contest:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
    return Contest(**values | {"reason": ContestReason(values["reason"])})


def open_contest(connection: Connection, stix_id: str, now: datetime) -> str | None:
    """Give the contest of an id that was spread and is not reported yet, None without one."""
    cc = contest.c
    statement = select(cc.contest_id).where(cc.stix_id == stix_id, cc.joins_id.is_(None), cc.reported_at > now)
    return connection.execute(statement.order_by(cc.entered_at).limit(1)).scalar_one_or_none()


def contested_versions(connection: Connection, stix_id: str, most: int, *, with_referring: bool) -> dict[str, list[int]]:
    """Give what stands under an id, or refers to it as well: the rows, newest first, by owner; the newest ``most``.

    What is withdrawn is left out: whoever had it was told.
    """
    ov, ref = object_version.c, object_ref.c
    about = ov.stix_id == stix_id
    if with_referring:
        about = or_(about, ov.version_id.in_(select(ref.version_id).where(ref.ref_id == stix_id)))
    statement = select(ov.owner_id, ov.version_id).where(ov.withdrawn_at.is_(None), ov.type != "recall-notice", about)
    found: dict[str, list[int]] = defaultdict(list)
    for owner_id, version_id in connection.execute(statement.order_by(ov.version_id.desc()).limit(most)):
        found[owner_id].append(version_id)
    return found


def count_publishers(connection: Connection, contest_id: str, but: str | None) -> int:
    """Count the publishers whose versions a contest is about; ``but`` one."""
    rc = recall.c
    statement = select(func.count(rc.owner_id.distinct())).where(rc.contest_id == contest_id)
    count: int = connection.execute(statement if but is None else statement.where(rc.owner_id != but)).scalar_one()
    return count


def what_was_done(connection: Connection, contest_id: str, but: str | None) -> dict[str, frozenset[ContestOutcome] | None]:
    """Give, for each partner that was told of a contest, its outcomes; None while it has not answered all of it.

    What was told because of versions of ``but`` does not count, nor does that partner itself.
    """
    rc, nt, na, no = recall.c, notice.c, notice_addressee.c, notice_outcome.c
    told = (
        select(na.partner_id, na.answered_at, no.outcome)
        .join_from(notice_addressee, notice, na.version_id == nt.version_id)
        .join(recall, rc.recall_id == nt.recall_id)
        .join(notice_outcome, (no.version_id == na.version_id) & (no.partner_id == na.partner_id), isouter=True)
        .where(rc.contest_id == contest_id)
    )
    if but is not None:
        told = told.where(rc.owner_id != but, na.partner_id != but)
    outcomes: dict[str, set[ContestOutcome]] = defaultdict(set)
    waited_for = set()
    for partner_id, answered_at, outcome in connection.execute(told):
        outcomes[partner_id].update([ContestOutcome(outcome)] if outcome is not None else [])
        if answered_at is None:
            waited_for.add(partner_id)
    return {one: None if one in waited_for else frozenset(some) for one, some in outcomes.items()}
