"""The stored bytes of a page: read at once as long as they fit into memory, else batch by batch while they leave.

Owns how much of a page is held at a time. Bytes may leave only once the page's ledger row is committed; what is withdrawn while
they do is in that row, and recalled. Kept by ``tests/services/reading/test_bodies.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.storage import feed
from app.storage.session import Connection, Database

MAX_HELD_BYTES = 16 * 1024 * 1024
"""So much of a page is held in memory, whatever was asked for: one publisher's large objects must not fill it."""
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies of a page in its order, and the exchange's attestations of those objects that nobody signed."""

    objects: Collection[bytes]
    attestations: list[str]


class _Streamed(Collection[bytes]):
    """Bodies of which the first are read, and the others are while they are asked for, each batch in a snapshot of its own."""

    def __init__(self, database: Database, read: Sequence[bytes], rest: Sequence[int]) -> None:
        self._database = database
        self._read = read
        self._rest = rest

    def __len__(self) -> int:
        return len(self._read) + len(self._rest)

    def __contains__(self, body: object) -> bool:
        return any(body == one for one in self)

    def __iter__(self) -> Iterator[bytes]:
        yield from self._read
        for start in range(0, len(self._rest), _AT_ONCE):
            some = self._rest[start : start + _AT_ONCE]
            with self._database.read() as connection:
                read = feed.contents(connection, some)
            for version_id in some:
                yield read.pop(version_id).body


def read_bodies(database: Database, connection: Connection, version_ids: Sequence[int]) -> Bodies:
    """Read the bodies of versions that a page of the same snapshot named, in their order."""
    bodies: list[bytes] = []
    attestations: list[str] = []
    size = 0
    while len(bodies) < len(version_ids) and size <= MAX_HELD_BYTES:
        some = version_ids[len(bodies) : len(bodies) + _AT_ONCE]
        read = feed.contents(connection, some)
        for version_id in some:
            content = read[version_id]
            bodies.append(content.body)
            size += len(content.body)
            if content.attestation is not None:
                attestations.append(content.attestation)
    rest = version_ids[len(bodies) :]
    if not rest:
        return Bodies(bodies, attestations)
    return Bodies(_Streamed(database, bodies, rest), attestations + feed.attestations(connection, rest))
