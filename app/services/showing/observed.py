"""What can be looked for in an object: an observable's own values and hashes, and the constants of a STIX pattern.

Owns what is told apart; how it is spelled on a page is the page's. Patterns of other languages are not read. Kept by
``tests/services/showing/test_observed.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.stix.pattern_tokens import tokens_of

_VALUES = ("value", "account_login", "user_id", "token", "room_id", "path", "subject", "display_name")
_COMPARED = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">=", "LIKE", "MATCHES", "IN"})
_HASHES = ("MD5", "PDQ", "PHOTODNA", "SHA", "SSDEEP", "TLSH", "VPDQ")


@dataclass(frozen=True, slots=True)
class ObservedValue:
    """A value as it is stored: of which type of observable, in which member or by which hash (empty: its value)."""

    type: str
    member: str
    value: str


def observed_in(value: Mapping[str, Any]) -> Iterator[ObservedValue]:
    """Give what can be looked for in an object (as stored) itself."""
    if "modified" not in value:
        yield from (
            ObservedValue(value["type"], "" if name == "value" else name, value[name])
            for name in _VALUES
            if _is_text(value, name)
        )
        hashes = value.get("hashes")
        yield from (
            (ObservedValue(value["type"], name, str(one)) for name, one in hashes.items()) if isinstance(hashes, Mapping) else ()
        )
    if value.get("pattern_type") == "stix" and _is_text(value, "pattern"):
        yield from _of_pattern(value["pattern"])


def _is_text(value: Mapping[str, Any], name: str) -> bool:
    return isinstance(value.get(name), str)


def _of_pattern(pattern: str) -> Iterator[ObservedValue]:
    """Give each text constant of a pattern with what it is compared with."""
    kinds, texts = tokens_of(pattern) or ([], [])
    type_name, steps, is_compared = "", list[str](), False
    for place, (kind, text) in enumerate(zip(kinds, texts, strict=True)):
        if kind in {"name", "hyphenated"} and texts[place + 1 : place + 2] == [":"]:
            type_name, steps, is_compared = text, [], False
        elif kind in _COMPARED:
            is_compared = True
        elif is_compared and kind == "string":
            yield ObservedValue(type_name, _hash_of(steps), text[1:-1].replace("\\'", "'").replace("\\\\", "\\"))
        elif not is_compared:
            steps.append(text.strip("'"))


def _hash_of(steps: list[str]) -> str:
    return next((one for one in steps if one.upper().startswith(_HASHES)), "")
