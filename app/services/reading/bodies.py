"""The stored bytes of an answer: of a page as many as it may have, of all else batch by batch while they leave.

Owns how long a page is in bytes, and how much of any answer is held at a time. Bytes may leave only once their ledger row is
committed; what is forbidden while they do, ends them (``look_again``), and what was withdrawn is in that row, and recalled. Kept
by ``tests/services/reading/test_bodies.py``.
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

MAX_PAGE_BYTES = 3 * 1024 * 1024
"""A page ends with the object that passes this: one publisher's large objects must not make it longer than its readers take.

Clients count on it: they bound a page by its bytes, and by what might be values in them (``breakwater_client``'s
``answer_bounds``).
"""

MAX_HELD_BYTES = 16 * 1024 * 1024
"""So much of what is no page (one id, as many publishers state it) is held in memory: it must not fill that."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies of an answer in its order, and the exchange's attestations of those objects that nobody signed."""

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
                some = _first_of(connection, rest, MAX_HELD_BYTES)
            rest = rest[len(some) :]
            for content in some:
                yield content.body


def _first_of(connection: Connection, version_ids: Sequence[int], most_bytes: int) -> list[Content]:
    """Read the first of these versions, up to the one that passes so many bytes, but at least one."""
    read = contents.contents(connection, version_ids, most_bytes)
    if version_ids[0] not in read:  # others filled it that come later
        read = contents.contents(connection, version_ids[:1], most_bytes)
    return [read[version_id] for version_id in takewhile(read.__contains__, version_ids)]


def page_bodies(connection: Connection, version_ids: Sequence[int]) -> Bodies:
    """Read the bodies of the first of these versions, as many as a page may have: at least one, unless there is none.

    The versions are those that a query of the same snapshot named, in the order of the page.
    """
    return _bodies(_first_of(connection, version_ids, MAX_PAGE_BYTES) if version_ids else ())


def read_bodies(again: Again, connection: Connection, version_ids: Sequence[int]) -> Bodies:
    """Read the bodies of all of these versions, that a query of the same snapshot named, in their order."""
    if not version_ids:
        return Bodies([], [])
    held = _bodies(_first_of(connection, version_ids, MAX_HELD_BYTES))
    rest = version_ids[len(held.objects) :]
    if not rest:
        return held
    attestations = held.attestations + contents.attestations(connection, rest)
    return Bodies(_Streamed(again, list(held.objects), rest), attestations)


def _bodies(read: Sequence[Content]) -> Bodies:
    return Bodies([one.body for one in read], [one.attestation for one in read if one.attestation is not None])
