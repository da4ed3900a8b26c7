"""Audiences, markings and handling classes: what decisions read, kept as rows.

Owns writing them once and reading them back; deciding on them is policy's. Kept by ``tests/storage/test_handling.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select

from app.domain.handling import Audience, Handling, HandlingClass, MarkingTerms
from app.storage import documents
from app.storage.batches import batches
from app.storage.counter import Order
from app.storage.prepared import IsOneOf, Prepared
from app.storage.session import REMEMBERED_CLASSES
from app.storage.stretches import Found, Place, SortedBy, Stretch, find_stretch
from app.storage.tables import audience, handling_class, marking

_AUDIENCES = Prepared(select(audience).where(IsOneOf(audience.c.audience_id, "audience_ids")))
_MARKINGS = Prepared(select(marking).where(marking.c.owner_id == bindparam("owner_id"), IsOneOf(marking.c.stix_id, "stix_ids")))
_CLASS_ID = Prepared(
    select(handling_class.c.digest, handling_class.c.class_id).where(handling_class.c.digest == bindparam("digest"))
)

_REMEMBERED_AT_MOST = 250_000
_CLASSES_AT_ONCE = 1_000  # a document may hold a hundred handlings


def add_audience(connection: Connection, value: Audience, *, envelope: str, now: datetime) -> None:
    """Keep a signed audience; its DSSE envelope is kept beside it as text."""
    document = asdict(value)
    del document["audience_id"], document["owner_id"], document["groups"]  # groups are where a version is posted, never signed
    row = {"audience_id": value.audience_id, "owner_id": value.owner_id, "document": documents.dump(document)}
    connection.execute(insert(audience).values(**row, envelope=envelope, created_at=now))


def audiences(connection: Connection, audience_ids: Iterable[str]) -> dict[str, Audience]:
    """Give the audiences of these ids that exist, whoever owns them."""
    wanted = sorted(set(audience_ids))
    rows = _AUDIENCES.rows(connection, audience_ids=wanted) if wanted else []
    return {row.audience_id: documents.load_audience(row.audience_id, row.owner_id, documents.load(row.document)) for row in rows}


def audience_records(connection: Connection, owner_id: str | None) -> list[tuple[Audience, str]]:
    """List audiences with their envelopes: those of one owner, or all (None: for operators)."""
    statement = select(audience).order_by(audience.c.audience_id)
    if owner_id is not None:
        statement = statement.where(audience.c.owner_id == owner_id)
    return [_record(row) for row in connection.execute(statement)]


def audience_records_listed(connection: Connection, owner_id: str | None, stretch: Stretch) -> Found[tuple[Audience, str]]:
    """Give some of them in the same order."""
    c = audience.c
    statement = select(audience) if owner_id is None else select(audience).where(c.owner_id == owner_id)
    return find_stretch(connection, statement, SortedBy(c.audience_id, c.audience_id), stretch, _record)


def place_of(value: Audience) -> Place:
    """Give where an audience stands in this list."""
    return Place(value.audience_id, value.audience_id)


def _record(row: Any) -> tuple[Audience, str]:
    return documents.load_audience(row.audience_id, row.owner_id, documents.load(row.document)), row.envelope


def audiences_signed(connection: Connection, owner_id: str, keyid: str, since: datetime) -> list[str]:
    """List the ids of one owner's audiences that were registered from a moment on, signed with a key."""
    own = (audience.c.owner_id == owner_id) & (audience.c.created_at >= since)
    rows = connection.execute(select(audience.c.audience_id, audience.c.envelope).where(own).order_by(audience.c.audience_id))
    return [row.audience_id for row in rows if keyid in {one.get("keyid") for one in documents.load(row.envelope)["signatures"]}]


def add_marking(connection: Connection, owner_id: str, stix_id: str, terms: MarkingTerms) -> None:
    """Keep what a partner's marking-definition says. Markings are not versioned: the first stays."""
    connection.execute(insert(marking).values(stix_id=stix_id, owner_id=owner_id, terms=documents.dump(asdict(terms))))


def markings(connection: Connection, owner_id: str, stix_ids: Iterable[str]) -> dict[str, MarkingTerms]:
    """Give the terms of this owner's own markings among these ids; another partner's private marking is not found."""
    wanted = sorted(set(stix_ids))
    rows = _MARKINGS.rows(connection, owner_id=owner_id, stix_ids=wanted) if wanted else []
    return {row.stix_id: documents.load_marking_terms(row.terms) for row in rows}


def ensure_classes(connection: Connection, order: Order, classes: Iterable[HandlingClass]) -> dict[HandlingClass, int]:
    """Give the id of each class, adding those that are new. The order lock must be held: ids grow in commit order."""
    texts = {one: documents.dump_class(one) for one in set(classes)}
    digests = {one: hashlib.sha256(text.encode()).digest() for one, text in texts.items()}
    known = _class_ids(connection, sorted(digests.values()))
    added = []
    for one in sorted(texts, key=texts.__getitem__):
        if digests[one] not in known:
            known[digests[one]] = order.next_class_id()
            row = {"class_id": known[digests[one]], "digest": digests[one], "owner_id": one.owner_id, "document": texts[one]}
            added.append(row)
    if added:
        connection.execute(insert(handling_class), added)
    return {one: known[digest] for one, digest in digests.items()}


def _class_ids(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, int]:
    if len(digests) == 1:  # by far the most frequent case
        return {row.digest: row.class_id for row in _CLASS_ID.rows(connection, digest=digests[0])}
    statement = select(handling_class.c.digest, handling_class.c.class_id)
    known: dict[bytes, int] = {}
    for some in batches(digests):
        known |= dict(connection.execute(statement.where(handling_class.c.digest.in_(some))).all())
    return known


def classes_by_id(connection: Connection, class_ids: Iterable[int]) -> dict[int, HandlingClass]:
    """Give the classes of these ids. What a *version* needs now is ``narrowings.classes_of``'s: it may still have to move."""
    found: dict[int, HandlingClass] = {}
    for some in batches(sorted(set(class_ids))):
        found |= _classes(connection, handling_class.c.class_id.in_(some))
    return found


def classes_between(connection: Connection, above: int, to: int) -> dict[int, HandlingClass]:
    """Give the classes with ``above`` < id <= ``to``, for extending a visible set."""
    return _classes(connection, (handling_class.c.class_id > above) & (handling_class.c.class_id <= to))


def _classes(connection: Connection, condition: ColumnElement[bool]) -> dict[int, HandlingClass]:
    """Give classes, reading the documents of those alone that this process has not read before."""
    digests = dict(connection.execute(select(handling_class.c.class_id, handling_class.c.digest).where(condition)).all())
    remembered: dict[bytes, HandlingClass] = connection.get_execution_options()[REMEMBERED_CLASSES]
    known = {digest: remembered[digest] for digest in digests.values() if digest in remembered}
    missing = [class_id for class_id, digest in digests.items() if digest not in known]
    loaded: dict[str, Handling] = {}
    for some in batches(missing, at_once=_CLASSES_AT_ONCE):
        read = _read(connection, some, loaded)
        known |= read
        if len(remembered) + len(read) > _REMEMBERED_AT_MOST:
            remembered.clear()
        remembered.update(read)
    return {class_id: known[digest] for class_id, digest in digests.items()}


def _read(connection: Connection, class_ids: Sequence[int], loaded: dict[str, Handling]) -> dict[bytes, HandlingClass]:
    statement = select(handling_class.c.digest, handling_class.c.document).where(handling_class.c.class_id.in_(class_ids))
    plain = {digest: documents.load(text) for digest, text in connection.execute(statement)}
    named = frozenset().union(*(documents.audience_ids_of(document) for document in plain.values()))
    known = audiences(connection, named) if named else {}
    return {digest: documents.load_class(document, known, loaded) for digest, document in plain.items()}
