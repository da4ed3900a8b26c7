"""What a mirror that follows a definition holds, and what of that it has to take away.

Owns the answer to "what was lost": where the viewpoint's classes are those of the last export, only what was changed in place,
expired, erased or veiled since is looked at; otherwise all that the mirror holds is. What is held changes with publications
alone. Kept by ``tests/services/exporting/test_holdings.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from app.domain.export import FilePart
from app.services.exporting.standing import sees_same_classes
from app.services.reading.visible_set import Look
from app.storage import documents, export_holdings, export_reading
from app.storage.batches import batches
from app.storage.bulk_exports import BulkExport
from app.storage.export_files import StoredFile
from app.storage.export_holdings import CHUNK, Bits, bits_of, both, ids_of, united, without
from app.storage.export_reading import NamedLoss, Since
from app.storage.session import Connection
from app.storage.withdrawals import OVER


class NamelessError(Exception):
    """The mirror holds something of which no names are left: it cannot be told what to take away."""


def lost_since(look: Look, previous: BulkExport, export: BulkExport) -> Bits:
    """Give what the mirror holds after the previous export and does not see any more as of this one."""
    connection, viewpoint = look.connection, look.viewpoint
    if not sees_same_classes(previous.standing, viewpoint):
        held = export_holdings.held(connection, export.definition_id)
        return dict(_not_seen(look, export, held))
    since = Since(previous.upto_position, previous.as_of)
    changed = bits_of(export_reading.changed_since(connection, viewpoint, since, export.as_of))
    asked = both(changed, export_holdings.held(connection, export.definition_id, changed.keys()))
    seen = export_reading.seen_among(connection, viewpoint, list(ids_of(asked)), export.as_of)
    return {chunk: bits for chunk, bits in without(asked, bits_of(seen)).items() if bits}


def _not_seen(look: Look, export: BulkExport, held: Bits) -> Iterator[tuple[int, int]]:
    for chunk, bits in held.items():
        seen = export_reading.seen_between(look.connection, look.viewpoint, chunk * CHUNK, (chunk + 1) * CHUNK, export.as_of)
        left = bits & ~bits_of(seen).get(chunk, 0)
        if left:
            yield chunk, left


def lines_of(connection: Connection, version_ids: Sequence[int], lost: Bits, export: BulkExport) -> Iterator[tuple[bytes, str]]:
    """Give the line of each of these versions, which are among those that are lost, with its type, in the order of their numbers.

    A version is passed over whose very content the mirror still holds as another's: mirrors go by content.

    Raises:
        NamelessError: of one of them no names are left.
    """
    for some in batches(version_ids):
        named = export_reading.named_losses(connection, some)
        if len(named) != len(some):
            raise NamelessError
        stays = _still_held(connection, some, lost, export)
        for one in named:
            if one.version_id not in stays:
                line = {"id": one.stix_id, "version": one.version, "content_sha256": one.content_sha256}
                yield documents.dump(line | {"reason": _reason(one, export)}).encode(), one.stix_id.partition("--")[0]


def _still_held(connection: Connection, version_ids: Collection[int], lost: Bits, export: BulkExport) -> set[int]:
    same = export_reading.same_contents(connection, version_ids)
    others = bits_of(other for found in same.values() for other in found)
    held = without(both(others, export_holdings.held(connection, export.definition_id, others.keys())), lost)
    kept = set(ids_of(held))
    return {version_id for version_id, found in same.items() if not kept.isdisjoint(found)}


def _reason(one: NamedLoss, export: BulkExport) -> str:
    if one.is_withdrawn:
        return "withdrawn"
    # What ended before all time is hidden by something else than its own time.
    return "expired" if OVER < one.visible_until <= export.as_of else "not-visible"


def held_after(held: Mapping[int, int], files: Collection[StoredFile], lost: Bits) -> Bits:
    """Give what the mirror holds, in the chunks that this changes, once it has applied delta and tombstones."""
    new = in_part(files, FilePart.DELTA)
    touched = new.keys() | lost.keys()
    return without(united({one: held.get(one, 0) for one in touched}, new), lost)


def in_part(files: Collection[StoredFile], part: FilePart) -> Bits:
    """Give the versions in the files of a part."""
    units: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for one in files:
        if one.part is part:
            units[one.sequence] = one.version_ids  # the same in all files of a unit
    found = Bits()
    for version_ids in units.values():
        found = united(found, bits_of(version_ids))
    return found
