"""What lies in a partner's file: one STIX object, a bundle, an envelope of objects, or NDJSON, one object a line.

Owns finding the objects in it, strictly parsed, and writing such a file again with other objects. For the partner's side: files
may be larger than one request, since whoever submits them sends them in parts. Looks at no STIX beyond a bundle's version. Kept
by ``tests/client/documents/test_read_object_file.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

from breakwater_client.documents.cut_container import Content, find_container, objects_of
from breakwater_client.documents.json_limits import MAX_BODY_BYTES, MAX_DEPTH
from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import BreakwaterError, Code, MalformedInputError
from breakwater_client.trust.canonical import canonical_bytes

_INK = re.compile(rb"[^ \t\r\n]")
_ENVELOPE_DEPTH = 2
_OTHER_FORMATS = {
    b"\x1f\x8b": "The file is compressed with gzip; unpack it first.",
    b"PK\x03\x04": "The file is a ZIP archive; unpack it first.",
    b"BZh": "The file is compressed with bzip2; unpack it first.",
    b"\xfd7zXZ": "The file is compressed with xz; unpack it first.",
    b"\x28\xb5\x2f\xfd": "The file is compressed with zstd; unpack it first.",
    b"breakwater-seal": "The file is sealed to a partner's key; open it first with breakwater export decrypt.",
    b"<": "The file is XML, such as STIX 1; the exchange takes STIX 2.1, in JSON.",
}
_STIX_2_0 = "The bundle is STIX 2.0; the exchange takes STIX 2.1. Export it as 2.1 from where it comes, or convert it first."


@unique
class Form(StrEnum):
    """How a file holds its objects."""

    BUNDLE = "bundle"
    ENVELOPE = "envelope"
    LINES = "lines"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Placed:
    """One object of a file and where it stood: a JSON pointer, or ``line N`` of NDJSON."""

    place: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place of a file where an object should be, and why none can be read there; the fault's pointer is within the object."""

    place: str
    fault: BreakwaterError


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """A file's form, what it says beside its objects, and the objects: read one by one, as often as wanted, in their order."""

    form: Form
    members: dict[str, Any]
    count: Callable[[], int] = field(repr=False)
    """How many objects or unreadable places there are; NDJSON is gone through for it."""

    readings: Callable[[], Iterator[Placed | Unreadable]] = field(repr=False)
    """Go through the objects, past those that cannot be read."""

    def __iter__(self) -> Iterator[Placed]:
        """Go through the objects.

        Raises:
            MalformedInputError, TooLargeError: as ``strict_json.parse`` does, at the first one that cannot be read; a line's
                number is then in the sentence.
        """
        for reading in self.readings():
            if isinstance(reading, Unreadable):
                raise placed_fault(reading.place, reading.fault)
            yield reading


def placed_fault(place: str, fault: BreakwaterError) -> BreakwaterError:
    """Give the same fault of an object, saying where in the file it stands."""
    if place.startswith("line"):
        return type(fault)(f"{place}: {fault.sentence}", code=fault.code, pointer=fault.pointer)
    return type(fault)(fault.sentence, code=fault.code, pointer=place + (fault.pointer or ""))


def read_object_file(content: Content) -> ObjectFile:
    """Find the objects in a file's content (unverified bytes), which may be of any size; each object within 16 MiB.

    NDJSON is told by a first line that is a JSON object with more lines after it; an empty file is NDJSON of no objects. An
    object whose type is ``bundle``, or that has ``objects`` and no type, is a container; any other object is one itself.

    Raises:
        MalformedInputError, TooLargeError: not JSON as the exchange reads it, no object, or a bundle of STIX 2.0.
    """
    found = _INK.search(content)
    if found is None or _is_lines(content, found.start()):
        return ObjectFile(Form.LINES, {}, lambda: sum(1 for _ in _lines(content)), lambda: _read_each(_lines(content)))
    if len(content) > MAX_BODY_BYTES:
        sentence = "The file is larger than 16 MiB and neither NDJSON nor a container of STIX objects."
        return _container(content) or _refuse(content, MalformedInputError(sentence, code=Code.JSON_SYNTAX, pointer=""))
    try:
        value = parse(content[:])
    except BreakwaterError as fault:
        return _container(content) or _refuse(content, fault)
    return _whole(value)


def write_object_file(form: Form, members: dict[str, Any], objects: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Give the pieces of a file of this form: each object in canonical form on a line of its own, so that files compare well."""
    contents = map(canonical_bytes, objects)
    if form in {Form.LINES, Form.OBJECT}:
        yield from (content + b"\n" for content in contents)
        return
    yield canonical_bytes(members)[:-1] + (b"," if members else b"") + b'"objects":['
    for number, content in enumerate(contents):
        yield (b",\n" if number else b"\n") + content
    yield b"\n]}\n"


def object_line(value: dict[str, Any]) -> bytes:
    """Give the canonical bytes of one object (RFC 8785), as a line of NDJSON holds it, without the line's end."""
    return canonical_bytes(value)


def _is_lines(content: Content, begin: int) -> bool:
    end = content.find(b"\n", begin)
    if end < 0 or not _INK.search(content, end):
        return False
    try:
        return isinstance(json.loads(content[begin:end]), dict)
    except (ValueError, RecursionError):
        return False


def _lines(content: Content) -> Iterator[tuple[str, bytes]]:
    start, number = 0, 0
    while start < len(content):  # not splitlines(): that would double the memory, and break lines at U+2028
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        number += 1
        line = content[start:end].strip(b" \t\r\n")
        start = end + 1
        if line:
            yield f"line {number}", line


def _whole(value: Any) -> ObjectFile:
    """Give a file that was parsed in one go."""
    if not isinstance(value, dict):
        raise MalformedInputError("A file holds a STIX object, a bundle, or one object a line.", pointer="")
    form = _form_of(value)
    if form is Form.OBJECT:
        return ObjectFile(form, {}, lambda: 1, lambda: iter([_judged("", value)]))
    objects = value.pop("objects", [])
    if not isinstance(objects, list):
        raise MalformedInputError("objects is a list of STIX objects.", pointer="/objects")
    _refuse_old(value)
    return ObjectFile(form, value, lambda: len(objects), lambda: (_judged(f"/objects/{n}", one) for n, one in enumerate(objects)))


def _container(content: Content) -> ObjectFile | None:
    """Cut a container that is too large to be parsed in one go, or that holds something unreadable; None if it is none."""
    container = find_container(content)
    if container is None:
        return None
    form = _form_of(container.members if container.begin is None else {**container.members, "objects": []})
    if form is Form.OBJECT:
        return None
    _refuse_old(container.members)

    def places() -> Iterator[tuple[str, bytes]]:
        return ((f"/objects/{number}", text) for number, text in enumerate(objects_of(content, container)))

    return ObjectFile(form, container.members, lambda: container.count, lambda: _read_each(places()))


def _read_each(places: Iterable[tuple[str, bytes]]) -> Iterator[Placed | Unreadable]:
    for place, text in places:
        try:
            value = parse(text)
        except BreakwaterError as fault:
            yield Unreadable(place, fault)
        else:
            yield _judged(place, value)


def _judged(place: str, value: Any) -> Placed | Unreadable:
    if not isinstance(value, dict):
        return Unreadable(place, MalformedInputError("This is no STIX object.", pointer=""))
    if _is_deep(value):
        return Unreadable(place, MalformedInputError("The value is nested too deeply.", code=Code.JSON_TOO_DEEP))
    return Placed(place, value)


def _is_deep(value: dict[str, Any]) -> bool:
    """Whether an object passes the limit on depth once an envelope stands around it."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH - _ENVELOPE_DEPTH):
        members = (member for one in level for member in (one.values() if isinstance(one, dict) else one))
        level = [member for member in members if isinstance(member, (dict, list))]
    return bool(level)


def _form_of(value: dict[str, Any]) -> Form:
    if value.get("type") == "bundle":
        return Form.BUNDLE
    return Form.ENVELOPE if "objects" in value and "type" not in value else Form.OBJECT


def _refuse_old(members: dict[str, Any]) -> None:
    if members.get("spec_version") == "2.0":
        raise MalformedInputError(_STIX_2_0, pointer="/spec_version")


def _refuse(content: Content, fault: BreakwaterError) -> ObjectFile:
    """Refuse a file that cannot be read, in the words of its format if that is known."""
    head = content[:16].lstrip()
    for magic, sentence in _OTHER_FORMATS.items():
        if head.startswith(magic):
            raise MalformedInputError(sentence, code=Code.JSON_SYNTAX, pointer="")
    raise fault
