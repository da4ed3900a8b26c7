"""Composed objects in words, for whoever reads them before they leave: the report, and each thing that was seen.

Owns how objects are told; it reads nothing but the objects themselves, and what was told of each when they were composed: so what
is read is what is signed. Kept by ``tests/portal/sharing/test_in_words.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.domain.composed import Tier
from app.domain.vocabulary import (
    Harm,
    OnwardShare,
    PermittedUse,
    Provenance,
    Purpose,
    Review,
    SubjectStatus,
    Surface,
    Tlp,
    Urgency,
)
from app.portal.plain_words import all_said, called, counted_types, said, sentence_of, sure, uses_said
from app.portal.words import gettext, ngettext, shown_instant
from breakwater_client.extensions import HANDLING

_CONTEXT_MEMBER = "harm_types"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", re.ASCII)
_VALUES = ("value", "account_login", "user_id", "room_id", "address", "token", "pattern", "hash_value")
_ADDRESSES = frozenset({"domain", "domain-name", "invite-link", "url"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that leaves: its value as it leaves (defanged where it is an address), and what is made of it."""

    place: str
    value: str
    made_of_it: str
    tier: str
    handling: str
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms objects leave: for whom these are, and the facts."""

    tier: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class InWords:
    """What a set of objects says: the report's words, facts, things, how many objects of which sort, and terms."""

    title: str
    description: str
    facts: list[tuple[str, str]]
    things: list[Thing]
    counts: str
    notes: list[str] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)


def in_words(document: Mapping[str, Any], behaviours: Mapping[str, str]) -> InWords:
    """Tell what ``objects`` of a document say, with what is ``told`` of each; ``behaviours``: names by codes."""
    objects, told = document.get("objects", []), document.get("told", [])
    report: Mapping[str, Any] = next((one for one in objects if one["type"] == "incident"), MappingProxyType({}))
    counts = counted_types(dict(sorted(Counter(one["type"] for one in objects).items())))
    return InWords(
        str(report.get("name", "")),
        str(report.get("description", "")),
        list(_facts(report, objects, behaviours)),
        _things(objects, told),
        ", ".join(counts),
        [str(one["detail"]) for one in document.get("warnings", ())],
        list(_terms(objects, told, document.get("group_id"))),
    )


def defanged(value: str, kind: str) -> str:
    """Give a value as it is shown: nobody follows an address by mistake. ``kind``: a type, or a form's kind."""
    if kind not in _ADDRESSES:
        return value
    return value.replace("http", "hxxp", 1).replace("://", "[:]//").replace(".", "[.]")


def _facts(
    report: Mapping[str, Any], objects: Sequence[Mapping[str, Any]], behaviours: Mapping[str, str]
) -> list[tuple[str, str]]:
    context: Mapping[str, Any] = next(
        (one for one in report.get("extensions", {}).values() if _CONTEXT_MEMBER in one), MappingProxyType({})
    )
    facts = [
        (gettext("Kinds of harm"), all_said(Harm, context.get("harm_types", ()))),
        (gettext("Where"), all_said(Surface, context.get("surfaces", ()))),
        (gettext("Service"), ", ".join(_members(objects, "account_type", "service"))),
        (gettext("First seen"), next(iter(_members(objects, "first_observed")), "")),
        (gettext("Last seen"), next(iter(_members(objects, "last_observed")[::-1]), "")),
        (gettext("Behaviours"), "; ".join(f"{one} {behaviours.get(one, '')}" for one in context.get("behaviours", ()))),
        (gettext("How sure"), _sure(report.get("confidence"))),
        (gettext("Urgency"), said(Urgency, context["urgency"]) if "urgency" in context else ""),
        (gettext("Known from"), said(Provenance, context["provenance"]) if "provenance" in context else ""),
        (gettext("Admiralty scale"), ", ".join(_graded(report.get("labels", ())))),
        (gettext("Looked at"), said(Review, context["review"]) if "review" in context else ""),
        (gettext("Already told"), "; ".join(map(_reported, context.get("already_reported_to", ())))),
    ]
    return [(name, said) for name, said in facts if said]


def _members(objects: Sequence[Mapping[str, Any]], *names: str) -> list[str]:
    """Give what objects say under some names, each once and in order; times as they are read."""
    found = dict.fromkeys(str(one[name]) for one in objects for name in names if name in one)
    return [shown_instant(datetime.fromisoformat(one)) if _INSTANT.fullmatch(one) else one for one in sorted(found)]


def _graded(labels: Sequence[str]) -> list[str]:
    told = (
        ("source-reliability-", gettext("source %(grade)s")),
        ("information-credibility-", gettext("information %(grade)s")),
    )
    return [
        words % {"grade": one.removeprefix(label).upper()} for one in labels for label, words in told if one.startswith(label)
    ]


def _reported(one: Mapping[str, Any]) -> str:
    parts = (one["body"], *(_members([one], "reported_at")), str(one.get("reference", "")))
    return ", ".join(filter(None, parts))


def _terms(objects: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]], group_id: str | None) -> Iterator[Terms]:
    for one, about in zip(objects, told, strict=True):
        says: Mapping[str, Any] = one.get("extensions", {}).get(HANDLING, MappingProxyType({}))
        if one["type"] == "marking-definition" and says:
            yield Terms(called(Tier(about["tier"])), [each for each in _handling(says, group_id) if each[1]])


def _handling(says: Mapping[str, Any], group_id: str | None) -> Iterator[tuple[str, str]]:
    by_default = gettext("What your organisation's agreement says by default")
    yield gettext("Label"), sentence_of(Tlp(says["tlp"])) if "tlp" in says else by_default
    yield gettext("Audience"), gettext("One that your organisation has registered") if "audience_id" in says else by_default
    yield gettext("Sharing group"), gettext("Posted to one: whoever reads there sees it, and nobody else") if group_id else ""
    yield gettext("They may read it for"), all_said(Purpose, says["purposes"]) if "purposes" in says else by_default
    uses = uses_said(map(PermittedUse, says.get("permitted_uses", ())), gettext("They"))
    yield gettext("What they may do with it"), " ".join(uses) or by_default
    yield gettext("They may pass it on to"), said(OnwardShare, says["onward_share"]) if "onward_share" in says else by_default
    yield gettext("Nobody is given it before"), ", ".join(_members([says], "release_at"))
    yield gettext("Nobody is given it after"), ", ".join(_members([says], "expires_at"))


def _whose(first: Mapping[str, Any]) -> str:
    context: Mapping[str, Any] = next(
        (one for one in first.get("extensions", {}).values() if "subject_status" in one), MappingProxyType({})
    )
    return said(SubjectStatus, context["subject_status"]) if context else ""


def _sure(confidence: int | None) -> str:
    return "" if confidence is None else sure(confidence)


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
    return Thing(
        place, defanged(value, str(first["type"])), made, called(Tier(about["tier"])), str(about["handling"]), _whose(first)
    )


def _hashes(first: Mapping[str, Any]) -> str:
    if "frames" in first:
        frames = len(first["frames"])
        return ngettext("A video's hash of %(num)s frame", "A video's hash of %(num)s frames", frames) % {"num": frames}
    return ", ".join(str(one) for one in first.get("hashes", {}).values())
