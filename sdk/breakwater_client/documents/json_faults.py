"""The slow reading of JSON text: where and how a text breaks the rules of ``strict_json``.

Owns the sentences, codes and pointers of JSON refusals. Runs on refused texts only, and only over their beginning: whoever sends
a long fault must not make it costly. Builds no values and does not recurse. Kept by
``tests/client/documents/test_json_faults.py``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import NoReturn

from breakwater_client.documents.json_limits import MAX_DEPTH, MAX_NUMBER, MAX_NUMBER_LENGTH, MAX_STRING_BYTES
from breakwater_client.documents.pointers import pointer
from breakwater_client.errors import Code

_MOST_VALUES = 20_000  # that are read in search of the place
_MOST_CHARACTERS = 1024 * 1024
_SURELY_LONG = 6 * MAX_STRING_BYTES  # a byte is spelled with six characters at most

# Possessive, so that a text of sixteen million escapes needs no memory for ways back.
_STRING_BODY = re.compile(r'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+', re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", re.ASCII)
_WORD = re.compile(r"true|false|null")
_NOT_A_NUMBER = re.compile(r"NaN|-?Infinity")
_SPACE = re.compile(r"[ \t\n\r]*")
_TOO_LONG = f"Text and names have at most {MAX_STRING_BYTES} bytes each."


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a text breaks the rules; ``pointer`` is the place, or what holds it if it has no name to tell.

    ``line`` counts from 1; it is for whoever has the text in an editor, and is no part of what is answered.
    """

    code: Code
    sentence: str
    pointer: str
    line: int


def first_fault(text: str) -> Fault | None:
    """Give the first fault of ``text`` (unverified, any length) in the order of reading, or None if there is none.

    Only the first 20,000 values and about a million characters are read: a fault behind them is NOT found.
    The limits on the body's size are NOT checked: they come before decoding.
    """
    try:
        _Reading(text).run()
    except _FaultError as found:
        return found.fault
    return None


class _FaultError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


@dataclass(slots=True)
class _Container:
    """An open object (with the names seen in it) or list (``names`` None), and the member that is being read."""

    names: set[str] | None
    member: str | int | None = None


@dataclass(slots=True)
class _Reading:
    text: str
    at: int = 0
    containers: list[_Container] = field(default_factory=list)

    def run(self) -> None:
        self._read_value()
        read = 0
        while self.containers:
            if read == _MOST_VALUES or self.at > _MOST_CHARACTERS:
                return
            read += 1
            self._read_member(self.containers[-1])
        self._skip_space()
        if self.at < len(self.text):
            self._stop(Code.JSON_SYNTAX, "Nothing may follow the JSON value.")

    def _read_member(self, container: _Container) -> None:
        """Read on in the innermost container: its end, or one more member (of which a container is only opened)."""
        self._skip_space()
        closing = "]" if container.names is None else "}"
        if self._take(closing):
            self.containers.pop()
            return
        if container.member is not None and not self._take(","):
            self._stop(Code.JSON_SYNTAX, f'After a member comes "," or "{closing}".')
        if container.names is None:
            container.member = 0 if container.member is None else int(container.member) + 1
        else:
            container.member = self._read_name(container, container.names)
        self._read_value()

    def _read_name(self, container: _Container, names: set[str]) -> str:
        before, container.member = container.member, None  # whatever is wrong with a name is told of its object
        self._skip_space()
        if not self._take('"'):
            self._stop(Code.JSON_SYNTAX, "A member begins with its name in double quotes.")
        name = self._read_string()
        container.member = name
        if name in names:
            self._stop(Code.JSON_DUPLICATE_KEY, "A name stands twice in one object.")
        names.add(name)
        self._skip_space()
        if not self._take(":"):
            container.member = before
            self._stop(Code.JSON_SYNTAX, 'After the name of a member comes ":".')
        return name

    def _read_value(self) -> None:
        self._skip_space()
        if self._take("{"):
            self._open(_Container(names=set()))
        elif self._take("["):
            self._open(_Container(names=None))
        elif self._take('"'):
            self._read_string()
        elif word := _WORD.match(self.text, self.at):
            self.at = word.end()
        else:
            self._read_number()

    def _open(self, container: _Container) -> None:
        if len(self.containers) == MAX_DEPTH:
            self._stop(Code.JSON_TOO_DEEP, f"Objects and lists may be nested {MAX_DEPTH} deep.")
        self.containers.append(container)

    def _read_number(self) -> None:
        if _NOT_A_NUMBER.match(self.text, self.at):
            self._stop(Code.JSON_NUMBER_OUT_OF_RANGE, "JSON has no NaN and no infinity.")
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            self._stop(Code.JSON_SYNTAX, "Here a JSON value is missing or misspelt.")
        if len(number[0]) > MAX_NUMBER_LENGTH or abs(float(number[0])) > MAX_NUMBER:
            sentence = f"Numbers lie within ±(2^53-1) and have at most {MAX_NUMBER_LENGTH} characters."
            self._stop(Code.JSON_NUMBER_OUT_OF_RANGE, sentence)
        self.at = number.end()

    def _read_string(self) -> str:
        """Read a text whose opening quote is taken, and give what it spells."""
        body = _STRING_BODY.match(self.text, self.at, self.at + _SURELY_LONG + 6)
        end = body.end() if body else self.at
        if end - self.at > _SURELY_LONG:
            self._stop(Code.JSON_STRING_TOO_LONG, _TOO_LONG)
        if self.text[end : end + 1] != '"':
            self._stop_in_string(self.text[end : end + 1])
        content: str = json.loads(self.text[self.at - 1 : end + 1])
        self.at = end + 1
        if "\0" in content or not _is_unicode(content):
            self._stop(Code.JSON_STRING_FORBIDDEN, "Text may not hold NUL or half a surrogate pair.")
        if len(content.encode("utf-8")) > MAX_STRING_BYTES:
            self._stop(Code.JSON_STRING_TOO_LONG, _TOO_LONG)
        return content

    def _stop_in_string(self, character: str) -> NoReturn:
        if character == "\0":
            self._stop(Code.JSON_STRING_FORBIDDEN, "Text may not hold NUL or half a surrogate pair.")
        if character == "\\":
            self._stop(Code.JSON_SYNTAX, "Text holds an escape that JSON does not have.")
        if character:
            self._stop(Code.JSON_SYNTAX, "Control characters in text are written as escapes.")
        self._stop(Code.JSON_SYNTAX, "The body ends inside a text.")

    def _skip_space(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def _take(self, character: str) -> bool:
        if not self.text.startswith(character, self.at):
            return False
        self.at += 1
        return True

    def _stop(self, code: Code, sentence: str) -> NoReturn:
        line = self.text.count("\n", 0, self.at) + 1
        members = (container.member for container in self.containers)
        raise _FaultError(Fault(code, sentence, pointer(member for member in members if member is not None), line))


def _is_unicode(content: str) -> bool:
    try:
        content.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
