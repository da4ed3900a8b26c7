"""Requests between partners and what became of them. Kept by ``tests/storage/test_partner_requests.py``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from app.domain.partner_request import OFFER_TYPE, Answer, DeclineReason, GrantWay, PartnerRequest, RequestKind, RequestOutcome
from app.domain.vocabulary import Purpose
from app.storage.feed_statements import sees, unveiled
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import object_version, partner_request, partner_request_party, visible_class
from app.storage.viewpoints import Viewpoint

_PR, _PP = partner_request.c, partner_request_party.c
_FIELDS = tuple(PartnerRequest.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who was asked, by the identity that the request names; ``partner_id`` None: nobody here has it.

    ``served_at`` is kept of requests for access alone; of others the ledger knows.
    """

    request_id: str
    identity_id: str
    partner_id: str | None
    answer: Answer | None = None
    served_at: datetime | None = None


def add_request(connection: Connection, value: PartnerRequest, parties: Sequence[Party]) -> None:
    """Keep a new request and whom it names."""
    connection.execute(insert(partner_request).values(**_row(value), warned="{}"))
    add_parties(connection, parties)


def add_parties(connection: Connection, parties: Sequence[Party]) -> None:
    """Keep further ones who are asked."""
    if parties:
        rows = [{"request_id": one.request_id, "identity_id": one.identity_id, "partner_id": one.partner_id} for one in parties]
        connection.execute(insert(partner_request_party), rows)


def drop_unnamed(connection: Connection, request_id: str, identity_ids: Collection[str]) -> None:
    """Take out those who are not among these, whom the newest version names; what was answered stays."""
    unnamed = (_PP.request_id == request_id, _PP.answered_at.is_(None), _PP.identity_id.not_in(sorted(identity_ids)))
    connection.execute(delete(partner_request_party).where(*unnamed))


def save_request(connection: Connection, value: PartnerRequest) -> None:
    """Keep a request as it is now. Under the order lock."""
    connection.execute(update(partner_request).where(_PR.request_id == value.request_id).values(_row(value)))


def request_by_id(connection: Connection, request_id: str) -> PartnerRequest | None:
    """Give one request, None if there is none."""
    return _one(connection, _PR.request_id == request_id)


def request_of(connection: Connection, owner_id: str, stix_id: str) -> PartnerRequest | None:
    """Give the request that an owner's object is, None if its clock was never started."""
    return _one(connection, _PR.owner_id == owner_id, _PR.stix_id == stix_id)


def requests_of(connection: Connection, owner_id: str, limit: int) -> list[PartnerRequest]:
    """List an owner's requests, newest first."""
    rows = select(partner_request).where(_PR.owner_id == owner_id).order_by(_PR.asked_at.desc(), _PR.request_id).limit(limit)
    return [_request(row) for row in connection.execute(rows)]


def count_open(connection: Connection, owner_id: str) -> int:
    """Count an owner's requests whose clocks run."""
    rows = select(func.count()).select_from(partner_request).where(_PR.owner_id == owner_id, _PR.closed_at.is_(None))
    return connection.execute(rows).scalar_one()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests of others: those that a viewpoint sees as of ``now``; one by its id, or the newest so many."""

    viewpoint: Viewpoint
    now: datetime
    limit: int
    request_id: str | None = None


def asked_of(connection: Connection, asked: Asked) -> list[PartnerRequest]:
    """List the open requests of others that name the viewpoint's partner or nobody, and whose object it sees, newest first.

    What is hidden is left out before anything is counted. Where there are more, each asker's newest come before anybody's older
    ones, so that nobody who asks much keeps others out.
    """
    viewpoint, partner_id = asked.viewpoint, asked.viewpoint.key.partner_id
    if viewpoint.stands_still:
        return []
    named = select(_PP.request_id).where(_PP.partner_id == partner_id)
    turn = func.row_number().over(partition_by=_PR.owner_id, order_by=(_PR.asked_at.desc(), _PR.request_id)).label("turn")
    rows = (
        select(partner_request, turn)
        .join(object_version, object_version.c.version_id == _PR.version_id)
        .join(visible_class, sees(viewpoint.viewpoint_id))
        .where(
            _PR.kind != RequestKind.ACCESS,
            _PR.owner_id != partner_id,
            _PR.closed_at.is_(None),
            or_(_PR.is_to_all, _PR.request_id.in_(named)),
        )
        .where(object_version.c.visible_until > asked.now)
    )
    if asked.request_id is not None:
        rows = rows.where(_PR.request_id == asked.request_id)
    bound: dict[str, Any] = {}
    if viewpoint.veiled:
        rows, bound = rows.where(unveiled()), {"viewpoint": viewpoint.viewpoint_id, "partner": partner_id}
    found = connection.execute(rows.order_by(turn, _PR.asked_at.desc(), _PR.request_id).limit(asked.limit), bound)
    return sorted(map(_request, found), key=lambda one: one.asked_at, reverse=True)


_OFFERS = Prepared(
    select(object_version.c.stix_id)
    .where(
        IsOneOf(object_version.c.version_id, "version_ids"),
        object_version.c.type == bindparam("type"),
        object_version.c.owner_id != bindparam("partner_id"),
        object_version.c.is_revoked.is_(False),
    )
    .order_by(object_version.c.stix_id)
)


def offers_among(connection: Connection, version_ids: Sequence[int], partner_id: str) -> list[str]:
    """Give the ids of those of these versions that offer access, but a partner's own and revoked ones, in their order."""
    if not version_ids:
        return []
    rows = _OFFERS.rows(connection, version_ids=list(version_ids), type=OFFER_TYPE, partner_id=partner_id)
    return [row[0] for row in rows]


def access_asked_of(connection: Connection, partner_id: str, limit: int, request_id: str | None = None) -> list[PartnerRequest]:
    """List the open requests for access that ask a partner, newest first, or the one under an id."""
    named = select(_PP.request_id).where(_PP.partner_id == partner_id)
    rows = select(partner_request).where(_PR.kind == RequestKind.ACCESS, _PR.closed_at.is_(None), _PR.request_id.in_(named))
    if request_id is not None:
        rows = rows.where(_PR.request_id == request_id)
    return [_request(row) for row in connection.execute(rows.order_by(_PR.asked_at.desc(), _PR.request_id).limit(limit))]


def keep_served(connection: Connection, partner_id: str, request_ids: Collection[str], now: datetime) -> None:
    """Keep when a partner was given these requests, where that is not known yet."""
    these = (_PP.partner_id == partner_id, _PP.request_id.in_(sorted(request_ids)), _PP.served_at.is_(None))
    connection.execute(update(partner_request_party).where(*these).values(served_at=now))


def drop_request(connection: Connection, request_id: str) -> None:
    """Forget one request and what was answered to it."""
    _drop(connection, _PR.request_id == request_id)


def parties_to(connection: Connection, request_ids: Collection[str]) -> dict[str, list[Party]]:
    """Give who was asked by each of these requests, and what they answered, by identity."""
    found: dict[str, list[Party]] = {one: [] for one in request_ids}
    rows = select(partner_request_party).where(_PP.request_id.in_(sorted(request_ids))).order_by(_PP.identity_id)
    for row in connection.execute(rows):
        found[row.request_id].append(Party(row.request_id, row.identity_id, row.partner_id, _answer(row), row.served_at))
    return found


def keep_answer(connection: Connection, party: Party, answer: Answer) -> None:
    """Keep what one who was asked answered, in place of an earlier answer."""
    values = asdict(answer) | {"object_ids": orjson.dumps(answer.object_ids).decode()}
    of = (_PP.request_id == party.request_id, _PP.identity_id == party.identity_id)
    connection.execute(update(partner_request_party).where(*of).values(values))


def running(connection: Connection) -> list[tuple[PartnerRequest, dict[str, list[int]]]]:
    """List the requests whose clock runs, with the warnings that were given of each."""
    rows = connection.execute(select(partner_request).where(_PR.closed_at.is_(None)))
    return [(_request(row), orjson.loads(row.warned)) for row in rows]


def keep_warned(connection: Connection, request_id: str, warned: dict[str, list[int]]) -> None:
    """Keep which warnings were given."""
    values = {"warned": orjson.dumps(warned).decode()}
    connection.execute(update(partner_request).where(_PR.request_id == request_id).values(values))


def forget_requests(connection: Connection, owner_id: str, stix_ids: Collection[str]) -> None:
    """Forget an owner's requests under ids that it states no more, with all answers, and these ids in its own answers.

    Of access that is those of others to which the owner was asked.
    """
    if not stix_ids:
        return
    named = select(_PP.request_id).where(_PP.partner_id == owner_id)
    offered = and_(_PR.kind == RequestKind.ACCESS, _PR.request_id.in_(named))
    own = and_(_PR.kind != RequestKind.ACCESS, _PR.owner_id == owner_id)
    _drop(connection, _PR.stix_id.in_(sorted(stix_ids)), or_(own, offered))
    for row in connection.execute(select(partner_request_party).where(_PP.partner_id == owner_id, _PP.object_ids.is_not(None))):
        named = orjson.loads(row.object_ids)
        left = [one for one in named if one not in stix_ids]
        if left != named:
            of = (_PP.request_id == row.request_id, _PP.identity_id == row.identity_id)
            connection.execute(update(partner_request_party).where(*of).values(object_ids=orjson.dumps(left).decode()))


def _drop(connection: Connection, *which: Any) -> None:
    gone = [row.request_id for row in connection.execute(select(_PR.request_id).where(*which))]
    connection.execute(delete(partner_request_party).where(_PP.request_id.in_(gone)))
    connection.execute(delete(partner_request).where(_PR.request_id.in_(gone)))


def _one(connection: Connection, *where: Any) -> PartnerRequest | None:
    row = connection.execute(select(partner_request).where(*where)).one_or_none()
    return None if row is None else _request(row)


def _request(row: Any) -> PartnerRequest:
    values = {name: getattr(row, name) for name in _FIELDS}
    purpose = None if row.purpose is None else Purpose(row.purpose)
    return PartnerRequest(**values | {"kind": RequestKind(row.kind), "purpose": purpose})


def _row(value: PartnerRequest) -> dict[str, Any]:
    return asdict(value)


def _answer(row: Any) -> Answer | None:
    answered: datetime | None = row.answered_at
    if answered is None:
        return None
    return Answer(
        RequestOutcome(row.outcome),
        answered,
        row.reference,
        tuple(orjson.loads(row.object_ids)),
        row.log_index,
        None if row.way is None else GrantWay(row.way),
        None if row.reason is None else DeclineReason(row.reason),
    )
