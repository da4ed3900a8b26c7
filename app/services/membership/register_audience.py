"""Audiences: a publisher's signed statement of whom it wants to reach; markings carry its opaque id alone.

Owns reading the signed document and who may read audiences back: their owner and operators, nobody else. An audience is never
changed: another one gets another id, and with it a new marking. Kept by ``tests/services/membership/test_register_audience.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.handling import Audience
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import ANY, Role
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.intake.usable_keys import is_usable
from app.services.list_pages import ListAsked, Listing, ListPage, page_of, stretch_asked
from app.storage import credentials, documents, events, handling, submissions
from app.storage.stretches import Found
from app.storage.submissions import KeyUse
from breakwater_client.documents.strict_json import parse
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope, sign_envelope
from breakwater_client.trust.keys import PrivateKey, public_key_from_spki
from breakwater_client.trust.payload_type import PayloadType

_AUDIENCE_ID = re.compile(r"audience--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_JURISDICTION = re.compile(r"[A-Z]{2}")
_PARTNER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LISTS = ("roles", "jurisdictions", "partners_in", "partners_out")
_MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class AudienceRecord:
    """An audience with the signed envelope it came in."""

    audience: Audience
    envelope: dict[str, Any]


def sign_audience(document: Mapping[str, Any], key: PrivateKey) -> dict[str, Any]:
    """Give the DSSE envelope of an audience document, for publishers: ``{"audience_id", "roles", "jurisdictions", …}``."""
    return sign_envelope(PayloadType.AUDIENCE, canonical_bytes(dict(document)), key)


def register_audience(
    exchange: Exchange, principal: Principal, envelope: Mapping[str, Any], use: KeyUse | None = None
) -> AudienceRecord:
    """Keep a publisher's signed audience. ``envelope`` is untrusted.

    Raises:
        ConflictError: the id is taken, with whatever content.
        MalformedInputError: the signed document is not an audience.
        UntrustedSignatureError: not signed with an active key of the caller's partner.
    """
    require(principal, Permission.AUDIENCES_WRITE)
    if principal.partner is None:
        raise ForbiddenError("Only partners have audiences.")
    owner_id = principal.partner.partner_id
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _record(earlier, handling.audience_records(connection, owner_id))
        usable = [key for key in credentials.keys(connection, owner_id) if is_usable(key, now)]
        opened = open_envelope(
            envelope, PayloadType.AUDIENCE, {key.keyid: public_key_from_spki(key.public_key) for key in usable}
        )
        audience = read_audience(parse(opened.payload), owner_id)
        if handling.audiences(connection, [audience.audience_id]):
            raise ConflictError("This audience id is taken; an audience is never changed, make another one.")
        handling.add_audience(connection, audience, envelope=documents.dump(dict(envelope)), now=now)
        record = EventRecord(
            Event.AUDIENCE_CREATE, now, owner_id, principal.credential.credential_id, subject=audience.audience_id
        )
        events.add_events(connection, [record])
        if use is not None:
            submissions.add_key_use(connection, use, audience.audience_id, now)
    return AudienceRecord(audience, dict(envelope))


def read_audience(document: object, owner_id: str) -> Audience:
    """Give the audience a document states (untrusted): exactly its five members, known roles, ISO 3166-1 alpha-2 codes.

    NOT checked: that the named partners exist; naming one that does not reaches nobody, and asking would tell who does.
    """
    if not isinstance(document, dict) or document.keys() != {"audience_id", *_LISTS}:
        raise MalformedInputError("An audience has audience_id, roles, jurisdictions, partners_in and partners_out, and no more.")
    if not isinstance(document["audience_id"], str) or not _AUDIENCE_ID.fullmatch(document["audience_id"]):
        raise MalformedInputError("An audience id is audience-- and a version 4 UUID.", pointer="/audience_id")
    lists = {name: _words(document[name], name) for name in _LISTS}
    _each(lists["roles"], "roles", lambda word: word == ANY or word in set(Role))
    _each(lists["jurisdictions"], "jurisdictions", lambda word: word == ANY or bool(_JURISDICTION.fullmatch(word)))
    for name in ("partners_in", "partners_out"):
        _each(lists[name], name, lambda word: bool(_PARTNER_ID.fullmatch(word)))
    return Audience(
        document["audience_id"],
        owner_id,
        roles=lists["roles"],
        jurisdictions=lists["jurisdictions"],
        partners_in=lists["partners_in"],
        partners_out=lists["partners_out"],
    )


def _words(value: object, name: str) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > _MOST_ENTRIES or not all(isinstance(word, str) for word in value):
        raise MalformedInputError(f"{name} is a list of at most {_MOST_ENTRIES} words.", pointer=f"/{name}")
    return frozenset(value)


def _each(words: frozenset[str], name: str, fits: Any) -> None:
    if not all(fits(word) for word in words):
        raise MalformedInputError(f"{name} holds a word that does not belong there.", pointer=f"/{name}")


def list_audiences(exchange: Exchange, principal: Principal) -> list[AudienceRecord]:
    """List the caller's own audiences; operators see all."""
    require(principal, Permission.AUDIENCES_READ)
    own = principal.partner.partner_id if principal.partner else None
    with exchange.database.read() as connection:
        return [AudienceRecord(one, documents.load(text)) for one, text in handling.audience_records(connection, own)]


def page_of_audiences(exchange: Exchange, principal: Principal, asked: ListAsked) -> ListPage[AudienceRecord]:
    """Give a page of the same, by their ids. Raises ``MalformedInputError`` (``cursor-invalid``)."""
    require(principal, Permission.AUDIENCES_READ)
    own = principal.partner.partner_id if principal.partner else None
    listing: Listing[AudienceRecord] = Listing(("audiences", own), lambda one: handling.place_of(one.audience), str)
    with exchange.database.read() as connection:
        found = handling.audience_records_listed(connection, own, stretch_asked(exchange, listing, asked))
    records = [AudienceRecord(one, documents.load(text)) for one, text in found.rows]
    return page_of(exchange, listing, asked, Found(records, found.before, found.count))


def get_audience(exchange: Exchange, principal: Principal, audience_id: str) -> AudienceRecord:
    """Give one audience to its owner or an operator; to anybody else it does not exist."""
    found = [record for record in list_audiences(exchange, principal) if record.audience.audience_id == audience_id]
    if not found:
        raise NotFoundError
    return found[0]


def _record(audience_id: str, records: list[tuple[Audience, str]]) -> AudienceRecord:
    return next(AudienceRecord(one, documents.load(text)) for one, text in records if one.audience_id == audience_id)
