"""Where the objects of a container of any size begin and end, found without building a value of it.

Owns the walk over the text: strings, brackets, and what stands between. Judges nothing inside an object: whoever reads one parses
it strictly. Needs no more memory than the largest member. Kept by ``tests/client/documents/test_cut_container.py``.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from breakwater_client.documents.strict_json import parse

Content = bytes | mmap.mmap
"""A file's content: its bytes, or the file itself as the system maps it."""

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)
_WORD = re.compile(rb'[^\s,:"\[\]{}]++')


@dataclass(frozen=True, slots=True)
class Container:
    """A container's members beside ``objects``, parsed strictly; where its list begins (None: it has none); how many it has."""

    members: dict[str, Any]
    begin: int | None
    count: int


def find_container(content: Content) -> Container | None:
    """Walk through a container once (unverified bytes); None if it is no JSON object with ``objects``, if any, a list.

    Raises:
        MalformedInputError, TooLargeError: a member beside the objects cannot be read.
    """
    try:
        return _walked(content)
    except ValueError:
        return None


def _walked(content: Content) -> Container:
    members: dict[str, Any] = {}
    begin, count = None, 0
    at = _after(content, _space(content, 0), b"{")
    while content[at : at + 1] != b"}":
        name, at = _name(content, at)
        if name in members or (name == "objects" and begin is not None):
            raise ValueError("a member twice")
        if name == "objects":
            begin = at
            count, at = _counted(content, at)
        else:
            end = _end_of_value(content, at)
            members[name], at = parse(content[at:end]), end
        at = _to_next(content, at, b"}")
    if _space(content, at + 1) != len(content):
        raise ValueError("more after the end")
    return Container(members, begin, count)


def objects_of(content: Content, container: Container) -> Iterator[bytes]:
    """Give the text of each member of the list that ``find_container`` found in this content."""
    if container.begin is not None:
        yield from (content[begin:end] for begin, end in _spans(content, container.begin))


def _counted(content: Content, at: int) -> tuple[int, int]:
    count, end = 0, _after(content, at, b"[")
    for _, end in _spans(content, at):  # noqa: B007  # the last one's end is what is wanted
        count += 1
    return count, _after(content, _space(content, end), b"]", space=False)


def _spans(content: Content, at: int) -> Iterator[tuple[int, int]]:
    at = _after(content, at, b"[")
    while content[at : at + 1] != b"]":
        end = _end_of_value(content, at)
        yield at, end
        at = _to_next(content, end, b"]")


def _name(content: Content, at: int) -> tuple[str, int]:
    """Give a member's name, and where its value begins."""
    found = _STRING.match(content, at)
    name = json.loads(found[0]) if found else None
    if not found or not isinstance(name, str):
        raise ValueError("no name")
    return name, _after(content, found.end(), b":")


def _end_of_value(content: Content, at: int) -> int:
    first = content[at : at + 1]
    if first not in {b"{", b"["}:
        found = (_STRING if first == b'"' else _WORD).match(content, at)
        if not found:
            raise ValueError("no value")
        return found.end()
    depth = 0
    while found := _TO_BRACKET.match(content, at):
        at = found.end()
        depth += 1 if found[1] in {b"{", b"["} else -1
        if not depth:
            return at
    raise ValueError("no end")


def _to_next(content: Content, at: int, end: bytes) -> int:
    """Give where the next member begins, or where the container ends."""
    at = _space(content, at)
    if content[at : at + 1] == end:
        return at
    at = _after(content, at, b",")
    if content[at : at + 1] == end:
        raise ValueError("a comma too many")
    return at


def _after(content: Content, at: int, mark: bytes, *, space: bool = True) -> int:
    at = _space(content, at)
    if content[at : at + 1] != mark:
        raise ValueError("another character")
    return _space(content, at + 1) if space else at + 1


def _space(content: Content, at: int) -> int:
    found = _SPACE.match(content, at)
    return found.end() if found else at
