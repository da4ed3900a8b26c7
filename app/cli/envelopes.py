"""Files of objects cut into envelopes that one request can carry.

Owns the limits on an envelope and its idempotency key, which is made of its content: the same files give the same envelopes with
the same keys, so that whatever was sent before an interruption is answered again and not done again. Kept by
``tests/cli/test_envelopes.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.cli.faults import CommandFault, ExitCode
from app.cli.object_sources import Source
from app.domain.errors import BreakwaterError, Code, TooLargeError

if TYPE_CHECKING:
    from app.services.offline.read_object_file import Placed, Unreadable

MOST_OBJECTS = 1_000
MOST_OBJECTS_ATOMIC = 5_000
MOST_BYTES = 15 * 1024 * 1024
MOST_VALUES = 1_400_000
"""Below what the exchange reads (16 MiB, 1.5 million values), so that an object is refused by its own size and not with its
envelope."""

_HEAD, _TAIL = b'{"objects":[', b"]}"


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
        from app.services.offline.read_object_file import Unreadable

        if isinstance(reading, Unreadable):
            return cls(file, reading.place, fault=reading.fault)
        value, stix_id = reading.value, reading.value.get("id")
        looks_old = "created" in value and "spec_version" not in value
        return cls(file, reading.place, stix_id if isinstance(stix_id, str) else None, looks_old=looks_old)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The body of one request, where each of its objects came from, and the key that says whether it was sent before.

    Among the origins are those of objects that cannot be sent, each at its place in the order; they are not in the body.
    """

    body: bytes
    origins: Sequence[Origin]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return all(origin.fault is not None for origin in self.origins)

    @property
    def idempotency_key(self) -> str:
        """The key: the SHA-256 of the body."""
        return f"sha256-{hashlib.sha256(self.body).hexdigest()}"


@dataclass(slots=True)
class _Packing:
    """An envelope in the making."""

    origins: list[Origin] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    size: int = len(_HEAD) + len(_TAIL)
    values: int = 0

    def has_room_for(self, content: bytes, most_objects: int) -> bool:
        """Whether one more goes in; the first always does."""
        if not self.contents:
            return True
        room = self.size + len(content) + 1 <= MOST_BYTES and self.values + _values(content) <= MOST_VALUES
        return room and len(self.contents) < most_objects

    def add(self, content: bytes) -> None:
        self.contents.append(content)
        self.size += len(content) + 1
        self.values += _values(content)

    def envelope(self) -> Envelope:
        return Envelope(_HEAD + b",".join(self.contents) + _TAIL, tuple(self.origins))


def envelopes(sources: Sequence[Source]) -> Iterator[Envelope]:
    """Cut the objects of files into as few envelopes as they fill one after the other: marking-definitions, then all others.

    Both in the order of the files: whatever names a marking is refused if the exchange does not know the marking by then.

    Raises:
        CommandFault: a file cannot be read as a whole.
    """
    return _packed(_objects(sources), MOST_OBJECTS)


def atomic_envelope(sources: Sequence[Source]) -> Envelope:
    """Put all objects of files into one envelope.

    Raises:
        CommandFault: they do not go into one, and no two requests are atomic together; or one of them cannot be sent at all.
    """
    packed = list(_packed(_objects(sources), MOST_OBJECTS_ATOMIC))
    if len(packed) != 1:
        sentence = f"--atomic takes 1 to {MOST_OBJECTS_ATOMIC} objects of {MOST_BYTES // 1024 // 1024} MiB together."
        raise CommandFault(sentence, ExitCode.USAGE, code="not-atomic")
    for origin in packed[0].origins:
        if origin.fault is not None:
            sentence = f"{origin.file}, {origin.place}: {origin.fault.sentence} With --atomic nothing is sent."
            raise CommandFault(sentence, code=origin.fault.code.value, pointer=origin.fault.pointer)
    return packed[0]


def _objects(sources: Sequence[Source]) -> Iterator[tuple[Origin, bytes]]:
    for first in (True, False):
        for source in sources:
            with source.opened() as file:
                yield from (_packable(source, reading) for reading in file.readings() if _is_marking(reading) is first)


def _is_marking(reading: Placed | Unreadable) -> bool:
    from app.services.offline.read_object_file import Placed

    return isinstance(reading, Placed) and reading.value.get("type") == "marking-definition"


def _packable(source: Source, reading: Placed | Unreadable) -> tuple[Origin, bytes]:
    from app.services.offline.read_object_file import Unreadable, object_line

    origin = Origin.of(source.name, reading)
    if isinstance(reading, Unreadable):
        return origin, b""
    content = object_line(reading.value)
    return replace(origin, fault=_too_large(content)), content


def _too_large(content: bytes) -> BreakwaterError | None:
    """Give why no envelope could carry an object; one that is merely too large for the exchange is left for it to refuse."""
    if len(_HEAD) + len(content) + len(_TAIL) <= MOST_BYTES and _values(content) <= MOST_VALUES:
        return None
    return TooLargeError("An object may have 1 MiB at most.", code=Code.OBJECT_TOO_LARGE, pointer="")


def _values(content: bytes) -> int:
    """Count as the exchange does before it parses: no value is without a comma or a bracket, in texts or not."""
    return content.count(b",") + content.count(b"[") + content.count(b"{")


def _packed(objects: Iterable[tuple[Origin, bytes]], most_objects: int) -> Iterator[Envelope]:
    packing = _Packing()
    for origin, content in objects:
        if origin.fault is None:
            if not packing.has_room_for(content, most_objects):
                yield packing.envelope()
                packing = _Packing()
            packing.add(content)
        elif len(packing.origins) >= 2 * most_objects:
            yield packing.envelope()
            packing = _Packing()
        packing.origins.append(origin)
    if packing.origins:
        yield packing.envelope()
