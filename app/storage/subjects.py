"""Requests of the persons that data are about: their rows, what was found, what was done, and wiping.

Selectors are written and read here and nowhere else. Kept by ``tests/storage/test_subjects.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.domain.subject_request import (
    Deed,
    FindingGround,
    Selector,
    SelectorKind,
    SubjectAct,
    SubjectGround,
    SubjectRequest,
    SubjectRight,
    SubjectState,
)
from app.storage import documents
from app.storage.batches import batches
from app.storage.objects import STORED, StoredVersion
from app.storage.tables import (
    object_content,
    object_ref,
    object_version,
    restricted_version,
    subject_deed,
    subject_finding,
    subject_request,
)


def add_request(connection: Connection, value: SubjectRequest) -> None:
    """Keep a new request with its selectors."""
    connection.execute(insert(subject_request).values(_row(value)))


def save_request(connection: Connection, value: SubjectRequest) -> None:
    """Keep how a request stands now."""
    this = subject_request.c.request_id == value.request_id
    connection.execute(update(subject_request).where(this).values(_row(value)))


def request_by_id(connection: Connection, request_id: str) -> SubjectRequest | None:
    """Give one request; None if there is none of this id."""
    row = connection.execute(select(subject_request).where(subject_request.c.request_id == request_id)).one_or_none()
    return None if row is None else _request(row._asdict())


def list_requests(connection: Connection, after: tuple[datetime, str] | None, limit: int) -> list[SubjectRequest]:
    """List requests, oldest first; ``after`` is when the last one that was given before was opened, and its id."""
    sr = subject_request.c
    statement = select(subject_request).order_by(sr.opened_at, sr.request_id).limit(limit)
    if after is not None:
        at, request_id = after
        statement = statement.where((sr.opened_at > at) | ((sr.opened_at == at) & (sr.request_id > request_id)))
    return [_request(row._asdict()) for row in connection.execute(statement)]


def unsettled(connection: Connection) -> list[SubjectRequest]:
    """List the requests that nobody has answered or closed."""
    sr = subject_request.c
    statement = select(subject_request).where(sr.answered_at.is_(None), sr.state != SubjectState.CLOSED)
    return [_request(row._asdict()) for row in connection.execute(statement.order_by(sr.opened_at, sr.request_id))]


def requests_since(connection: Connection, since: datetime) -> list[SubjectRequest]:
    """List the requests that were opened at this instant or after."""
    statement = select(subject_request).where(subject_request.c.opened_at >= since).order_by(subject_request.c.opened_at)
    return [_request(row._asdict()) for row in connection.execute(statement)]


def closed_before(connection: Connection, closed_by: datetime) -> list[SubjectRequest]:
    """List the requests that were closed at this instant or before and still have selectors or findings."""
    sr = subject_request.c
    statement = select(subject_request).where(sr.closed_at <= closed_by, sr.wiped_at.is_(None))
    return [_request(row._asdict()) for row in connection.execute(statement.order_by(sr.closed_at, sr.request_id))]


def _row(value: SubjectRequest) -> dict[str, Any]:
    plain = {name: getattr(value, name) for name in SubjectRequest.__dataclass_fields__}
    selectors = documents.dump([asdict(one) for one in value.selectors]) if value.selectors else None
    return plain | {"selectors": selectors}


def _request(row: Mapping[str, Any]) -> SubjectRequest:
    kept = documents.load(row["selectors"]) if row["selectors"] else []
    words = {
        "right": SubjectRight(row["right"]),
        "state": SubjectState(row["state"]),
        "extension_ground": _ground(row["extension_ground"]),
        "answer_ground": _ground(row["answer_ground"]),
        "selectors": tuple(Selector(SelectorKind(one["kind"]), one["value"], one["platform"]) for one in kept),
    }
    return SubjectRequest(**{**row, **words})


def _ground(word: str | None) -> SubjectGround | None:
    return None if word is None else SubjectGround(word)


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """What is shown of a version that was found; ``restricted_until`` is until when it would be seen, None if unrestricted."""

    version_id: int
    owner_id: str
    stix_id: str
    version: str
    class_id: int
    received_at: datetime
    visible_until: datetime
    withdrawn_at: datetime | None
    restricted_until: datetime | None


def found_versions(connection: Connection, version_ids: Collection[int]) -> list[FoundVersion]:
    """List those of these versions that are still stored, in their order."""
    ov, rv = object_version.c, restricted_version.c
    columns: list[Any] = [ov[name] for name in FoundVersion.__dataclass_fields__ if name != "restricted_until"]
    columns.append(rv.visible_until.label("restricted_until"))
    statement = select(*columns).join_from(object_version, restricted_version, rv.version_id == ov.version_id, isouter=True)
    found: list[FoundVersion] = []
    for some in batches(sorted(version_ids)):
        rows = connection.execute(statement.where(ov.version_id.in_(some)).order_by(ov.version_id))
        found += [FoundVersion(*row) for row in rows]
    return found


def stored_versions(connection: Connection, version_ids: Collection[int]) -> list[StoredVersion]:
    """List those of these versions that are still stored, in their order, as admission reads them."""
    found: list[StoredVersion] = []
    for some in batches(sorted(version_ids)):
        rows = select(*STORED).where(object_version.c.version_id.in_(some)).order_by(object_version.c.version_id)
        found += [StoredVersion(*row) for row in connection.execute(rows)]
    return found


# --- looking ----------------------------------------------------------------------------------------------------------------


def newest_version_id(connection: Connection) -> int:
    """Give the number of the last version whose content is stored, 0 without any."""
    found: int = connection.execute(select(func.coalesce(func.max(object_content.c.version_id), 0))).scalar_one()
    return found


def contents_after(connection: Connection, after: int, upto: int, limit: int) -> list[tuple[int, bytes]]:
    """List stored contents of everybody by number, hidden or not: for a look-up that two persons agreed on alone."""
    oc = object_content.c
    statement = select(oc.version_id, oc.content).where(oc.version_id > after, oc.version_id <= upto)
    return [(row.version_id, row.content) for row in connection.execute(statement.order_by(oc.version_id).limit(limit))]


def versions_under_ids(connection: Connection, stix_ids: Collection[str]) -> set[int]:
    """Give every version of everybody under these ids, hidden or not."""
    ov = object_version.c
    found: set[int] = set()
    for some in batches(sorted(stix_ids)):
        found.update(connection.execute(select(ov.version_id).where(ov.stix_id.in_(some))).scalars())
    return found


def referring_to(connection: Connection, stix_ids: Collection[str]) -> set[int]:
    """Give every version of everybody that refers to one of these ids, hidden or not."""
    found: set[int] = set()
    for some in batches(sorted(stix_ids)):
        found.update(connection.execute(select(object_ref.c.version_id).where(object_ref.c.ref_id.in_(some))).scalars())
    return found


def observable_ids_of(connection: Connection, version_ids: Collection[int], types: Collection[str]) -> set[str]:
    """Give the ids of those of these versions that are of one of these types."""
    ov = object_version.c
    found: set[str] = set()
    for some in batches(sorted(version_ids)):
        statement = select(ov.stix_id).where(ov.version_id.in_(some), ov.type.in_(sorted(types)))
        found.update(connection.execute(statement).scalars())
    return found


def add_findings(connection: Connection, request_id: str, version_ids: Collection[int], ground: FindingGround) -> None:
    """Keep what was found on a ground; what was found before stays as it is."""
    new = set(version_ids) - set(findings(connection, request_id))
    if new:
        row = {"request_id": request_id, "ground": ground}
        connection.execute(insert(subject_finding), [row | {"version_id": one} for one in sorted(new)])


def findings(connection: Connection, request_id: str) -> dict[int, FindingGround]:
    """Give the versions (row ids) that were found, in their order, each with its ground."""
    sf = subject_finding.c
    statement = select(sf.version_id, sf.ground).where(sf.request_id == request_id).order_by(sf.version_id)
    return {version_id: FindingGround(ground) for version_id, ground in connection.execute(statement)}


def forget_findings(connection: Connection, request_id: str) -> None:
    """Forget what was found."""
    connection.execute(delete(subject_finding).where(subject_finding.c.request_id == request_id))


# --- what was done ----------------------------------------------------------------------------------------------------------


def add_deed(connection: Connection, value: Deed) -> None:
    """Keep what two persons did."""
    connection.execute(insert(subject_deed).values(**asdict(value)))


def deeds_of(connection: Connection, request_id: str) -> list[Deed]:
    """List what was done about a request, in its order."""
    statement = select(subject_deed).where(subject_deed.c.request_id == request_id)
    return _deeds(connection.execute(statement.order_by(subject_deed.c.deed_id)))


def deeds_since(connection: Connection, since: datetime) -> list[Deed]:
    """List what was done about any request at this instant or after."""
    statement = select(subject_deed).where(subject_deed.c.done_at >= since).order_by(subject_deed.c.deed_id)
    return _deeds(connection.execute(statement))


def _deeds(rows: Iterable[Any]) -> list[Deed]:
    plain = (row._asdict() for row in rows)
    return [
        Deed(row["request_id"], SubjectAct(row["act"]), row["done_at"], row["count"], _ground(row["ground"])) for row in plain
    ]
