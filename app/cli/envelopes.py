"""Files of objects cut into envelopes that one request can carry.

Owns where each object came from, and that markings go first; limits and keys are ``breakwater_client.talking.packing``'s. Kept by
``tests/cli/test_envelopes.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.cli.faults import CommandFault, ExitCode
from app.cli.object_sources import Source
from app.domain.errors import BreakwaterError
from breakwater_client.talking.packing import MOST_BYTES, MOST_OBJECTS_ATOMIC, Packed, pack, why_too_large

if TYPE_CHECKING:
    from breakwater_client.documents.read_object_file import Placed, Unreadable


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object came from: its file, its place in it, the id it states; and why it is not sent, if it cannot be."""

    file: str
    place: str
    stix_id: str | None = None
    fault: BreakwaterError | None = None
    looks_old: bool = False
    """Whether it has what only objects of STIX 2.0 have: a time of creation, and no ``spec_version``."""

    @classmethod
    def of(cls, file: str, reading: Placed | Unreadable) -> Origin:
        """Give the origin of what was read at one place of a file."""
        from breakwater_client.documents.read_object_file import Unreadable

        if isinstance(reading, Unreadable):
            return cls(file, reading.place, fault=reading.fault)
        value, stix_id = reading.value, reading.value.get("id")
        looks_old = "created" in value and "spec_version" not in value
        return cls(file, reading.place, stix_id if isinstance(stix_id, str) else None, looks_old=looks_old)


Envelope = Packed[Origin]
"""The body of one request, where each of its objects came from, and the key that says whether it was sent before."""


def envelopes(sources: Sequence[Source]) -> Iterator[Envelope]:
    """Cut the objects of files into as few envelopes as they fill one after the other: marking-definitions, then all others.

    Both in the order of the files: whatever names a marking is refused if the exchange does not know the marking by then.

    Raises:
        CommandFault: a file cannot be read as a whole.
    """
    return pack(_objects(sources))


def atomic_envelope(sources: Sequence[Source]) -> Envelope:
    """Put all objects of files into one envelope.

    Raises:
        CommandFault: they do not go into one, and no two requests are atomic together; or one of them cannot be sent at all.
    """
    packed = list(pack(_objects(sources), atomic=True))
    if len(packed) != 1:
        sentence = f"--atomic takes 1 to {MOST_OBJECTS_ATOMIC} objects of {MOST_BYTES // 1024 // 1024} MiB together."
        raise CommandFault(sentence, ExitCode.USAGE, code="not-atomic")
    for origin in packed[0].origins:
        if origin.fault is not None:
            sentence = f"{origin.file}, {origin.place}: {origin.fault.sentence} With --atomic nothing is sent."
            raise CommandFault(sentence, code=origin.fault.code.value, pointer=origin.fault.pointer)
    return packed[0]


def _objects(sources: Sequence[Source]) -> Iterator[tuple[Origin, bytes | None]]:
    for first in (True, False):
        for source in sources:
            with source.opened() as file:
                yield from (_packable(source, reading) for reading in file.readings() if _is_marking(reading) is first)


def _is_marking(reading: Placed | Unreadable) -> bool:
    from breakwater_client.documents.read_object_file import Placed

    return isinstance(reading, Placed) and reading.value.get("type") == "marking-definition"


def _packable(source: Source, reading: Placed | Unreadable) -> tuple[Origin, bytes | None]:
    from breakwater_client.documents.read_object_file import Unreadable, object_line

    origin = Origin.of(source.name, reading)
    if isinstance(reading, Unreadable):
        return origin, None
    content = object_line(reading.value)
    fault = why_too_large(content)
    return replace(origin, fault=fault), content if fault is None else None
