"""Files of signed objects cut into envelopes that one request can carry.

Owns the limits on an envelope and its idempotency key, which is made of its content: the same files give the same envelopes with
the same keys, so that whatever was sent before an interruption is answered again and not done again. Kept by
``tests/cli/test_envelopes.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.cli.faults import CommandFault, ExitCode

MOST_OBJECTS = 1_000
MOST_OBJECTS_ATOMIC = 5_000
MOST_BYTES = 15 * 1024 * 1024
"""Below what the exchange reads (16 MiB), so that an object is refused by its own size and not with its envelope."""

_HEAD, _TAIL = b'{"objects":[', b"]}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object came from: its file, and its place in it."""

    file: str
    place: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """The body of one request, where each of its objects came from, and the key that says whether it was sent before."""

    body: bytes
    origins: Sequence[Origin]

    @property
    def idempotency_key(self) -> str:
        """The key: the SHA-256 of the body."""
        return f"sha256-{hashlib.sha256(self.body).hexdigest()}"


def envelopes(files: Iterable[Path]) -> Iterator[Envelope]:
    """Cut the objects of files, in their order, into as few envelopes as they fill one after the other.

    Raises:
        MalformedInputError, TooLargeError: a file, or an object in it, cannot be read.
    """
    return _packed(_objects(files), MOST_OBJECTS)


def atomic_envelope(files: Iterable[Path]) -> Envelope:
    """Put all objects of files into one envelope.

    Raises:
        CommandFault: they do not go into one, and no two requests are atomic together.
    """
    packed = list(_packed(_objects(files), MOST_OBJECTS_ATOMIC))
    if len(packed) != 1:
        sentence = f"--atomic takes 1 to {MOST_OBJECTS_ATOMIC} objects of {MOST_BYTES // 1024 // 1024} MiB together."
        raise CommandFault(sentence, ExitCode.USAGE, code="not-atomic")
    return packed[0]


def _objects(files: Iterable[Path]) -> Iterator[tuple[Origin, bytes]]:
    from app.services.read_object_file import object_line, read_object_file

    for file in files:
        for placed in read_object_file(file.read_bytes()):
            yield Origin(str(file), placed.place), object_line(placed.value)


def _packed(objects: Iterable[tuple[Origin, bytes]], most_objects: int) -> Iterator[Envelope]:
    origins: list[Origin] = []
    contents: list[bytes] = []
    size = len(_HEAD) + len(_TAIL)
    for origin, content in objects:
        if contents and (len(contents) == most_objects or size + len(content) + 1 > MOST_BYTES):
            yield Envelope(_HEAD + b",".join(contents) + _TAIL, tuple(origins))
            origins, contents, size = [], [], len(_HEAD) + len(_TAIL)
        origins.append(origin)
        contents.append(content)
        size += len(content) + 1
    if contents:
        yield Envelope(_HEAD + b",".join(contents) + _TAIL, tuple(origins))
