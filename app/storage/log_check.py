"""The log's rows as whoever checks it reads them: in order, in pieces, with what they commit to beside them.

Owns statements that walk everything; what must hold between the rows is ``services.checking``'s. Kept by
``tests/storage/test_log_check.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, or_, select, union

from app.storage.log import Statement
from app.storage.tables import (
    agreement,
    approval,
    bulk_export,
    checkpoint,
    erased_version,
    export_definition,
    log_leaf,
    log_node,
    log_statement,
    notice,
    notice_answer,
    object_version,
    partner_request,
    partner_request_party,
    recall,
    recall_version,
)

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A leaf as it is kept."""

    log_index: int
    kind: str
    leaf_hash: bytes
    recorded_at: datetime


def tree_size(connection: Connection) -> int:
    """Give how many leaves the log has, if none is missing: one more than the highest index."""
    newest: int | None = connection.execute(select(func.max(log_leaf.c.log_index))).scalar_one()
    return 0 if newest is None else newest + 1


def leaves_between(connection: Connection, first: int, beyond: int) -> dict[int, LeafRow]:
    """Give the leaves of these indexes, by index."""
    index = log_leaf.c.log_index
    return {row.log_index: LeafRow(*row) for row in connection.execute(select(log_leaf).where(index >= first, index < beyond))}


def statements_between(connection: Connection, first: int, beyond: int) -> dict[int, Statement]:
    """Give the statements whose leaves have these indexes, by index."""
    index = log_statement.c.log_index
    rows = connection.execute(select(log_statement).where(index >= first, index < beyond))
    return {row.log_index: Statement(*row) for row in rows}


def indexes_outside(connection: Connection, size: int) -> dict[str, list[int]]:
    """Give, by table, indexes that no leaf of a log of this size can have."""
    found = {}
    for table in (log_leaf, log_statement, object_version):
        index = table.c.log_index
        outside = select(index).where(or_(index < 0, index >= size)).order_by(index)
        found[table.name] = list(connection.execute(outside).scalars())
    return found


def nodes_between(connection: Connection, level: int, first: int, beyond: int) -> dict[int, bytes]:
    """Give the kept hashes of subtrees of 256^level leaves, by number."""
    node = log_node.c
    where = (node.level == level) & (node.number >= first) & (node.number < beyond)
    return {number: bytes(hashed) for number, hashed in connection.execute(select(node.number, node.hash).where(where))}


def nodes_outside(connection: Connection, counts: dict[int, int]) -> list[tuple[int, int]]:
    """Give (level, number) of kept hashes that a log with so many whole subtrees by level does not have."""
    node = log_node.c
    beyond = ((node.level == level) & (node.number >= count) for level, count in counts.items())
    wrong = (node.level.not_in(list(counts)), node.number < 0, *beyond)
    rows = connection.execute(select(node.level, node.number).where(or_(*wrong)).order_by(node.level, node.number))
    return [(level, number) for level, number in rows]


def all_checkpoints(connection: Connection) -> Iterator[Any]:
    """Give the rows of all checkpoints, smallest tree first, a piece at a time."""
    return _walk(connection, checkpoint, "tree_size")


def all_statements(connection: Connection, kind: str) -> Iterator[Statement]:
    """Give all statements of a kind in the order in which they were logged, a piece at a time."""
    after = -1
    while True:
        where = (log_statement.c.kind == kind) & (log_statement.c.log_index > after)
        rows = connection.execute(select(log_statement).where(where).order_by(log_statement.c.log_index).limit(_AT_ONCE)).all()
        yield from (Statement(*row) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].log_index


def recorded_at(connection: Connection, log_index: int) -> datetime | None:
    """Give when a leaf was logged, None without it."""
    found: datetime | None = connection.execute(
        select(log_leaf.c.recorded_at).where(log_leaf.c.log_index == log_index)
    ).scalar_one_or_none()
    return found


def agreement_rows(connection: Connection) -> list[Any]:
    """Give the rows of all agreement versions."""
    return list(connection.execute(select(agreement).order_by(agreement.c.partner_id, agreement.c.version)))


def settled_approval_ids(connection: Connection) -> list[str]:
    """Give the ids of proposals that were decided."""
    statement = select(approval.c.approval_id).where(approval.c.decided_at.is_not(None)).order_by(approval.c.approval_id)
    return list(connection.execute(statement).scalars())


def recall_rows(connection: Connection) -> Iterator[tuple[Any, list[int]]]:
    """Give each recall's row with the log indexes of what it calls back, ascending."""
    rv, ov, ev = recall_version.c, object_version.c, erased_version.c
    for row in _walk(connection, recall, "recall_id"):
        of_it = select(ov.log_index).join_from(recall_version, object_version, rv.version_id == ov.version_id)
        erased = select(ev.log_index).join_from(recall_version, erased_version, rv.version_id == ev.version_id)
        indexes = union(*(one.where(rv.recall_id == row.recall_id) for one in (of_it, erased)))
        yield row, sorted(connection.execute(indexes).scalars())


def erased_by_leaf(connection: Connection) -> Iterator[tuple[int | None, list[Any]]]:
    """Give the rows of erased versions by the index of the leaf that records them; None: of those that no leaf records yet."""
    ev = erased_version.c
    unlogged = list(connection.execute(select(erased_version).where(ev.logged_in.is_(None))))
    if unlogged:
        yield None, unlogged
    after = -1
    while True:
        found = connection.execute(select(func.min(ev.logged_in)).where(ev.logged_in > after)).scalar_one()
        if found is None:
            return
        rows = connection.execute(select(erased_version).where(ev.logged_in == found).order_by(ev.log_index))
        yield found, list(rows)
        after = found


def answer_rows(connection: Connection) -> Iterator[Any]:
    """Give each answer to a notice with the notice's id, in the order in which they came."""
    na, nt = notice_answer.c, notice.c
    rows = select(notice_answer, nt.notice_id).join_from(notice_answer, notice, na.version_id == nt.version_id)
    yield from connection.execute(rows.order_by(na.log_index).execution_options(yield_per=_AT_ONCE))


def request_answer_rows(connection: Connection) -> Iterator[Any]:
    """Give, of each request that is kept, each one who was asked, with whose request it is (``owner_id``), in order."""
    pp, pr = partner_request_party.c, partner_request.c
    rows = select(partner_request_party, pr.owner_id).join_from(
        partner_request_party, partner_request, pp.request_id == pr.request_id
    )
    yield from connection.execute(rows.order_by(pp.request_id, pp.identity_id).execution_options(yield_per=_AT_ONCE))


def request_ids(connection: Connection) -> set[str]:
    """Give the ids of all requests that are kept."""
    return set(connection.execute(select(partner_request.c.request_id)).scalars())


def logged_export_rows(connection: Connection) -> Iterator[Any]:
    """Give each export that was published, with whose it is (``partner_id``), in order."""
    be, ed = bulk_export.c, export_definition.c
    rows = select(bulk_export, ed.partner_id).join_from(bulk_export, export_definition, be.definition_id == ed.definition_id)
    published = rows.where(be.published_at.is_not(None)).order_by(be.definition_id, be.number)
    yield from connection.execute(published.execution_options(yield_per=_AT_ONCE))


def _walk(connection: Connection, table: Table, key: str) -> Iterator[Any]:
    column, after = table.c[key], None
    while True:
        statement = select(table) if after is None else select(table).where(column > after)
        rows = connection.execute(statement.order_by(column).limit(_AT_ONCE)).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = getattr(rows[-1], key)
