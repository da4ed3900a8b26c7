"""Who states something about one thing, as far as the reader sees: kept apart, counted, aged, and what is disputed of it.

Owns the counting. A publisher that the reader does not see is in no list and no count; that something is disputed is told whoever
disputes it, as everybody who was given it is told (``intake.follow_dispute``), and never by whom. Kept by
``tests/services/weighing/test_weigh_assertions.py``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.assertion import Origin, lines
from app.domain.decay import HALF_LIFE_DAYS, effective_confidence
from app.domain.errors import NotFoundError
from app.domain.object_vocabulary import FeedbackKind
from app.domain.recall import NOTICE_TYPE
from app.domain.vocabulary import Assertion
from app.policy.organisations import organisation_of
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_about
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.stix.feedback import feedback_of
from app.stix.identifiers import is_name_based
from app.storage import contents, disputed, organisations, weighing
from app.storage.disputed import Statement
from app.storage.weighing import SeenStatement
from breakwater_client.extensions import OCSEA_CONTEXT

MOST_WEIGHED = 1_000
"""So many versions, the newest, are looked at."""
_MOST_BYTES = 64 * 1024 * 1024
_SECONDS_DIGITS = len("2026-01-01T00:00:00.000000")


@dataclass(frozen=True, slots=True)
class Asserted:
    """What one publisher states; ``line`` is the number of its line: statements of one line count once."""

    owner_id: str
    stix_id: str
    type: str
    version: str
    assertion: Assertion
    review: str | None
    confidence: int | None
    effective_confidence: int | None
    stated_at: datetime
    age_days: int
    line: int
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What one partner says of one statement; ``times``: how often a sighting says that it was seen, None where it does not."""

    giver_id: str
    stix_id: str
    kind: FeedbackKind
    word: str
    given_at: datetime
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """All of it: how many independent publishers state it, how many deny it, and whether any of it is disputed."""

    stix_id: str
    half_life_days: int | None
    publishers: int
    denials: int
    is_disputed: bool
    assertions: Sequence[Asserted]
    feedback: Sequence[Said]


def weigh_assertions(exchange: Exchange, reader: Reader, stix_id: str) -> Weighed:
    """Give what is stated about an id, which may be anything, as far as the reader sees it.

    Raises:
        NotFoundError: absent or hidden.
    """
    ask_about(exchange, reader.principal, [stix_id], reader.purpose, reader.channel)

    def read(look: Look) -> tuple[Sequence[SeenStatement], Weighed | None]:
        said = all_said(look, stix_id)
        return (said.found, said.weighed) if any(one.stix_id == stix_id for one in said.found) else ([], None)

    answer = disclosed(exchange, reader, read, Manner())
    if answer is None:
        raise NotFoundError
    return answer


@dataclass(frozen=True, slots=True)
class AllSaid:
    """What stands under an id or refers to it, with what each of these versions (row ids) says, and what it weighs."""

    found: Sequence[SeenStatement]
    values: Mapping[int, Mapping[str, Any]]
    weighed: Weighed


def all_said(look: Look, stix_id: str) -> AllSaid:
    """Give what somebody sees about an id in one look; whoever gives any of it answers for its row of the ledger."""
    found = weighing.seen_about(look.connection, look.viewpoint, stix_id, look.now, MOST_WEIGHED)
    bodies = contents.contents(look.connection, [one.version_id for one in found], _MOST_BYTES)
    values = {one.version_id: json.loads(bodies[one.version_id].body) for one in found if one.version_id in bodies}
    standing = disputed.standing(look.connection, {one.stix_id for one in found}, look.now)
    parents = organisations.parents(look.connection)
    known = _Known(values, {one.owner_id: organisation_of(one.owner_id, parents) for one in found}, standing.keys())
    weighed = _weighed(stix_id, [one for one in found if one.version_id in values], known, look.now)
    return AllSaid(found, values, weighed)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of statements: what each version says, whose part each publisher is, and which of them are disputed."""

    values: Mapping[int, Mapping[str, Any]]
    organisations: Mapping[str, str]
    standing: Collection[Statement]


def _weighed(stix_id: str, found: Sequence[SeenStatement], known: _Known, now: datetime) -> Weighed:
    values, standing = known.values, known.standing
    stating = [one for one in found if _asserts(one, values[one.version_id], stix_id)]
    numbers = lines([_origin(one, known.organisations[one.owner_id], values[one.version_id]) for one in stating])
    asserted = [
        _asserted(one, values[one.version_id], line, now, is_disputed=(one.owner_id, one.stix_id) in standing)
        for one, line in zip(stating, numbers, strict=True)
    ]
    denied = {one.line for one in asserted if one.assertion is Assertion.NEGATIVE}
    stated = {one.line for one in asserted if one.assertion is not Assertion.NEGATIVE}
    said = [each for one in found for each in _said(one, values[one.version_id], stix_id)]
    half_life = HALF_LIFE_DAYS.get(stix_id.partition("--")[0])
    return Weighed(stix_id, half_life, len(stated), len(denied), any(one.is_disputed for one in asserted), asserted, said)


def _asserts(one: SeenStatement, value: Mapping[str, Any], stix_id: str) -> bool:
    """Whether a version states something about the id: it is that, or refers to it and says what harm it is about."""
    if one.type == NOTICE_TYPE or value.get("revoked") is True:
        return False
    return one.stix_id == stix_id or (feedback_of(value) is None and OCSEA_CONTEXT in value.get("extensions", {}))


def _origin(one: SeenStatement, organisation: str, value: Mapping[str, Any]) -> Origin:
    sources = set()
    for reference in value.get("external_references", ()):
        if "external_id" in reference and "--" in reference["external_id"]:
            sources.add(reference["external_id"])
        elif "external_id" in reference:
            sources.add(f"{reference['source_name'].casefold()}\0{reference['external_id']}")
        elif "url" in reference:
            sources.add(reference["url"])
    return Origin(organisation, one.stix_id, is_name_based(one.stix_id), frozenset(sources))


def _asserted(one: SeenStatement, value: Mapping[str, Any], line: int, now: datetime, *, is_disputed: bool) -> Asserted:
    context = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    stated_at = datetime.fromisoformat(one.version_key[:_SECONDS_DIGITS]).replace(tzinfo=UTC)
    confidence = value.get("confidence")
    return Asserted(
        owner_id=one.owner_id,
        stix_id=one.stix_id,
        type=one.type,
        version=one.version,
        assertion=Assertion(context.get("assertion", Assertion.POSITIVE)),
        review=context.get("review"),
        confidence=confidence,
        effective_confidence=effective_confidence(confidence, one.type, stated_at, now),
        stated_at=stated_at,
        age_days=max(now - stated_at, timedelta(0)).days,
        line=line,
        is_disputed=is_disputed,
    )


def _said(one: SeenStatement, value: Mapping[str, Any], stix_id: str) -> list[Said]:
    feedback = feedback_of(value)
    if feedback is None or stix_id not in feedback.subjects or value.get("revoked") is True:
        return []
    return [Said(one.owner_id, stix_id, feedback.kind, feedback.word, one.stated_at, value.get("count"))]
