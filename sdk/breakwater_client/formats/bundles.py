"""STIX bundles: a file is one bundle of STIX 2.1, with each object's stored bytes on a line of its own.

Owns the form. The bundle's id is random and says nothing. A bundle without objects has no ``objects`` (STIX 2.1 §2.8: lists are
not empty). Attestations go beside it, as beside NDJSON. Kept by ``tests/client/formats/test_bundles.py``.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from breakwater_client.errors import MalformedInputError
from breakwater_client.formats.lines import MAX_LINE_BYTES, AttestationLines, split_lines
from breakwater_client.formats.port import MAIN, ExportedBodies, Out, Outs

_BEGIN = re.compile(rb'\{"id":"bundle--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",')
_OBJECTS = b'"objects":['
_TYPE = b'"type":"bundle"}'
_END = b"]," + _TYPE


class BundleWriter:
    """Writes a bundle in canonical order of members: id, objects, type."""

    def __init__(self, outs: Outs) -> None:
        """Begin the main file; that of the attestations is begun with the first one."""
        self._main = outs(MAIN)
        self._main.write(_begin())
        self._attested = AttestationLines(outs)
        self._counts: Counter[str] = Counter()

    def add(self, versions: ExportedBodies) -> None:
        """Write some versions, in order."""
        begin = b",\n" if self._counts else _OBJECTS + b"\n"
        self._main.write(begin + b",\n".join(versions.bodies))
        self._attested.add(versions)
        self._counts.update(versions.stix_types)

    def close(self) -> Mapping[str, Mapping[str, int]]:
        """Write the end. Gives the counts by table."""
        self._main.write(b"\n" + (_END if self._counts else _TYPE) + b"\n")
        return {MAIN: dict(self._counts), **self._attested.counts()}


def read_bundle(pieces: Iterable[bytes], most: int = MAX_LINE_BYTES) -> Iterator[bytes]:
    """Give the bytes of each object of a bundle as ``BundleWriter`` writes it (unverified bytes). JSON is NOT parsed.

    Bundles of others are refused: ``services/offline/read_object_file`` reads any.

    Raises:
        MalformedInputError: another layout, or cut off.
        TooLargeError: an object of more than ``most`` bytes.
    """
    lines = split_lines(pieces, most)
    first = next(lines, b"")
    begin = _BEGIN.match(first)
    if begin is None or first[begin.end() :] not in {_OBJECTS, b""}:
        raise _malformed()
    yield from _objects(lines) if first.endswith(_OBJECTS) else _none(lines)
    if next(lines, None) is not None:
        raise _malformed()


def keep_in_bundle(pieces: Iterable[bytes], out: Out, keeps: Callable[[bytes], bool]) -> None:
    """Write a bundle of those objects of another (unverified bytes) that are to be kept. Raises as ``read_bundle``."""
    out.write(_begin())
    before = _OBJECTS
    for content in read_bundle(pieces):
        if keeps(content):
            out.write(before + b"\n" + content)
            before = b","
    out.write(b"\n" + (_TYPE if before is _OBJECTS else _END) + b"\n")


def _begin() -> bytes:
    return b'{"id":"bundle--%b",' % str(uuid.uuid4()).encode()


def _objects(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Give the objects up to the line that ends the list: each but the last has a comma after it."""
    goes_on = True
    while goes_on:
        line = next(lines, b"")
        goes_on = line.endswith(b",")
        content = line[:-1] if goes_on else line
        if not (content.startswith(b"{") and content.endswith(b"}")):
            raise _malformed()
        yield content
    if next(lines, None) != _END:
        raise _malformed()


def _none(lines: Iterator[bytes]) -> Iterator[bytes]:
    if next(lines, None) != _TYPE:
        raise _malformed()
    return iter(())


def _malformed() -> MalformedInputError:
    return MalformedInputError("The file is no bundle as the exchange writes it.")
