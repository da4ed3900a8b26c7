"""What a mirror that follows a definition holds after its last export: a set of versions, exact, in chunks of bits.

A bit stands for a version, so that sets of a million are compared in a moment and kept in some kilobytes. Kept by
``tests/storage/test_export_holdings.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection, delete, insert, select

from app.storage.batches import batches
from app.storage.tables import export_definition, export_holding

CHUNK = 32_768
"""So many numbers of versions are in a chunk: those from its own number times this on."""

_BYTES = CHUNK // 8

Bits = dict[int, int]
"""A set of versions: for each chunk that has some, an integer whose bits say which."""


def bits_of(version_ids: Iterable[int]) -> Bits:
    """Give a set of row ids as bits."""
    chunks: dict[int, bytearray] = {}
    for version_id in version_ids:
        chunk, place = divmod(version_id, CHUNK)
        held = chunks.get(chunk)
        if held is None:
            held = chunks[chunk] = bytearray(_BYTES)
        held[place >> 3] |= 1 << (place & 7)
    return {chunk: int.from_bytes(held, "little") for chunk, held in chunks.items()}


def ids_of(bits: Mapping[int, int]) -> Iterator[int]:
    """Give the ascending row ids of bits."""
    for chunk in sorted(bits):
        first = chunk * CHUNK
        yield from (first + place for place, bit in enumerate(reversed(f"{bits[chunk]:b}")) if bit == "1")


def united(some: Mapping[int, int], others: Mapping[int, int]) -> Bits:
    """Give what is in either."""
    return {chunk: some.get(chunk, 0) | others.get(chunk, 0) for chunk in some.keys() | others.keys()}


def without(some: Mapping[int, int], others: Mapping[int, int]) -> Bits:
    """Give what is in the one and not in the other."""
    return {chunk: held & ~others.get(chunk, 0) for chunk, held in some.items()}


def both(some: Mapping[int, int], others: Mapping[int, int]) -> Bits:
    """Give what is in both."""
    return {chunk: bits for chunk in some.keys() & others.keys() if (bits := some[chunk] & others[chunk])}


def held(connection: Connection, definition_id: str, chunks: Collection[int] | None = None) -> Bits:
    """Give what the mirror of a definition holds: all of it (some kilobytes for a million), or what is in these chunks."""
    eh, found = export_holding.c, Bits()
    of = select(eh.chunk, eh.versions).where(eh.definition_id == definition_id)
    if chunks is None:
        return {chunk: _unpacked(packed) for chunk, packed in connection.execute(of)}
    for some in batches(sorted(chunks)):
        found |= {chunk: _unpacked(packed) for chunk, packed in connection.execute(of.where(eh.chunk.in_(some)))}
    return found


def keep_held(connection: Connection, definition_id: str, bits: Mapping[int, int]) -> None:
    """Keep what the mirror holds in these chunks; one that became empty is no more."""
    eh = export_holding.c
    for some in batches(sorted(bits)):
        connection.execute(delete(export_holding).where(eh.definition_id == definition_id, eh.chunk.in_(some)))
    rows = [{"definition_id": definition_id, "chunk": chunk, "versions": _packed(of)} for chunk, of in bits.items() if of]
    if rows:
        connection.execute(insert(export_holding), rows)


def drop_held(connection: Connection, definition_id: str) -> None:
    """Forget what the mirror holds."""
    connection.execute(delete(export_holding).where(export_holding.c.definition_id == definition_id))


def held_by_some(connection: Connection, version_ids: Collection[int]) -> frozenset[int]:
    """Give those of these versions that the mirror of some definition holds which did not end."""
    asked, eh, found = bits_of(version_ids), export_holding.c, set[int]()
    living = select(export_definition.c.definition_id).where(export_definition.c.ended_at.is_(None))
    for some in batches(sorted(asked)):
        rows = select(eh.chunk, eh.versions).where(eh.chunk.in_(some), eh.definition_id.in_(living))
        for chunk, packed in connection.execute(rows):
            found.update(ids_of({chunk: _unpacked(packed) & asked[chunk]}))
    return frozenset(found)


def _packed(bits: int) -> bytes:
    return zlib.compress(bits.to_bytes(_BYTES, "little"), 1)


def _unpacked(packed: bytes) -> int:
    return int.from_bytes(zlib.decompress(packed), "little")
