"""The stored bytes of a page: read at once as long as they fit into memory, else batch by batch while they leave.

Owns how much of a page is held at a time. Bytes may leave only once the page's ledger row is committed; what is forbidden while
they do, ends them (``look_again``), and what was withdrawn is in that row, and recalled. Kept by
``tests/services/reading/test_bodies.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import takewhile

from app.storage import contents
from app.storage.contents import Content
from app.storage.session import Connection

Again = Callable[[Sequence[int]], AbstractContextManager[Connection]]
"""Opens a new snapshot to read from these versions, or raises if they may not be given any more."""

MAX_HELD_BYTES = 16 * 1024 * 1024
"""So much of a page is held in memory, whatever was asked for: one publisher's large objects must not fill it."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies of a page in its order, and the exchange's attestations of those objects that nobody signed."""

    objects: Collection[bytes]
    attestations: list[str]


class _Streamed(Collection[bytes]):
    """Bodies of which the first are read, and the others are while they are asked for, each batch in a snapshot of its own.

    Iterating raises what ``again`` raises: the rest may not be given any more.
    """

    def __init__(self, again: Again, read: Sequence[bytes], rest: Sequence[int]) -> None:
        self._again = again
        self._read = read
        self._rest = rest

    def __len__(self) -> int:
        return len(self._read) + len(self._rest)

    def __contains__(self, body: object) -> bool:
        return any(body == one for one in self)

    def __iter__(self) -> Iterator[bytes]:
        yield from self._read
        rest = self._rest
        while rest:
            with self._again(rest) as connection:
                some = _first_of(connection, rest)
            rest = rest[len(some) :]
            for content in some:
                yield content.body


def _first_of(connection: Connection, version_ids: Sequence[int]) -> list[Content]:
    """Read the first of these versions, as many as may be held but at least one."""
    read = contents.contents(connection, version_ids, MAX_HELD_BYTES)
    if version_ids[0] not in read:  # others filled it that come later in the page
        read = contents.contents(connection, version_ids[:1], MAX_HELD_BYTES)
    return [read[version_id] for version_id in takewhile(read.__contains__, version_ids)]


def read_bodies(again: Again, connection: Connection, version_ids: Sequence[int]) -> Bodies:
    """Read the bodies of versions that a page of the same snapshot named, in their order."""
    if not version_ids:
        return Bodies([], [])
    held = _first_of(connection, version_ids)
    bodies = [content.body for content in held]
    attestations = [content.attestation for content in held if content.attestation is not None]
    rest = version_ids[len(held) :]
    if not rest:
        return Bodies(bodies, attestations)
    return Bodies(_Streamed(again, bodies, rest), attestations + contents.attestations(connection, rest))
