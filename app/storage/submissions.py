"""Submissions as their partner can look them up again, and idempotency keys.

An idempotency key binds (who, route, key) to the digest of a body and to a reference from which the first answer can be given
again; bodies and answers themselves are not kept twice. Kept by ``tests/storage/test_submissions.py``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from app.storage import documents
from app.storage.many_rows import add_rows
from app.storage.prepared import Prepared
from app.storage.tables import idempotency_key, submission


@dataclass(frozen=True, slots=True)
class KeptSubmission:
    """A submission as it is kept: its results stand in the payload of ``receipt``, a DSSE envelope, and nowhere else.

    ``imminent_risk``: one of its objects, refused ones included, was marked so. Of what came by TAXII, ``collection_id`` is where
    it was posted, and ``refused`` are id and version of each refused object in order, None where they had not their form.
    """

    submission_id: str
    partner_id: str
    received_at: datetime
    receipt: dict[str, Any]
    imminent_risk: bool = False
    collection_id: str | None = None
    refused: tuple[tuple[str | None, str | None], ...] | None = None
    object_count: int | None = None


def add_submission(connection: Connection, kept: KeptSubmission, credential_id: str) -> None:
    """Keep the outcome of one submission."""
    row = asdict(kept) | {"credential_id": credential_id, "receipt": documents.dump(kept.receipt)}
    row["refused"] = None if kept.refused is None else documents.dump(kept.refused)
    add_rows(connection, submission, [row])


_FIND = Prepared(
    select(submission).where(
        submission.c.submission_id == bindparam("submission_id"), submission.c.partner_id == bindparam("partner_id")
    )
)


def find_submission(connection: Connection, partner_id: str, submission_id: str) -> KeptSubmission | None:
    """Give a partner's own submission; another's is not found."""
    row = _FIND.row(connection, submission_id=submission_id, partner_id=partner_id)
    return None if row is None else _kept(row)


def _kept(row: Any) -> KeptSubmission:
    return KeptSubmission(
        submission_id=row.submission_id,
        partner_id=row.partner_id,
        received_at=row.received_at,
        receipt=documents.load(row.receipt),
        imminent_risk=bool(row.imminent_risk),
        collection_id=row.collection_id,
        refused=None if row.refused is None else tuple((stix_id, version) for stix_id, version in documents.load(row.refused)),
    )


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One use of an idempotency key: whose, on which route, and the SHA-256 of the body it came with."""

    principal_id: str
    route: str
    key: str
    body_digest: bytes


@dataclass(frozen=True, slots=True)
class EarlierUse:
    """An earlier use of the same key: the digest of its body, and what came of it."""

    body_digest: bytes
    reference: str


_EARLIER = Prepared(
    select(idempotency_key).where(
        *(idempotency_key.c[name] == bindparam(name) for name in ("principal_id", "route", "key")),
    )
)


def find_key_use(connection: Connection, use: KeyUse) -> EarlierUse | None:
    """Give the earlier use of this key by this principal on this route."""
    row = _EARLIER.row(connection, principal_id=use.principal_id, route=use.route, key=use.key)
    return None if row is None else EarlierUse(row.body_digest, row.reference)


def add_key_use(connection: Connection, use: KeyUse, reference: str, now: datetime) -> None:
    """Bind the key to its body and outcome, in the transaction of that outcome."""
    add_rows(connection, idempotency_key, [asdict(use) | {"reference": reference, "created_at": now}])


def receipts_after(connection: Connection, after: str, since: datetime, limit: int) -> list[KeptSubmission]:
    """List submissions of everybody taken in from an instant on, by their ids from above ``after`` on, so many at most."""
    own = submission.c
    statement = select(submission).where(own.submission_id > after, own.received_at >= since)
    rows = connection.execute(statement.order_by(own.submission_id).limit(limit))
    return [_kept(row) for row in rows]


def replace_receipt(connection: Connection, kept: KeptSubmission) -> None:
    """Keep another receipt and other names of refused objects for a submission, out of which something was taken."""
    values = {"receipt": documents.dump(kept.receipt), "refused": None if kept.refused is None else documents.dump(kept.refused)}
    connection.execute(update(submission).where(submission.c.submission_id == kept.submission_id).values(values))


def drop_refused_names(connection: Connection, before: datetime) -> int:
    """Forget what refused objects of submissions from before an instant were called. Gives of how many submissions."""
    own = submission.c
    old = update(submission).where(own.refused.is_not(None), own.received_at < before)
    return connection.execute(old.values(refused=None)).rowcount


def drop_key_uses(connection: Connection, before: datetime) -> int:
    """Forget uses older than ``before``. Gives how many."""
    return connection.execute(delete(idempotency_key).where(idempotency_key.c.created_at < before)).rowcount
