"""What an object is called in a list, and what can be observed of it: its name, else what it says, always without live addresses.

Owns nothing of who sees it. Objects come as they were stored. Kept by ``tests/portal/finding/test_titles.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.extensions import OCSEA_CONTEXT, SIGNATURE
from app.portal.finding.defanged import defanged
from app.portal.finding.plain_words import plain, type_words
from app.stix.pattern_tokens import tokens_of

LONGEST_TITLE = 120
_VALUES = ("value", "account_login", "user_id", "token", "room_id", "path", "subject", "display_name")
_COMPARED = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">=", "LIKE", "MATCHES", "IN"})


@dataclass(frozen=True, slots=True)
class Observed:
    """Something that can be looked for: what it is, and its value, defanged."""

    what: str
    value: str


def title_of(value: Mapping[str, Any]) -> str:
    """Give a line that says which object this is."""
    named = value.get("name") or value.get("abstract")
    text = (defanged(str(named)) if named else _said(value)) or type_words(value["type"])
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def _said(value: Mapping[str, Any]) -> str:
    if value["type"] == "relationship":
        return plain(str(value.get("relationship_type", "")))
    found = next(observed_in(value), None)
    return found.value if found is not None else defanged(str(value.get("content") or value.get("opinion") or ""))


def observed_in(value: Mapping[str, Any]) -> Iterator[Observed]:
    """Give what can be looked for in an object itself: an observable's values and hashes, the constants of a STIX pattern."""
    if "modified" not in value:
        for name in _VALUES:
            if isinstance(value.get(name), str):
                yield Observed(_named(value["type"], name), defanged(value[name]))
        hashes = value.get("hashes")
        for name, text in hashes.items() if isinstance(hashes, Mapping) else ():
            yield Observed(f"{type_words(value['type'])}, {name}", str(text))
    if value.get("pattern_type") == "stix" and isinstance(value.get("pattern"), str):
        yield from _of_pattern(value["pattern"])


def _named(type_name: str, member: str) -> str:
    words = type_words(type_name)
    return words if member == "value" else f"{words}, {plain(member.replace('_', ' '))}"


def _of_pattern(pattern: str) -> Iterator[Observed]:
    """Give each constant of a pattern with the path that it is compared with."""
    kinds, texts = tokens_of(pattern) or ([], [])
    path, compared = "", False
    for place, (kind, text) in enumerate(zip(kinds, texts, strict=True)):
        if kind in {"name", "hyphenated"} and texts[place + 1 : place + 2] == [":"]:
            path, compared = text, False
        elif kind in _COMPARED:
            compared = True
        elif compared and kind == "string":
            yield Observed(_path_words(path, texts, place), defanged(text[1:-1].replace("\\'", "'").replace("\\\\", "\\")))


def _path_words(type_name: str, texts: list[str], place: int) -> str:
    hashed = next(
        (one.strip("'") for one in reversed(texts[:place]) if one.strip("'").upper().startswith(("SHA", "MD5", "PDQ"))), ""
    )
    return f"{type_words(type_name)}, {hashed}" if hashed else type_words(type_name)


def publisher_identity(value: Mapping[str, Any]) -> str | None:
    """Give the identity that signed an object, else the one that it names as its creator."""
    signed = value.get("extensions", {}).get(SIGNATURE, {}).get("signatures") or [{}]
    found: str | None = signed[0].get("signer") or value.get("created_by_ref")
    return found


def context_in(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what an object says of harm, surface, behaviours and review."""
    found: Mapping[str, Any] = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    return found
