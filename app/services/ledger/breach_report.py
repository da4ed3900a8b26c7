"""What was given with a credential, or to a partner, in a period: whom to tell when it was stolen, and of what.

Owns adding up. Each publisher's part stands by itself; asked for alone, nothing in the answer is about others, so that it can be
sent. It says what left by the ledger: never less than what was sent, and more where a connection broke. Kept by
``tests/services/ledger/test_breach_report.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.handling import HandlingClass
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Extent, Harm, Purpose, Sensitivity, SubjectStatus
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.stix.identifiers import named_type
from app.stix.observable_ids import CONTRIBUTING
from app.storage import credentials, disclosures, events, export_files, handling, ledger_search, members
from app.storage.disclosures import LedgerRow
from app.storage.export_files import DisclosedFile
from app.storage.ledger_search import NamedVersion, Numbers, Sought
from app.storage.session import Connection

_AT_ONCE = 1_000
MOST_ROWS = 100_000
"""So many answers one report adds up; of more, shorter periods are asked for."""


@dataclass(frozen=True, slots=True)
class Breach:
    """What may have leaked: all that was given with a credential, or to a partner; one of the two is named.

    ``issued_too``: with what was issued with the credential as well. ``publisher_id``: one publisher's part alone, with its list.
    """

    credential_id: str | None = None
    partner_id: str | None = None
    issued_too: bool = False
    since: datetime | None = None
    until: datetime | None = None
    publisher_id: str | None = None


@dataclass(frozen=True, slots=True)
class LeakedVersion:
    """One version: its names (None: erased), when it was first and last given, how often, and how much of it at most."""

    stix_id: str | None
    version: str | None
    first_at: datetime
    last_at: datetime
    times: int
    extent: Extent | None


@dataclass(slots=True)
class Part:
    """What was given of one publisher, or (``publisher`` None) altogether. Counts are of different versions, objects and ids.

    ``observables`` are ids of observables, which name a person's account, address or device; ``erased`` versions are among no
    other count but ``versions``.
    """

    publisher: Partner | None = None
    answers: int = 0
    versions: int = 0
    erased: int = 0
    objects: int = 0
    identifying_objects: int = 0
    observables: int = 0
    sensitivities: Counter[Sensitivity] = field(default_factory=Counter)
    harm_types: Counter[Harm] = field(default_factory=Counter)
    subject_statuses: Counter[SubjectStatus] = field(default_factory=Counter)
    purposes: set[Purpose] = field(default_factory=set)
    channels: set[Channel] = field(default_factory=set)
    extents: Counter[Extent] = field(default_factory=Counter)
    first_at: datetime | None = None
    last_at: datetime | None = None
    listed: list[LeakedVersion] | None = None


@dataclass(frozen=True, slots=True)
class BreachReport:
    """The report: with which credentials, to whom, altogether, and for each publisher that must be told.

    ``files`` are those of bulk exports by which something of it was given. One for a single publisher names no credentials and no
    files: that publisher may be sent it.
    """

    credential_ids: tuple[str, ...]
    recipient: Partner | None
    altogether: Part
    publishers: list[Part]
    files: Sequence[DisclosedFile] = ()


def breach_report(exchange: Exchange, principal: Principal, asked: Breach) -> BreachReport:
    """Add up what was given. That this was asked is an event.

    Raises:
        ForbiddenError: without the right, which staff alone can hold.
        MalformedInputError: neither or both are named, or there are more than ``MOST_ROWS`` answers.
        NotFoundError: no such credential or partner.
    """
    require(principal, Permission.DISCLOSURES_SEARCH)
    if (asked.credential_id is None) == (asked.partner_id is None):
        raise MalformedInputError("A report is about one credential or about one partner.")
    with exchange.database.write(while_read_only=True) as connection:
        settled_to = disclosures.settled_to(connection)
        recipient, credential_ids = _meant(connection, asked)
        who, subject = principal.credential.credential_id, asked.credential_id or asked.partner_id
        about = None if recipient is None else recipient.partner_id
        events.add_events(connection, [EventRecord(Event.DISCLOSURE_REPORT, exchange.clock(), about, who, subject)])
    sought = Sought(
        owner_id=asked.publisher_id,
        partner_id=asked.partner_id,
        credential_ids=credential_ids or None,
        since=asked.since,
        until=asked.until,
    )
    with exchange.database.read() as connection:
        sums = _Sums(connection, asked.publisher_id)
        for row in _rows(connection, sought, settled_to):
            sums.add(row)
        if asked.publisher_id is not None:
            return BreachReport((), recipient, *sums.parts())
        files = export_files.files_by_disclosures(connection, sums.exported)
        return BreachReport(tuple(sorted(credential_ids)), recipient, *sums.parts(), files)


def _meant(connection: Connection, asked: Breach) -> tuple[Partner | None, frozenset[str]]:
    """Give whose the credential is, or the partner that is named, and all credentials that are meant (none: any)."""
    if asked.partner_id is not None:
        partner = members.partner_by_id(connection, asked.partner_id)
        if partner is None:
            raise NotFoundError
        return partner, frozenset()
    credential = credentials.credential_by_id(connection, asked.credential_id or "")
    if credential is None:
        raise NotFoundError
    own = {credential.credential_id}
    issued = ledger_search.issued_with(connection, own) if asked.issued_too else set()
    partner = members.partner_by_id(connection, credential.partner_id) if credential.partner_id else None
    return partner, frozenset(own | issued)


def _rows(connection: Connection, sought: Sought, to: int) -> Iterator[LedgerRow]:
    after, left = 0, MOST_ROWS
    while True:
        batch = ledger_search.rows_sought(connection, sought, Numbers(after, to, _AT_ONCE))
        yield from batch
        left -= len(batch)
        if len(batch) < _AT_ONCE:
            return
        if left <= 0:
            raise MalformedInputError(f"These are more than {MOST_ROWS:,} answers: ask for shorter periods.")
        after = batch[-1].number


@dataclass(slots=True)
class _Known:
    """What is known of one version, and how it was given."""

    names: NamedVersion
    own: HandlingClass | None
    first_at: datetime
    last_at: datetime
    times: int = 0
    extents: set[Extent | None] = field(default_factory=set)


class _Sums:
    """Adds rows up: of all publishers, or of one and nothing of others."""

    def __init__(self, connection: Connection, publisher_id: str | None) -> None:
        self._connection = connection
        self._publisher_id = publisher_id
        self._known: dict[int, _Known] = {}
        self._others: set[int] = set()
        self._all = Part()
        self.exported: list[int] = []
        """The numbers of rows that were given by bulk exports."""
        self._parts: dict[str, Part] = {}

    def add(self, row: LedgerRow) -> None:
        """Count a row that holds something of the publishers asked about."""
        value = row.disclosure
        if value.channel is Channel.EXPORT:
            self.exported.append(row.number)
        self._learn(set(value.version_ids) - self._known.keys() - self._others, value.disclosed_at)
        held = [self._known[one] for one in value.version_ids if one in self._known]
        for one in held:
            one.last_at, one.times = value.disclosed_at, one.times + 1
            one.extents.add(value.extent)
        owners = {one.names.owner_id for one in held}
        for part in [self._all] * bool(owners) + [self._parts.setdefault(one, Part()) for one in sorted(owners)]:
            part.answers += 1
            part.purposes.add(value.purpose)
            part.channels.add(value.channel)
            part.first_at, part.last_at = part.first_at or value.disclosed_at, value.disclosed_at
            if value.extent is not None:
                part.extents[value.extent] += 1

    def _learn(self, version_ids: Collection[int], now: datetime) -> None:
        if not version_ids:
            return
        names = ledger_search.named(self._connection, version_ids, self._publisher_id)
        class_ids = ledger_search.classes_of_versions(self._connection, names)
        classes = handling.classes_by_id(self._connection, class_ids.values())
        for version_id, one in names.items():
            own = None if one.stix_id is None else classes[class_ids[version_id]]
            self._known[version_id] = _Known(one, own, now, now)
        self._others |= set(version_ids) - names.keys()

    def parts(self) -> tuple[Part, list[Part]]:
        """Give the sum, and the parts by the publishers' names; of one publisher with the list of its versions."""
        partners = {one.partner_id: one for one in members.partners(self._connection)}
        for owner_id, part in self._parts.items():
            part.publisher = partners[owner_id]
            _describe(part, [one for one in self._known.values() if one.names.owner_id == owner_id])
        _describe(self._all, list(self._known.values()))
        if self._publisher_id is not None:
            for part in self._parts.values():
                part.listed = [_leaked(one) for _, one in sorted(self._known.items())]
        return self._all, sorted(self._parts.values(), key=lambda part: part.publisher.name if part.publisher else "")


_EXTENTS = (Extent.CONTENT, None, Extent.IDS, Extent.EXISTENCE)  # what is not known may have been content


def _leaked(one: _Known) -> LeakedVersion:
    most = next(each for each in _EXTENTS if each in one.extents)
    return LeakedVersion(one.names.stix_id, one.names.version, one.first_at, one.last_at, one.times, most)


def _describe(part: Part, known: Collection[_Known]) -> None:
    objects: set[tuple[str, str]] = set()
    identifying: set[tuple[str, str]] = set()
    part.versions = len(known)
    for one in known:
        stix_id = one.names.stix_id
        if stix_id is None or one.own is None:
            part.erased += 1
            continue
        objects.add((one.names.owner_id, stix_id))
        own = one.own.own
        most = max((each.sensitivity for each in own), key=list(Sensitivity).index)
        part.sensitivities[most] += 1
        part.harm_types.update(frozenset().union(*(each.harm_types for each in own)))
        part.subject_statuses.update({each.subject_status for each in own})
        if most is Sensitivity.IDENTIFYING:
            identifying.add((one.names.owner_id, stix_id))
    part.objects, part.identifying_objects = len(objects), len(identifying)
    part.observables = len({stix_id for _, stix_id in objects if named_type(stix_id) in CONTRIBUTING})
