"""Objects packed into envelopes that one request can carry.

Owns the limits on an envelope and its idempotency key, which is made of its content: the same objects in the same order give the
same envelopes with the same keys, so that whatever was sent before an interruption is answered again and not done again. Kept by
``tests/client/talking/test_packing.py``.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import BreakwaterError, Code, MalformedInputError, TooLargeError

MOST_OBJECTS = 1_000
MOST_OBJECTS_ATOMIC = 5_000
MOST_BYTES = 15 * 1024 * 1024
MOST_VALUES = 1_400_000
"""Below what the exchange reads (16 MiB, 1.5 million values), so that an object is refused by its own size and not with its
envelope."""

_HEAD, _TAIL = b'{"objects":[', b"]}"

Origin = TypeVar("Origin")


@dataclass(frozen=True)  # no slots: `Packed[Origin]` could not be made under Python 3.11
class Packed(Generic[Origin]):
    """The body of one request, and where each of its objects came from, in order.

    Among the origins are those of objects that cannot be sent, each at its place; they are not in the body.
    """

    body: bytes
    origins: Sequence[Origin]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return self.body == _HEAD + _TAIL

    @property
    def idempotency_key(self) -> str:
        """The key: the SHA-256 of the body."""
        return f"sha256-{hashlib.sha256(self.body).hexdigest()}"

    def key_of(self, group: uuid.UUID | None = None, *, atomic: bool = False) -> str:
        """Give the key of the body as it is sent: to a group or not, all or none or not; sent otherwise it is something else."""
        return ".".join((self.idempotency_key, *(["atomic"] if atomic else []), *([] if group is None else [str(group)])))


@dataclass(slots=True)
class _Packing(Generic[Origin]):
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

    def packed(self) -> Packed[Origin]:
        return Packed(_HEAD + b",".join(self.contents) + _TAIL, tuple(self.origins))


def pack(objects: Iterable[tuple[Origin, bytes | None]], *, atomic: bool = False) -> Iterator[Packed[Origin]]:
    """Pack objects, each as the bytes of its JSON on one line (None: it is not sent), into as few envelopes as they fill.

    An envelope has at most 1,000 objects; one that is to be taken whole or not at all (``atomic``) 5,000.
    """
    most_objects = MOST_OBJECTS_ATOMIC if atomic else MOST_OBJECTS
    packing: _Packing[Origin] = _Packing()
    for origin, content in objects:
        if content is not None:
            if not packing.has_room_for(content, most_objects):
                yield packing.packed()
                packing = _Packing()
            packing.add(content)
        elif len(packing.origins) >= 2 * most_objects:
            yield packing.packed()
            packing = _Packing()
        packing.origins.append(origin)
    if packing.origins:
        yield packing.packed()


def why_too_large(content: bytes) -> TooLargeError | None:
    """Give why no envelope could carry an object; one that is merely too large for the exchange is left for it to refuse."""
    if len(_HEAD) + len(content) + len(_TAIL) <= MOST_BYTES and _values(content) <= MOST_VALUES:
        return None
    return TooLargeError("An object may have 1 MiB at most.", code=Code.OBJECT_TOO_LARGE, pointer="")


def why_unreadable(content: bytes) -> BreakwaterError | None:
    """Give why the exchange would refuse to read any envelope with this object, and so all others in it; pointers are within it.

    For what was made in a program. What was read strictly need not be asked for again.
    """
    try:
        parse(_HEAD + content + _TAIL)
    except (MalformedInputError, TooLargeError) as fault:
        place = None if fault.pointer is None else fault.pointer.removeprefix("/objects/0")
        return type(fault)(fault.sentence, code=fault.code, pointer=place)
    return None


def _values(content: bytes) -> int:
    """Count as the exchange does before it parses: no value is without a comma or a bracket, in texts or not."""
    return content.count(b",") + content.count(b"[") + content.count(b"{")
