"""Showing requests of the persons that data are about: to each role what it may see, and what was found by its owners.

Owns the views; the ledger is asked when somebody looks, so that who was told meanwhile is there as well. Kept by
``tests/services/subjects/test_show_request.py``.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.domain.errors import ForbiddenError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.subject_request import Deed, FindingGround, SubjectRequest
from app.domain.vocabulary import Purpose, Sensitivity
from app.policy.subject_requests import sight_of
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.subjects.drafts_found import FoundDraft, find_drafts
from app.services.subjects.open_request import existing
from app.services.subjects.tasks_found import FoundTask, find_tasks
from app.storage import disclosures, handling, members, subjects
from app.storage.disclosures import Stretch
from app.storage.session import Connection
from app.storage.subjects import FoundVersion

_ROWS_AT_ONCE = 10_000
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """A version that was found. ``number`` names it in proposals; ``told`` are the partners that were given it.

    ``purposes`` are those for which its handling permits reading, ``told_purposes`` those for which it was given, by the ledger.
    """

    number: int
    ground: FindingGround
    owner_id: str
    owner_name: str
    stix_id: str
    version: str
    sensitivity: Sensitivity
    purposes: frozenset[Purpose]
    received_at: datetime
    is_withdrawn: bool
    is_restricted: bool
    visible_until: datetime
    told: Sequence[str]
    told_purposes: frozenset[Purpose]


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request as a role sees it. ``shows_selectors``: it was shown them.

    ``findings``, ``drafts``, ``signing_tasks`` None: it is shown none.
    """

    request: SubjectRequest
    deeds: Sequence[Deed]
    counts: dict[str, int]
    shows_selectors: bool
    findings: Sequence[Finding] | None
    drafts: Sequence[FoundDraft] | None = None
    signing_tasks: Sequence[FoundTask] | None = None


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """Requests, oldest first; ``next`` is always given."""

    requests: Sequence[SeenRequest]
    next: str
    more: bool


def get_request(exchange: Exchange, principal: Principal, request_id: str) -> SeenRequest:
    """Give one request with what the caller may see of it.

    Raises:
        ForbiddenError: the caller has no right to, or is no person.
        NotFoundError: there is no such request.
    """
    _require_person(principal)
    sight = sight_of(principal)
    with exchange.database.write(while_read_only=True) as connection:
        settled_to = disclosures.settled_to(connection)
    with exchange.database.read() as connection:
        request = existing(connection, request_id)
        found = _findings(connection, request, settled_to) if sight.findings else None
        seen = _seen(connection, request, found, shows_selectors=sight.selectors)
        if not sight.findings:
            return seen
        return replace(seen, drafts=find_drafts(connection, request), signing_tasks=find_tasks(connection, request))


def list_requests(exchange: Exchange, principal: Principal, cursor: str | None, limit: int) -> SubjectPage:
    """List requests without what was found.

    Raises:
        ForbiddenError: the caller has no right to, or is no person.
        MalformedInputError: ``cursor-invalid``.
    """
    _require_person(principal)
    context = hashlib.sha256(b"subject-requests\0").digest()
    reached = b"" if cursor is None else exchange.sealer.open(cursor, context)
    with exchange.database.read() as connection:
        found = subjects.list_requests(connection, _unpacked(reached), limit + 1)
        shown = [_seen(connection, one, None, shows_selectors=False) for one in found[:limit]]
    reached = _packed(found[len(shown) - 1]) if shown else reached
    return SubjectPage(shown, exchange.sealer.seal(reached, context), more=len(found) > limit)


def _require_person(principal: Principal) -> None:
    require(principal, Permission.SUBJECTS_READ)
    if principal.person is None:
        raise ForbiddenError("Requests of persons are shown to persons, not to service accounts.")


def _seen(
    connection: Connection, request: SubjectRequest, found: Sequence[Finding] | None, *, shows_selectors: bool
) -> SeenRequest:
    counts = Counter(ground.value for ground in subjects.findings(connection, request.request_id).values())
    shown = request if shows_selectors else replace(request, selectors=())
    deeds = subjects.deeds_of(connection, request.request_id)
    return SeenRequest(shown, deeds, {one.value: counts[one] for one in FindingGround}, shows_selectors, found)


def _findings(connection: Connection, request: SubjectRequest, settled_to: int) -> list[Finding]:
    grounds = subjects.findings(connection, request.request_id)
    found = subjects.found_versions(connection, grounds)
    classes = handling.classes_by_id(connection, {one.class_id for one in found})
    names = {one.partner_id: one.name for one in members.partners(connection)}
    told = _told(connection, found, settled_to)
    return [
        Finding(
            number=one.version_id,
            ground=grounds[one.version_id],
            owner_id=one.owner_id,
            owner_name=names[one.owner_id],
            stix_id=one.stix_id,
            version=one.version,
            sensitivity=max((each.sensitivity for each in classes[one.class_id].handlings), key=lambda each: each.rank),
            purposes=frozenset(Purpose).intersection(*(each.purposes for each in classes[one.class_id].handlings)),
            received_at=one.received_at,
            is_withdrawn=one.withdrawn_at is not None,
            is_restricted=one.restricted_until is not None,
            visible_until=one.restricted_until or one.visible_until,
            told=sorted({names[partner_id] for partner_id, _ in told[one.version_id]}),
            told_purposes=frozenset(purpose for _, purpose in told[one.version_id]),
        )
        for one in found
    ]


def _told(connection: Connection, found: Collection[FoundVersion], settled_to: int) -> dict[int, set[tuple[str, Purpose]]]:
    """Give to which partners the ledger says each version was given, others than its owner, and for what."""
    by_owner: dict[str, list[int]] = defaultdict(list)
    for one in found:
        by_owner[one.owner_id].append(one.version_id)
    told: dict[int, set[tuple[str, Purpose]]] = defaultdict(set)
    for owner_id, version_ids in by_owner.items():
        after = 0
        while after < settled_to:
            stretch = Stretch(owner_id, after, settled_to, _ROWS_AT_ONCE)
            given, after = disclosures.given_for(connection, stretch, version_ids)
            for given_to, versions in given.items():
                for version_id in versions:
                    told[version_id].add(given_to)
    return told


def _packed(last: SubjectRequest) -> bytes:
    microseconds = (last.opened_at - _EPOCH) // _MICROSECOND
    return microseconds.to_bytes(_TIME_BYTES, "big") + uuid.UUID(last.request_id).bytes


def _unpacked(reached: bytes) -> tuple[datetime, str] | None:
    if not reached:
        return None
    at = _EPOCH + int.from_bytes(reached[:_TIME_BYTES], "big") * _MICROSECOND
    return at, str(uuid.UUID(bytes=reached[_TIME_BYTES:]))
