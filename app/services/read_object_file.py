"""What lies in a partner's file: one STIX object, a bundle, an envelope of objects, or NDJSON, one object a line.

Owns finding the objects in it, strictly parsed, and writing such a file again with other objects. For the partner's side: files
may be larger than one request, since whoever submits them sends them in parts. Looks at no STIX. Kept by
``tests/services/test_read_object_file.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

from app.crypto.canonical import canonical_bytes
from app.domain.errors import Code, MalformedInputError
from app.stix.json_limits import MAX_BODY_BYTES
from app.stix.strict_json import parse

_SCAN = json.JSONDecoder().raw_decode


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
class ObjectFile:
    """A file's form, what it says beside its objects, and the objects: read one by one, as often as wanted, in their order.

    Going through the objects raises ``MalformedInputError`` and ``TooLargeError`` as ``strict_json.parse`` does, at the first one
    that cannot be read; a line's number is then in the sentence.
    """

    form: Form
    members: dict[str, Any]
    _objects: Callable[[], Iterator[Placed]] = field(repr=False)

    def __iter__(self) -> Iterator[Placed]:
        """Go through the objects."""
        return self._objects()


def read_object_file(raw: bytes) -> ObjectFile:
    """Find the objects in a file's content (unverified bytes), which may be of any size; each object within 16 MiB.

    NDJSON is told by a first line that is a JSON object with more lines after it; an empty file is NDJSON of no objects. An
    object whose type is ``bundle``, or that has ``objects`` and no type, is a container; any other object is one itself.

    Raises:
        MalformedInputError: not JSON as the exchange reads it, or no object.
    """
    if not raw or raw.isspace() or _is_lines(raw):
        return ObjectFile(Form.LINES, {}, lambda: _lines(raw))
    if len(raw) > MAX_BODY_BYTES:
        return _large_container(raw)
    value = parse(raw)
    if not isinstance(value, dict):
        raise MalformedInputError("A file holds a STIX object, a bundle, or one object a line.", pointer="")
    form = _form_of(value)
    if form is Form.OBJECT:
        return ObjectFile(form, {}, lambda: iter([Placed("", value)]))
    objects = value.pop("objects", [])
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise MalformedInputError("objects is a list of STIX objects.", pointer="/objects")
    return ObjectFile(form, value, lambda: (Placed(f"/objects/{n}", one) for n, one in enumerate(objects)))


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


def _is_lines(raw: bytes) -> bool:
    first, _, rest = raw.lstrip(b" \t\r\n").partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _lines(raw: bytes) -> Iterator[Placed]:
    start, number = 0, 0
    while start < len(raw):  # not splitlines(): that would double the memory, and break lines at U+2028
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        number += 1
        line = raw[start:end].strip()
        start = end + 1
        if line:
            yield Placed(f"line {number}", _object_of(line, f"line {number}"))


def _object_of(text: bytes, place: str) -> dict[str, Any]:
    try:
        value = parse(text)
    except MalformedInputError as fault:
        raise MalformedInputError(f"{place}: {fault.sentence}", code=fault.code, pointer=fault.pointer) from None
    if not isinstance(value, dict):
        raise MalformedInputError(f"{place}: this is no STIX object.", pointer="")
    return value


def _form_of(value: dict[str, Any]) -> Form:
    if value.get("type") == "bundle":
        return Form.BUNDLE
    return Form.ENVELOPE if "objects" in value and "type" not in value else Form.OBJECT


def _large_container(raw: bytes) -> ObjectFile:
    """Cut a container that is too large to be parsed in one go: the scanner finds where each object ends."""
    try:
        members, slices = _cut(raw.decode("utf-8"))
    except (ValueError, IndexError, RecursionError):
        sentence = "The file is larger than 16 MiB and neither NDJSON nor a container of STIX objects."
        raise MalformedInputError(sentence, code=Code.JSON_SYNTAX, pointer="") from None
    form = _form_of({**members, "objects": []})
    return ObjectFile(form, members, lambda: (Placed(place, _object_of(text.encode(), place)) for place, text in slices))


def _cut(text: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    members: dict[str, Any] = {}
    slices: list[tuple[str, str]] = []
    at = _after(text, _space(text, 0), "{")
    while text[at] != "}":
        name, at = _SCAN(text, at)
        if not isinstance(name, str) or name in members:
            raise ValueError
        at = _after(text, at, ":")
        if name == "objects" and text[at] == "[":
            members[name] = None
            at = _cut_list(text, _after(text, at, "["), slices)
        else:
            begun = at
            _, at = _SCAN(text, begun)
            members[name] = parse(text[begun:at].encode())
        at = _to_next(text, at, "}")
    if text[at + 1 :].strip():
        raise ValueError
    if members.pop("objects", 0) is not None:  # absent, or no list
        raise ValueError
    return members, slices


def _cut_list(text: str, at: int, slices: list[tuple[str, str]]) -> int:
    while text[at] != "]":
        _, end = _SCAN(text, at)
        slices.append((f"/objects/{len(slices)}", text[at:end]))
        at = _to_next(text, end, "]")
    return at + 1


def _to_next(text: str, at: int, end: str) -> int:
    """Give where the next member begins, or where the container ends."""
    at = _space(text, at)
    if text[at] == end:
        return at
    at = _after(text, at, ",")
    if text[at] == end:
        raise ValueError
    return at


def _after(text: str, at: int, mark: str) -> int:
    at = _space(text, at)
    if text[at] != mark:
        raise ValueError
    return _space(text, at + 1)


def _space(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at
