"""Reasons that people stated when they stopped something: added with what they did, never changed.

Kept by ``tests/storage/test_stated_reasons.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from app.domain.stated_reason import StatedReason, Stop
from app.storage.batches import batches
from app.storage.tables import stated_reason

_MOST = 200


def add_reasons(connection: Connection, values: Iterable[StatedReason]) -> None:
    """Keep reasons; none is no error."""
    rows = [asdict(one) for one in values]
    if rows:
        connection.execute(insert(stated_reason), rows)


def reasons_of(connection: Connection, partner_id: str | None) -> list[StatedReason]:
    """Give the newest 200 reasons about a partner, its agreement and its credentials; None: about credentials of the exchange."""
    return _read(connection, _newest().where(stated_reason.c.partner_id == partner_id).limit(_MOST))  # None: IS NULL


def reasons_about(connection: Connection, stop: Stop, subjects: Iterable[str]) -> dict[str, StatedReason]:
    """Give the newest reason for which each of these was stopped in one way; who has none is left out."""
    found: dict[str, StatedReason] = {}
    for some in batches(sorted(subjects)):
        asked = _newest().where(stated_reason.c.stop == stop, stated_reason.c.subject.in_(some))
        for one in reversed(_read(connection, asked)):
            found[one.subject] = one
    return found


def _newest() -> Select[Any]:
    return select(stated_reason).order_by(stated_reason.c.reason_id.desc())


def _read(connection: Connection, asked: Select[Any]) -> list[StatedReason]:
    names = StatedReason.__dataclass_fields__
    rows = (row._asdict() for row in connection.execute(asked))
    return [StatedReason(**{name: row[name] for name in names} | {"stop": Stop(row["stop"])}) for row in rows]
