"""What an object is called in a list, and what can be observed of it: its name, else what it says, always without live addresses.

Owns nothing of who sees it. Objects come as they were stored. Kept by ``tests/portal/finding/test_titles.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.portal.finding.defanged import defanged
from app.portal.plain_words import spoken, type_words
from app.services.showing import observed
from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Observed:
    """Something that can be looked for: what it is, and its value, defanged."""

    what: str
    value: str


def title_of(value: Mapping[str, Any]) -> str:
    """Give a line that says which object this is, of ``LONGEST_TITLE`` characters at most."""
    text = whole_title_of(value)
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def whole_title_of(value: Mapping[str, Any]) -> str:
    """Give what an object is called, however long."""
    named = value.get("name") or value.get("abstract")
    return (defanged(str(named)) if named else _said(value)) or type_words(value["type"])


def _said(value: Mapping[str, Any]) -> str:
    if value["type"] == "relationship":
        return spoken(str(value.get("relationship_type", "")))
    found = next(observed_in(value), None)
    return found.value if found is not None else defanged(str(value.get("content") or value.get("opinion") or ""))


def observed_in(value: Mapping[str, Any]) -> Iterator[Observed]:
    """Give what can be looked for in an object itself."""
    for one in observed.observed_in(value):
        words = type_words(one.type)
        yield Observed(f"{words}, {one.member.replace('_', ' ')}" if one.member else words, defanged(one.value))


def publisher_identity(value: Mapping[str, Any]) -> str | None:
    """Give the identity that signed an object, else the one that it names as its creator."""
    signed = value.get("extensions", {}).get(SIGNATURE, {}).get("signatures") or [{}]
    found: str | None = signed[0].get("signer") or value.get("created_by_ref")
    return found


def context_in(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what an object says of harm, surface, behaviours and review."""
    found: Mapping[str, Any] = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    return found
