"""A partner's own data, all of it: for whoever leaves, and whoever wants to hold what it gave.

Owns who may have it and what is in it: what the partner submitted, and what is kept about it, by ownership alone; nothing that
others submitted, and no names of people. Each batch is read in a snapshot of its own, while the lines leave, up to the moment at
which it began; who asked is asked for again with each, and whoever may not go on has no more. Kept by
``tests/services/membership/test_export_own_data.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from app.domain.draft import Draft
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.export import ExportDefinition
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.prevention import Adoption, Effect
from app.domain.signing_task import SigningTask
from app.domain.vocabulary import PartnerState, Tlp
from app.domain.webhook import Webhook
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.membership.agreement_versions import kept_agreements
from app.services.membership.look_up_keys import public_pem
from app.storage import (
    catalogue_proposals,
    credentials,
    disclosures,
    drafts,
    events,
    exports,
    handling,
    members,
    own_data,
    persons,
    prevention,
    restrictions,
    searches,
    signing_tasks,
    webhooks,
)
from app.storage.disclosures import LedgerRow
from app.storage.ledger_search import NamedVersion, Numbers, Sought, named, rows_sought
from app.storage.own_data import OwnVersion
from app.storage.session import Connection
from breakwater_client.instant import instant_text

_AT_ONCE = 100
_Row = TypeVar("_Row")


def export_own_data(exchange: Exchange, principal: Principal, partner_id: str | None) -> Iterator[bytes]:
    """Give the lines (NDJSON) of all that is a partner's own; the last one says how many there are before it.

    A partner's administrator has its own (None), with a credential up to red, since its own red objects are in it. Operators have
    that of a partner that is suspended or has ended, which cannot ask itself.

    Raises:
        ConflictError: the partner is active, and asks itself.
        ForbiddenError: the caller may not, or its credential's ceiling is lower.
        NotFoundError: there is no such partner that the caller may see.

    To iterate raises ``ForbiddenError`` where the caller may not have it any more.
    """
    require(principal, Permission.OWN_DATA_READ)
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        partner = _whose(connection, principal, partner_id)
        who = principal.credential.credential_id
        events.add_events(connection, [EventRecord(Event.OWN_DATA_EXPORT, now, partner.partner_id, who)])
        settled_to = disclosures.settled_to(connection)
        begun = _Begun(principal, partner, now, settled_to)
    return _numbered(_lines(exchange, begun))


@dataclass(frozen=True, slots=True)
class _Begun:
    """An export under way: for whom, of whose data, as of when, and up to which number of the ledger."""

    principal: Principal
    partner: Partner
    now: datetime
    settled_to: int


@contextmanager
def _snapshot(exchange: Exchange, begun: _Begun) -> Iterator[Connection]:
    """Open a snapshot in which the caller may still have this; raises ``ForbiddenError`` in which it may not."""
    with exchange.database.read() as connection:
        credential = credentials.credential_by_id(connection, begun.principal.credential.credential_id)
        if credential is None or credential.revoked_at is not None or credential.expires_at <= exchange.clock():
            raise ForbiddenError("This credential is no longer good.")
        partner, person = begun.principal.partner, begun.principal.person
        own = None if partner is None else members.partner_by_id(connection, partner.partner_id)
        held = None if person is None else members.person_by_id(connection, person.person_id)
        require(Principal(credential, own, held), Permission.OWN_DATA_READ)
        if partner is None:
            _whose(connection, begun.principal, begun.partner.partner_id)
        yield connection


def _whose(connection: Connection, principal: Principal, partner_id: str | None) -> Partner:
    if principal.partner is not None:
        if partner_id not in {None, principal.partner.partner_id}:
            raise NotFoundError
        if principal.credential.tlp_ceiling is not Tlp.RED:
            raise ForbiddenError("Your own red objects are in this: it takes a credential with the ceiling red.")
        return principal.partner
    found = None if partner_id is None else members.partner_by_id(connection, partner_id)
    if found is None:
        raise NotFoundError
    if found.state is PartnerState.ACTIVE:
        raise ConflictError("This partner is active: its administrator exports its own data (GET /own-data).")
    return found


def _numbered(lines: Iterable[bytes]) -> Iterator[bytes]:
    count = 0
    for line in lines:
        count += 1
        yield line
    yield _line("end", lines=count)


def _lines(exchange: Exchange, begun: _Begun) -> Iterator[bytes]:
    partner = begun.partner
    with _snapshot(exchange, begun) as connection:
        kept = list(_kept_about(connection, partner))
    yield from kept

    def receipts(connection: Connection, after: str) -> list[tuple[str, str]]:
        return own_data.own_receipts(connection, own_data.Stretch(partner.partner_id, begun.now, _AT_ONCE), after)

    def versions(connection: Connection, after: int) -> list[OwnVersion]:
        return own_data.own_versions(connection, own_data.Stretch(partner.partner_id, begun.now, _AT_ONCE), after)

    for submission_id, receipt in _batches(exchange, begun, receipts, "", lambda one: one[0]):
        yield _line("receipt", submission=submission_id, envelope=json.loads(receipt))
    for one in _batches(exchange, begun, versions, 0, lambda one: one.version_id):
        yield _object_line(one)
    yield from _disclosures(exchange, begun)


def _kept_about(connection: Connection, partner: Partner) -> Iterator[bytes]:
    """Give the lines of what is little: the partner, agreements, audiences, keys, persons, exports, webhooks, declarations."""
    about = {"id": partner.partner_id, "name": partner.name, "role": partner.role, "jurisdiction": partner.jurisdiction}
    dated = {"identity_id": partner.identity_id, "state": partner.state, "enrolled_at": instant_text(partner.enrolled_at)}
    yield _line("partner", **about, **dated)
    for version in kept_agreements(connection, partner.partner_id):
        yield _line("agreement", document=version.document, envelope=version.envelope)
    for audience, envelope in handling.audience_records(connection, partner.partner_id):
        yield _line("audience", id=audience.audience_id, envelope=json.loads(envelope))
    for key in credentials.keys(connection, partner.partner_id):
        uses = {
            "usage": key.usage,
            "algorithm": key.algorithm,
            "state": key.state,
            "registered_at": instant_text(key.registered_at),
        }
        yield _line("key", keyid=key.keyid, public_key=public_pem(key.public_key), **uses)
    for person in persons.persons(connection, partner.partner_id):
        left_at = None if person.left_at is None else instant_text(person.left_at)
        yield _line("person", id=person.person_id, roles=sorted(person.member_roles), left_at=left_at)
    for definition in exports.definitions(connection, partner.partner_id):
        yield _line("export", **_definition(definition))
    for one in webhooks.webhooks(connection, partner.partner_id):
        yield _line("webhook", **_webhook(one))
    yield from (_line("draft", **_draft(one)) for one in drafts.all_drafts_of(connection, partner.partner_id))
    tasks = signing_tasks.all_tasks_of(connection, partner.partner_id)
    yield from (_line("signing-task", **_task(connection, one)) for one in tasks)
    for saved in searches.searches(connection, partner.partner_id):
        yield _line("saved-search", id=saved.search_id, name=saved.name, q=saved.words, filters=json.loads(saved.filters))
    for adopted in prevention.adoptions(connection, partner.partner_id):
        yield _line("adoption", **_declared(adopted, "adoption_id"))
    for seen in prevention.effects(connection, partner.partner_id):
        yield _line("effect", **_declared(seen, "effect_id"))
    yield from _of_catalogue(connection, partner.partner_id)


def _of_catalogue(connection: Connection, partner_id: str) -> Iterator[bytes]:
    """Give what a partner proposed for the catalogue, and what it said of others' proposals; never what others said."""
    for one in catalogue_proposals.proposals_of(connection, partner_id):
        about = {"proposes": one.kind, "entry": one.entry, "code": one.code, "document": json.loads(one.document)}
        became = {"state": one.state, "settled_at": one.settled_at and instant_text(one.settled_at), "release": one.release}
        said = {"reason": one.reason, "based_on": one.based_on, "proposed_at": instant_text(one.proposed_at)}
        yield _line("catalogue-proposal", id=one.proposal_id, **about, **said, **became)
    for each in catalogue_proposals.reviews_by(connection, partner_id):
        said = {"verdict": each.verdict, "reason": each.reason, "reviewed_at": instant_text(each.reviewed_at)}
        yield _line("catalogue-review", proposal=each.proposal_id, **said)


def _draft(one: Draft) -> dict[str, Any]:
    """Give what one of a partner's people is entering; frozen objects follow from it, or are submitted."""
    about = {"id": one.draft_id, "author": one.author_id, "state": one.state, "changed_at": instant_text(one.changed_at)}
    return about | {"document": one.document, "remark": one.remark}


def _task(connection: Connection, one: SigningTask) -> dict[str, Any]:
    """Give what was decided and waits for the partner's signature, or what became of it; without what is restricted."""
    about = {"id": one.task_id, "signs": one.kind, "subject": one.subject, "digest": one.digest, "state": one.state}
    who = {"made_by": one.made_by, "approved_by": one.approved_by, "made_at": instant_text(one.made_at)}
    document = None if one.document is None else json.loads(one.document)
    ids = {each["id"] for each in (document or {}).get("objects", ())}
    if restrictions.is_restricted(connection, one.partner_id, ids):
        return about | who | {"restricted": True}
    return about | who | {"document": document}


def _declared(said: Adoption | Effect, named: str) -> dict[str, Any]:
    """Give what a partner declared of a countermeasure, as it said so."""
    values = asdict(said) | {"id": getattr(said, named), "declared_at": instant_text(said.declared_at)}
    dates = {name: value.isoformat() for name, value in values.items() if isinstance(value, date)}
    return {name: value for name, value in (values | dates).items() if name not in {named, "partner_id"}}


def _definition(one: ExportDefinition) -> dict[str, Any]:
    """Give what a partner has exported, as it said so."""
    schedules = {"snapshots": one.snapshots, "deltas": one.deltas}
    return {
        "id": one.definition_id,
        "name": one.name,
        "purpose": one.purpose,
        "tlp_ceiling": one.tlp_ceiling,
        "filters": one.filters,
        "format": one.form,
        "created_at": instant_text(one.created_at),
        "ended_at": None if one.ended_at is None else instant_text(one.ended_at),
        **{name: schedule and {"cron": schedule.cron, "time_zone": schedule.time_zone} for name, schedule in schedules.items()},
    }


def _webhook(one: Webhook) -> dict[str, Any]:
    """Give where a partner is called: no secret, and of the URL the host, for its path may be a secret."""
    called = {"host": one.host, "cadence_minutes": one.cadence_minutes, "state": one.state, "cause": one.cause}
    return {"id": one.webhook_id, **called, "created_at": instant_text(one.created_at)}


def _batches(
    exchange: Exchange, begun: _Begun, read: Callable[[Connection, Any], list[_Row]], first: Any, place: Callable[[_Row], Any]
) -> Iterator[_Row]:
    after = first
    while True:
        with _snapshot(exchange, begun) as connection:
            batch = read(connection, after)
        yield from batch
        if len(batch) < _AT_ONCE:
            return
        after = place(batch[-1])


def _object_line(one: OwnVersion) -> bytes:
    """Give a version's line; its content stands in it byte for byte, so that signature and digest hold.

    Of a restricted one, which its owner does not see either, the line says that alone.
    """
    withdrawn_at = None if one.withdrawn_at is None else instant_text(one.withdrawn_at)
    dated = {"received_at": instant_text(one.received_at), "withdrawn_at": withdrawn_at, "log_index": one.log_index}
    if one.content is None:
        return _line("object", id=one.stix_id, version=one.version, restricted=True, **dated)
    attestation = None if one.attestation is None else json.loads(one.attestation)
    head = _line("object", id=one.stix_id, version=one.version, attestation=attestation, **dated)
    return head.removesuffix(b"}\n") + b',"object":' + one.content + b"}\n"


def _disclosures(exchange: Exchange, begun: _Begun) -> Iterator[bytes]:
    """Give a line for each answer in which others were given objects of the owner, with its own versions in it alone."""
    owner_id = begun.partner.partner_id

    def rows(connection: Connection, after: int) -> list[tuple[LedgerRow, list[NamedVersion]]]:
        found = rows_sought(connection, Sought(owner_id=owner_id), Numbers(after, begun.settled_to, _AT_ONCE))
        own = [named(connection, row.disclosure.version_ids, owner_id) for row in found]
        return [(row, [versions[one] for one in sorted(versions)]) for row, versions in zip(found, own, strict=True)]

    for row, versions in _batches(exchange, begun, rows, 0, lambda one: one[0].number):
        value = row.disclosure
        how = {"purpose": value.purpose, "channel": value.channel, "agreement_version": value.agreement_version}
        told = {"recipient_id": value.partner_id, "disclosed_at": instant_text(value.disclosed_at), **how}
        yield _line("disclosure", **told, versions=[{"id": one.stix_id, "version": one.version} for one in versions])


def _line(kind: str, **members: Any) -> bytes:
    return json.dumps({"type": kind, **members}, separators=(",", ":")).encode() + b"\n"
