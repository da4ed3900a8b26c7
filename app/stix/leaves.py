"""The texts of an object: quickly, to be looked at together, and one by one with their places; and which of them stand together.

Owns what is no text because it is an id, a reference or a time. Judges nothing. Kept by ``tests/stix/test_leaves.py``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.domain.stix_object import JsonObject
from app.stix.disguises import plain
from app.stix.identifiers import named_type
from app.stix.suspicion import is_dense

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,20})?Z", re.ASCII)
_LONG_NAME = 16  # characters
_MANY_MEMBERS = 24
_MANY_NUMBERS = 8
_FEW_PIECES = 3
_MANY_ALIKE = 32  # objects in one list; below it no numbers in them hold even the beginning of a picture
_LONGEST_BYTE = 3  # digits
_MANY_LEAVES = 2_000  # above, they are taken together as they come, only
_DIGITS = re.compile("[0-9]+")

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Leaves:
    """The texts of an object, its conspicuous names, how many ``members``; ``has_mark`` if its build calls for a close look."""

    texts: list[str] = field(default_factory=list)
    has_mark: bool = False
    members: int = 0

    def read(self, holder: JsonObject) -> None:
        """Read an object, with everything inside."""
        self.members += len(holder)
        if len(holder) >= _MANY_MEMBERS or holder.get("type") == "artifact":
            self.has_mark = True
        for name, member in holder.items():
            if len(name) >= _LONG_NAME or not name.islower() or not name.isascii():
                self._read_text(name)
                self.has_mark = self.has_mark or "payload" in plain(name).casefold()
            elif name == "payload_bin" or "payloadb" in name:
                self.has_mark = True
            kind = type(member)
            if kind is str:
                self._read_text(member)
            elif kind is dict:
                self.read(member)
            elif kind is list:
                self._read_list(member)

    def _read_text(self, text: str) -> None:
        if not _is_prescribed(text):
            self.texts.append(text)

    def _read_list(self, members: list[Any]) -> None:
        self.members += len(members)
        first = type(members[0]) if members else None
        if first is dict and len(members) >= _MANY_ALIKE:
            self.has_mark = self.has_mark or _holds_numbers(members[0])
        if (first is list or first is int or first is float) and len(members) >= _FEW_PIECES:
            self.has_mark = self.has_mark or first is list or len(members) >= _MANY_NUMBERS
        before = len(self.texts)
        for member in members:
            kind = type(member)
            if kind is str:
                self._read_text(member)
            elif kind is dict:
                self.read(member)
            elif kind is list:
                self._read_list(member)
        if len(members) >= _FEW_PIECES and not self.has_mark and is_dense(self.texts[before:]):
            self.has_mark = True


def _holds_numbers(member: Any) -> bool:
    """Whether a value is, or has inside, a number, a truth or a text that may be one byte."""
    if type(member) is dict or type(member) is list:
        return any(map(_holds_numbers, member.values() if type(member) is dict else member))
    if type(member) is str:
        return len(member) <= _LONGEST_BYTE and member.isdecimal()
    return member is not None


def _is_prescribed(text: str) -> bool:
    """Whether a text is a STIX id or a time, whose forms leave no room for anything else."""
    if text[4:5] == "-":
        return _TIME.fullmatch(text) is not None
    return "--" in text and named_type(text) is not None


class Leaf(NamedTuple):
    """One text, or one name, with its place (of a name: the place of its object)."""

    path: Path
    text: str
    is_name: bool = False


def leaves_of(value: Any, path: Path = ()) -> Iterator[Leaf]:
    """Give every text and every name of a value, in order; ids, references and times that have their form are left out."""
    if type(value) is dict:
        for name, member in value.items():
            if not _is_prescribed(name):
                yield Leaf(path, name, is_name=True)
            if type(member) is str:
                if not _is_prescribed(member):
                    yield Leaf((*path, name), member)
            else:
                yield from leaves_of(member, (*path, name))
    elif type(value) is list:
        for position, member in enumerate(value):
            if type(member) is str:
                if not _is_prescribed(member):
                    yield Leaf((*path, position), member)
            else:
                yield from leaves_of(member, (*path, position))


def groups(leaves: list[Leaf], longest: int) -> Iterator[tuple[Path, list[str]]]:
    """Give the texts of at most ``longest`` characters that could be pieces of one, with a place that holds them all.

    Together are: the texts of one object or list; its names; texts at places that differ by numbers only, such as the
    descriptions of all citations; and all of them. Each in order, and in the order of the numbers in their names.
    """
    short = [leaf for leaf in leaves if len(leaf.text) <= longest]
    if len(short) > _MANY_LEAVES:
        yield (), [leaf.text for leaf in short if not leaf.is_name]
        yield (), [leaf.text for leaf in short if leaf.is_name]
        return
    together: dict[tuple[Path, str], list[Leaf]] = defaultdict(list)
    for leaf in short:
        if leaf.is_name:
            together[leaf.path, "names"].append(leaf)
        else:
            together[leaf.path[:-1], "texts"].append(leaf)
            together[_shape(leaf.path), "shape"].append(leaf)
    together[(), "all"] = [leaf for leaf in short if not leaf.is_name]
    for (path, kind), members in together.items():
        if len(members) > 1:
            place = path if kind in ("names", "texts") else _common(members[0].path, members[-1].path)
            texts = [leaf.text for leaf in members]
            yield place, texts
            ordered = [leaf.text for leaf in sorted(members, key=_numbers)]
            if ordered != texts:
                yield place, ordered


def _shape(path: Path) -> Path:
    return tuple(0 if isinstance(step, int) else _DIGITS.sub("0", step) for step in path)


def _numbers(leaf: Leaf) -> list[int]:
    steps = [leaf.text] if leaf.is_name else leaf.path
    return [int(number[:18]) for step in steps for number in ([str(step)] if isinstance(step, int) else _DIGITS.findall(step))]


def _common(one: Path, other: Path) -> Path:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]
