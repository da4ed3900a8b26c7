"""Composed objects in words, for whoever reads them before they leave: the report, and each thing that was seen.

Owns how objects are told; it reads nothing but the objects themselves, and what was told of each when they were composed: so what
is read is what is signed. Kept by ``tests/portal/sharing/test_in_words.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from app.portal.sharing.plain_words import BANDS, HARMS, PROVENANCE, SURFACES, URGENCY, called
from app.portal.words import gettext, ngettext

_CONTEXT_MEMBER = "harm_types"
_TIERS = MappingProxyType(
    {
        "shared": "As you said under who may know",
        "restricted": "More narrowly: a term, passed on to nobody",
        "protected": "Law enforcement and hotlines only; nothing detects it",
    }
)
_TYPES = MappingProxyType(
    {
        "access-offer": ("%(num)s offer of access", "%(num)s offers of access"),
        "grouping": ("%(num)s bracket that holds them together", "%(num)s brackets that hold them together"),
        "incident": ("%(num)s report", "%(num)s reports"),
        "indicator": ("%(num)s rule to detect something", "%(num)s rules to detect something"),
        "marking-definition": ("%(num)s statement of who may know", "%(num)s statements of who may know"),
        "observed-data": ("%(num)s note of when it was seen", "%(num)s notes of when something was seen"),
        "relationship": ("%(num)s link between them", "%(num)s links between them"),
    }
)
_THING = ("%(num)s thing that was seen", "%(num)s things that were seen")
_VALUES = ("value", "account_login", "user_id", "room_id", "address", "token", "pattern", "hash_value")
_ADDRESSES = frozenset({"domain", "domain-name", "invite-link", "url"})
_BAND_FROM = ((80, "high"), (40, "medium"), (1, "low"), (0, "none"))


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that leaves: its value as it leaves (defanged where it is an address), and what is made of it."""

    place: str
    value: str
    made_of_it: str
    tier: str
    handling: str


@dataclass(frozen=True, slots=True)
class InWords:
    """What a set of objects says: the report's words, facts, the things, and how many objects of which sort there are."""

    title: str
    description: str
    facts: list[tuple[str, str]]
    things: list[Thing]
    counts: str
    notes: list[str] = field(default_factory=list)


def in_words(document: Mapping[str, Any], behaviours: Mapping[str, str]) -> InWords:
    """Tell what ``objects`` of a document say, with what is ``told`` of each; ``behaviours``: names by codes."""
    objects, told = document.get("objects", []), document.get("told", [])
    report: Mapping[str, Any] = next((one for one in objects if one["type"] == "incident"), MappingProxyType({}))
    counted = Counter(one["type"] if one["type"] in _TYPES else "" for one in objects)
    counts = [_counted(kind, number) for kind, number in sorted(counted.items())]
    return InWords(
        str(report.get("name", "")),
        str(report.get("description", "")),
        list(_facts(report, behaviours)),
        _things(objects, told),
        ", ".join(counts),
        [str(one["detail"]) for one in document.get("warnings", ())],
    )


def defanged(value: str, kind: str) -> str:
    """Give a value as it is shown: nobody follows an address by mistake. ``kind``: a type, or a form's kind."""
    if kind not in _ADDRESSES:
        return value
    return value.replace("http", "hxxp", 1).replace("://", "[:]//").replace(".", "[.]")


def _counted(kind: str, number: int) -> str:
    singular, plural = _TYPES.get(kind, _THING)
    return ngettext(singular, plural, number) % {"num": number}


def _facts(report: Mapping[str, Any], behaviours: Mapping[str, str]) -> list[tuple[str, str]]:
    context: Mapping[str, Any] = next(
        (one for one in report.get("extensions", {}).values() if _CONTEXT_MEMBER in one), MappingProxyType({})
    )
    facts = [
        (gettext("Kinds of harm"), ", ".join(called(HARMS, one) for one in context.get("harm_types", ()))),
        (gettext("Where"), ", ".join(called(SURFACES, one) for one in context.get("surfaces", ()))),
        (gettext("Behaviours"), "; ".join(f"{one} {behaviours.get(one, '')}" for one in context.get("behaviours", ()))),
        (gettext("How sure"), _sure(report.get("confidence"))),
        (gettext("Urgency"), called(URGENCY, context["urgency"]) if "urgency" in context else ""),
        (gettext("Known from"), called(PROVENANCE, context["provenance"]) if "provenance" in context else ""),
        (gettext("Already told"), ", ".join(one["body"] for one in context.get("already_reported_to", ()))),
    ]
    return [(name, said) for name, said in facts if said]


def _sure(confidence: int | None) -> str:
    if confidence is None:
        return ""
    band = next(word for least, word in _BAND_FROM if confidence >= least)
    return f"{called(BANDS, band)} ({confidence})"


def _things(objects: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]) -> list[Thing]:
    by_place: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {}
    for one, about in zip(objects, told, strict=True):
        if str(about["pointer"]).startswith("/observables/"):
            by_place.setdefault(str(about["pointer"]), []).append((one, about))
    return [_thing(place, each) for place, each in by_place.items()]


def _thing(place: str, each: list[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Thing:
    [(first, about), *_] = each
    value = next((str(first[name]) for name in _VALUES if name in first), "") or _hashes(first)
    indicator = next((one for one, _ in each if one["type"] == "indicator"), None)
    if indicator is None:
        made = gettext("Part of the picture; nobody is asked to detect it")
    elif "valid_until" in indicator:
        made = gettext("To be detected until %(day)s") % {"day": str(indicator["valid_until"])[:10]}
    else:
        made = gettext("To be detected, without an end")
    return Thing(place, defanged(value, str(first["type"])), made, gettext(_TIERS[str(about["tier"])]), str(about["handling"]))


def _hashes(first: Mapping[str, Any]) -> str:
    if "frames" in first:
        frames = len(first["frames"])
        return ngettext("A video's hash of %(num)s frame", "A video's hash of %(num)s frames", frames) % {"num": frames}
    return ", ".join(str(one) for one in first.get("hashes", {}).values())
