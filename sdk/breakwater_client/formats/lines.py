"""STIX as NDJSON: each object's stored bytes on a line of their own, in UTF-8, ended by LF.

Owns the form. What the exchange attests of objects that nobody signed has a file of its own, one DSSE envelope a line, in the
order of the objects. Does not parse JSON. Kept by ``tests/client/formats/test_lines.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from breakwater_client.errors import MalformedInputError, TooLargeError
from breakwater_client.formats.port import ATTESTATIONS, MAIN, ExportedBodies, Out, Outs

MAX_LINE_BYTES = 16 * 1024 * 1024
"""So long is a line that is read, at most: as long as a whole request may be."""


class LinesWriter:
    """Writes NDJSON: bodies are joined, and not looked into."""

    def __init__(self, outs: Outs) -> None:
        """Begin the main file; that of the attestations is begun with the first one."""
        self._outs = outs
        self._main = outs(MAIN)
        self._attested = AttestationLines(outs)
        self._counts: Counter[str] = Counter()

    def add(self, versions: ExportedBodies) -> None:
        """Write some versions, in order."""
        self._main.write(b"\n".join([*versions.bodies, b""]))
        self._attested.add(versions)
        self._counts.update(versions.stix_types)

    def close(self) -> Mapping[str, Mapping[str, int]]:
        """Give the counts by table; everything is written already."""
        return {MAIN: dict(self._counts), **self._attested.counts()}


class AttestationLines:
    """Writes the file of attestations beside a main file, if there are any."""

    def __init__(self, outs: Outs) -> None:
        """Begin nothing yet."""
        self._outs = outs
        self._out: Out | None = None
        self._counts: Counter[str] = Counter()

    def add(self, versions: ExportedBodies) -> None:
        """Write the attestations of those versions that have one."""
        attested = [(one, kind) for one, kind in zip(versions.attestations, versions.stix_types, strict=True) if one is not None]
        if not attested:
            return
        if self._out is None:
            self._out = self._outs(ATTESTATIONS)
        self._out.write("".join([one + "\n" for one, _ in attested]).encode())
        self._counts.update([kind for _, kind in attested])

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Give how many attestations of objects of each type there are, by table; nothing without any."""
        return {} if self._out is None else {ATTESTATIONS: dict(self._counts)}


def read_lines(pieces: Iterable[bytes], most: int = MAX_LINE_BYTES) -> Iterator[bytes]:
    """Give the lines of a file (unverified bytes) without their ends. JSON is NOT parsed, but each begins and ends as an object.

    Raises:
        MalformedInputError: a line that is no object, or no LF at the end.
        TooLargeError: a line of more than ``most`` bytes; no more than that and one piece is held.
    """
    return map(_object, split_lines(pieces, most))


def keep_lines(pieces: Iterable[bytes], out: Out, keeps: Callable[[bytes], bool]) -> None:
    """Write those lines of a file (unverified bytes) that are to be kept, as they are. Raises as ``read_lines``."""
    for line in read_lines(pieces):
        if keeps(line):
            out.write(line + b"\n")


def split_lines(pieces: Iterable[bytes], most: int = MAX_LINE_BYTES) -> Iterator[bytes]:
    """Give lines, whatever they hold, without their ends. Raises as ``read_lines``."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        first, *rest = piece.split(b"\n")
        held.append(first)
        size += len(first)
        if size > most:
            raise TooLargeError("A line is longer than any object may be.")
        if rest:
            yield b"".join(held)
            yield from rest[:-1]
            held, size = [rest[-1]], len(rest[-1])
    if size:
        raise MalformedInputError("The file is cut off: its last line has no end.")


def _object(line: bytes) -> bytes:
    if not (line.startswith(b"{") and line.endswith(b"}")):
        raise MalformedInputError("A line is no object.")
    return line
