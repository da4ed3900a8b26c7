"""Numbers of an object, in lists and scattered, that seem to be the bytes of something.

Kept by ``tests/stix/test_number_lists.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.domain.stix_object import JsonObject
from app.stix.media_signatures import is_media
from app.stix.packed_text import find_bytes

_BYTES_LISTED = 32
_MOST_BYTES_LISTED = 256
_WORDS_LISTED = 8
_BYTE_VALUES = frozenset(range(256))  # whole floats are in it, too
_WIDTHS = (2, 3, 4, 6)  # bytes in one number
_HEAD = 16  # numbers
_MOST_CONTAINERS = 5_000
_MOST_NUMBERS = 20_000  # that are looked at in one place
_DIGITS = 3  # of a byte
_BITS = ""  # which is no name of a property that has truths and numbers

_Path = tuple[str | int, ...]


def find_in_numbers(value: JsonObject) -> tuple[str, _Path] | None:
    """Give what the numbers of an object (unverified) seem to carry, in words for its author, and where; or None.

    Looked at are lists, the numbers anywhere in a member, those of the whole object, and those at places that differ by positions
    in lists alone, in order: as bytes (also written as short texts), signed bytes, bits, and bytes packed to wider numbers.
    Tables of counts have fewer different values than bytes do.
    """
    for name, member in value.items():
        found = _find_in_lists(member, name) or _find_scattered(member, (name,))
        if found:
            return found
    return _find_scattered(list(value.values()), ()) or _find_alike(value)


def _find_in_lists(member: Any, name: str) -> tuple[str, _Path] | None:
    """Look at each list in a member, of at most 5,000 containers."""
    waiting: list[tuple[_Path, Any]] = [((name,), member)]
    for _ in range(_MOST_CONTAINERS):
        if not waiting:
            return None
        path, holder = waiting.pop()
        found = _find_in_list(holder) if type(holder) is list else None
        if found:
            return found, path
        steps = holder.items() if type(holder) is dict else enumerate(holder) if type(holder) is list else ()
        waiting.extend(((*path, step), inner) for step, inner in steps if type(inner) is dict or type(inner) is list)
    return None


def _find_in_list(members: list[Any]) -> str | None:
    if len(members) < _WORDS_LISTED or type(members[0]) not in (int, float):
        return None
    if all(type(member) in (int, float) and int(member) == member for member in members[:_HEAD]) and _is_media_in_words(
        members[:_HEAD]
    ):
        return "an encoded file"
    if len(members) >= _BYTES_LISTED and all(type(member) is int and -128 <= member <= 255 for member in members):  # noqa: PLR2004  # a byte
        raw = bytes(member & 255 for member in members)
        return "a list of bytes" if len(raw) > _MOST_BYTES_LISTED else find_bytes(list(raw))
    return None


def _is_media_in_words(numbers: list[Any]) -> bool:
    whole = [int(number) for number in numbers]
    if all(-128 <= number <= 255 for number in whole):  # noqa: PLR2004  # a byte
        return is_media(bytes(number & 255 for number in whole))
    for width in _WIDTHS:
        if all(0 <= number < 1 << (8 * width) for number in whole):
            for order in ("big", "little"):
                if is_media(b"".join(number.to_bytes(width, order) for number in whole)):
                    return True
            break
    return False


def _find_scattered(holder: Any, path: _Path) -> tuple[str, _Path] | None:
    numbers = list(islice(_numbers(holder), _MOST_NUMBERS))
    if len(numbers) < _BYTES_LISTED:
        return None
    listed = [int(number) for number in numbers if number in _BYTE_VALUES]
    if 10 * len(listed) < 9 * len(numbers):
        return None
    found = find_bytes(listed)
    return (found, path) if found else None


def _find_alike(value: JsonObject) -> tuple[str, _Path] | None:
    """Look at the numbers under equal names in many objects of a list as at one list: each object may hold one byte."""
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    truths: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for names, leaf in islice(_leaves(value, ()), _MOST_NUMBERS):
        if type(leaf) is bool:
            truths[names].append(leaf)
        else:
            number = _byte(leaf)
            if number is not None:
                alike[names].append(number)
    for names, bits in truths.items():
        alike[*names, _BITS] = [int("".join(map(str, map(int, bits[at : at + 8]))), 2) for at in range(0, len(bits) - 7, 8)]
    for names, numbers in alike.items():
        found = find_bytes(numbers) if len(numbers) >= _BYTES_LISTED else None
        if found:
            return found, names[:1]
    return None


def _byte(leaf: Any) -> int | None:
    if type(leaf) is str and len(leaf) <= _DIGITS and leaf.isdecimal():
        leaf = int(leaf)
    return int(leaf) if type(leaf) in (int, float) and leaf in _BYTE_VALUES else None


def _leaves(holder: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if type(holder) is dict:
        for name, member in holder.items():
            yield from _leaves(member, (*names, name))
    elif type(holder) is list:
        for member in holder:
            yield from _leaves(member, names)
    elif holder is not None:
        yield names, holder


def _numbers(holder: Any) -> Iterator[int | float]:
    if type(holder) is int or type(holder) is float:
        yield holder
    elif type(holder) is dict or type(holder) is list:
        for member in holder.values() if type(holder) is dict else holder:
            yield from _numbers(member)
