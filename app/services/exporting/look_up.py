"""What partners and staff are told of exports: definitions, how far each export is, and the manifests.

Owns who is told what. A partner is told all of its own. Staff are told how far exports are, and never what a definition asks for,
what a file is called or what is in it. Kept by ``tests/services/exporting/test_look_up.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.export import ExportDefinition
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.exporting import due
from app.services.exporting.define import own_definition
from app.services.list_pages import AN_INSTANT, ListAsked, Listing, ListPage, page_of, stretch_asked
from app.services.reading.readers import Reader, reader
from app.storage import exports, written_exports
from app.storage.session import Connection
from app.storage.stretches import Found
from app.storage.written_exports import WrittenExport, WrittenFile

_NOT_SO_HIGH = "This export reads further than your credential does: its ceiling is lower."


@dataclass(frozen=True, slots=True)
class DefinitionRecord:
    """A definition, when its next export is due or tried again (None: none will be written), and its newest one.

    ``filters`` None: the caller is not told.
    """

    definition: ExportDefinition
    filters: Any
    next_due_at: datetime | None
    newest: WrittenExport | None


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """One export; ``files`` None: the caller is not told."""

    export: WrittenExport
    files: Sequence[WrittenFile] | None


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """Exports of a definition, newest first; ``next`` is the number before which to go on, None at the end."""

    exports: Sequence[WrittenExport]
    next: int | None


def list_exports(exchange: Exchange, principal: Principal) -> list[DefinitionRecord]:
    """List the definitions of the caller's organisation, those that ended as well, oldest first; staff see everybody's."""
    require(principal, Permission.EXPORTS_READ)
    with exchange.database.read() as connection:
        found = exports.definitions(connection, principal.partner.partner_id if principal.partner else None)
        return _records(connection, principal, found)


def page_of_exports(
    exchange: Exchange, principal: Principal, asked: ListAsked, *, has_ended: bool | None = None
) -> ListPage[DefinitionRecord]:
    """Give a page of the same: of those that ended, that did not, or both (None).

    Raises ``MalformedInputError`` (``cursor-invalid``).
    """
    require(principal, Permission.EXPORTS_READ)
    partner_id = principal.partner.partner_id if principal.partner else None
    listing: Listing[DefinitionRecord] = Listing(
        ("exports", partner_id, str(has_ended)), lambda one: exports.place_of(one.definition), AN_INSTANT
    )
    with exchange.database.read() as connection:
        stretch = stretch_asked(exchange, listing, asked)
        found = exports.definitions_listed(connection, partner_id, stretch, has_ended=has_ended)
        records = _records(connection, principal, found.rows)
    return page_of(exchange, listing, asked, Found(records, found.before, found.count))


def get_export(exchange: Exchange, principal: Principal, definition_id: str) -> DefinitionRecord:
    """Give one definition. Raises ``NotFoundError`` where the caller may not know of it."""
    require(principal, Permission.EXPORTS_READ)
    with exchange.database.read() as connection:
        return _records(connection, principal, [own_definition(connection, principal, definition_id)])[0]


def _records(connection: Connection, principal: Principal, found: Sequence[ExportDefinition]) -> list[DefinitionRecord]:
    newest = written_exports.newest_exports(connection, [one.definition_id for one in found])
    due_times = {one.definition_id: due.due_at(connection, one.definition_id) for one in found if one.ended_at is None}
    of_staff = principal.partner is None
    return [
        DefinitionRecord(
            definition=one,
            filters=None if of_staff else one.filters,
            next_due_at=None if one.is_paused else due_times.get(one.definition_id),
            newest=newest.get(one.definition_id),
        )
        for one in found
    ]


def list_runs(exchange: Exchange, principal: Principal, definition_id: str, before: int | None, limit: int) -> ExportsPage:
    """List exports of a definition with a number below ``before`` (None: from the newest). Raises as ``get_export``."""
    require(principal, Permission.EXPORTS_READ)
    with exchange.database.read() as connection:
        own_definition(connection, principal, definition_id)
        found = written_exports.exports_before(connection, definition_id, before, limit + 1)
    page = found[:limit]
    return ExportsPage(page, page[-1].number if len(found) > limit else None)


def page_of_runs(exchange: Exchange, principal: Principal, definition_id: str, asked: ListAsked) -> ListPage[WrittenExport]:
    """Give a page of exports of a definition, newest first, that leads back as well.

    Raises as ``get_export``, and ``MalformedInputError`` (``cursor-invalid``).
    """
    require(principal, Permission.EXPORTS_READ)
    listing = Listing(("runs", definition_id), written_exports.place_of, int)
    with exchange.database.read() as connection:
        own_definition(connection, principal, definition_id)
        found = written_exports.exports_listed(connection, definition_id, stretch_asked(exchange, listing, asked))
    return page_of(exchange, listing, asked, found)


def get_run(exchange: Exchange, principal: Principal, definition_id: str, number: int) -> ExportRecord:
    """Give one export with its files, once it is published. Raises as ``get_export``."""
    require(principal, Permission.EXPORTS_READ)
    with exchange.database.read() as connection:
        definition = own_definition(connection, principal, definition_id)
        found = written_exports.find_export(connection, definition_id, number)
        if found is None:
            raise NotFoundError
        if not _reads_as_far(principal, definition):
            return ExportRecord(found, None)
        return ExportRecord(found, written_exports.files_of(connection, definition_id, number) if found.published_at else [])


def get_manifest(exchange: Exchange, principal: Principal, definition_id: str, number: int | None = None) -> str:
    """Give the signed manifest (a DSSE envelope as JSON) of an export, None for the newest one.

    Raises:
        ForbiddenError: the credential does not read as far as the export.
        NotFoundError: none was published, none has this number, or the caller's organisation has no such export.
    """
    with exchange.database.read() as connection:
        downloading(connection, principal, definition_id)
        found = written_exports.find_manifest(connection, definition_id, number)
    if found is None:
        raise NotFoundError
    return found[1]


def downloading(connection: Connection, principal: Principal, definition_id: str) -> tuple[ExportDefinition, Reader]:
    """Give a definition of the caller's own, and the caller as it reads what was written for that.

    Raises:
        ForbiddenError: no partner, no right to read exports and objects, another purpose than the one that is fixed on the
            credential, or a ceiling below that of the export.
        NotFoundError: the caller's organisation has no such export, or it has ended.
    """
    require(principal, Permission.EXPORTS_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners are given what was written for them.")
    definition = own_definition(connection, principal, definition_id)
    if definition.ended_at is not None:
        raise NotFoundError
    reading = reader(principal, definition.purpose, Channel.EXPORT)
    if definition.tlp_ceiling.rank > principal.credential.tlp_ceiling.rank:
        raise ForbiddenError(_NOT_SO_HIGH)
    # What may be given is asked as it was when it was written: up to the export's ceiling, not the caller's higher one.
    capped = replace(principal.credential, tlp_ceiling=definition.tlp_ceiling)
    return definition, replace(reading, principal=replace(principal, credential=capped))


def _reads_as_far(principal: Principal, definition: ExportDefinition) -> bool:
    """Say whether a caller that may know of a definition may also know what was written for it."""
    held = principal.credential
    if principal.partner is None or definition.ended_at is not None:
        return False
    fits = held.purpose in {None, definition.purpose} and held.tlp_ceiling.rank >= definition.tlp_ceiling.rank
    return fits and Permission.OBJECTS_READ in held.scopes
