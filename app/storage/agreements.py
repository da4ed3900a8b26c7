"""Agreements, version by version; none is ever changed.

Kept by ``tests/storage/test_agreements.py``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from app.domain.agreement import Agreement
from app.storage import documents
from app.storage.prepared import Prepared
from app.storage.tables import agreement

_ALL = select(agreement).order_by(agreement.c.partner_id, agreement.c.version)
_ONES = Prepared(_ALL.where(agreement.c.partner_id == bindparam("partner_id")))


def add_agreement(connection: Connection, value: Agreement, envelope: Mapping[str, Any] | None = None) -> None:
    """Keep a new version and its signed document; the order lock must be held, so that versions of one partner never tie."""
    connection.execute(
        insert(agreement).values(
            partner_id=value.partner_id,
            version=value.version,
            starts_at=value.starts_at,
            ends_at=value.ends_at,
            document=documents.dump_terms(value),
            created_at=value.created_at,
            created_by=value.created_by,
            envelope=None if envelope is None else json.dumps(envelope, separators=(",", ":")),
        )
    )


def envelopes(connection: Connection, partner_id: str) -> dict[int, dict[str, Any] | None]:
    """Give the signed document of each of a partner's versions; None for one from before there were any."""
    rows = connection.execute(select(agreement.c.version, agreement.c.envelope).where(agreement.c.partner_id == partner_id))
    return {version: None if text is None else json.loads(text) for version, text in rows}


def read_terms(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the terms that a document states (trusted) as the members of an ``Agreement``."""
    return documents.load_terms(document)


def spelled_terms(value: Agreement) -> dict[str, Any]:
    """Give an agreement's terms as plain values, as they are kept: sets sorted, words as they are on the wire."""
    terms: dict[str, Any] = documents.load(documents.dump_terms(value))
    return terms


def agreements(connection: Connection, partner_id: str | None) -> list[Agreement]:
    """List versions in order: one partner's, or all (None: for operators)."""
    rows = connection.execute(_ALL) if partner_id is None else _ONES.rows(connection, partner_id=partner_id)
    return [documents.load_agreement(row) for row in rows]


def agreements_of(connection: Connection, partner_ids: Collection[str]) -> dict[str, list[Agreement]]:
    """Give the versions of each of these partners in order; of one that has none, nothing."""
    found: dict[str, list[Agreement]] = defaultdict(list)
    for row in connection.execute(_ALL.where(agreement.c.partner_id.in_(sorted(partner_ids)))):
        found[row.partner_id].append(documents.load_agreement(row))
    return found
