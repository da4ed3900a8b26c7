"""Feedback on one object, ready to be signed by whoever gives it.

Owns which STIX object says what. Only who sees what it is about is given one; hidden and absent are one. Nothing is stored here:
feedback comes in like any other object, signed. Kept by ``tests/services/weighing/test_compose_feedback.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.errors import Code, ConflictError, MalformedInputError, NotFoundError
from app.domain.extensions import DISPOSITION, DISPUTE, FEEDBACK_MARK
from app.domain.object_vocabulary import (
    Disposition,
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    OpinionWord,
)
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Extent
from app.policy.prevention import is_one_organisation
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_about
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.stix.object_types import OBJECT_TYPES, Kind
from app.storage import feed, organisations
from app.storage.feed import VisibleVersion

_PROPERTY = {"extension_type": "property-extension"}
_FOUND = {
    FeedbackOutcome.ACTIONED: Disposition.CONFIRMED,
    FeedbackOutcome.FALSE_POSITIVE: Disposition.FALSE_POSITIVE,
    FeedbackOutcome.MATCH_NOT_VIOLATING: Disposition.NOT_ACTIONABLE,
    FeedbackOutcome.NO_MATCH: Disposition.NOT_FOUND,
    FeedbackOutcome.REFERRED: Disposition.CONFIRMED,
    FeedbackOutcome.REPORTED: Disposition.CONFIRMED,
}
_WORDS = {
    FeedbackKind.DISPUTE: DisputeReason,
    FeedbackKind.MARK: FeedbackMark,
    FeedbackKind.OPINION: OpinionWord,
    FeedbackKind.OUTCOME: FeedbackOutcome,
}


@dataclass(frozen=True, slots=True)
class FeedbackAsked:
    """What is to be said: the kind, its word (None for a sighting), on what a dispute rests, and how often it was seen."""

    kind: FeedbackKind
    word: str | None = None
    evidence: DisputeEvidence | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """An unsigned object, and whose statements (partner ids) it is about."""

    value: dict[str, Any]
    owner_ids: Sequence[str]


def compose_feedback(exchange: Exchange, reader: Reader, stix_id: str, asked: FeedbackAsked) -> Composed:
    """Give the unsigned object that says this of what the reader sees under an id, which may be anything.

    Raises:
        ConflictError: ``self-dispute``: the reader, or another part of its organisation, states it.
        ForbiddenError: the caller may not submit.
        MalformedInputError: no word of the kind, or a sighting of a cyber-observable, which STIX has not.
        NotFoundError: absent or hidden.
    """
    require(reader.principal, Permission.OBJECTS_SUBMIT)
    _check(asked)
    ask_about(exchange, reader.principal, [stix_id], reader.purpose, reader.channel)

    def read(look: Look) -> tuple[Sequence[VisibleVersion], tuple[list[str], bool]]:
        found = feed.versions_of(look.connection, look.viewpoint, stix_id, look.now)
        owner_ids = sorted({one.owner_id for one in found})
        parents, own = organisations.parents(look.connection), reader.partner.partner_id
        return found, (owner_ids, any(is_one_organisation(own, one, parents) for one in owner_ids))

    owner_ids, is_own = disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE))
    if not owner_ids:
        raise NotFoundError
    if asked.kind is FeedbackKind.DISPUTE and is_own:
        raise ConflictError("Your organisation states this itself: correct or withdraw it.", code=Code.SELF_DISPUTE)
    return Composed(_value(reader.principal, stix_id, asked, exchange.clock()), owner_ids)


def _check(asked: FeedbackAsked) -> None:
    words = _WORDS.get(asked.kind)
    is_known = asked.word is None if words is None else asked.word in {one.value for one in words}
    if not is_known:
        raise MalformedInputError("This kind of feedback has not this word.", pointer="/word")
    if (asked.evidence is None) is (asked.kind is FeedbackKind.DISPUTE):
        raise MalformedInputError("A dispute says on what it rests; nothing else does.", pointer="/evidence")
    if asked.count is not None and asked.kind is not FeedbackKind.SIGHTING:
        raise MalformedInputError("Only a sighting says how often.", pointer="/count")


def _value(principal: Principal, stix_id: str, asked: FeedbackAsked, now: datetime) -> dict[str, Any]:
    if asked.kind in {FeedbackKind.SIGHTING, FeedbackKind.OUTCOME}:
        about = OBJECT_TYPES.get(stix_id.partition("--")[0])
        if about is not None and about.kind is Kind.OBSERVABLE:
            sentence = "STIX has no sightings of cyber-observables: say it of the indicator, or give an opinion."
            raise MalformedInputError(sentence, pointer="/kind")
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    name, said = _said(asked)
    about_it: dict[str, Any] = {"sighting_of_ref": stix_id} if name == "sighting" else {"object_refs": [stix_id]}
    created_by = {} if principal.partner is None else {"created_by_ref": principal.partner.identity_id}
    common = {"type": name, "spec_version": "2.1", "id": f"{name}--{uuid.uuid4()}"} | created_by
    return common | {"created": moment, "modified": moment} | about_it | said


def _said(asked: FeedbackAsked) -> tuple[str, dict[str, Any]]:
    """Give the type that says this, and what stands in it beside what it is about."""
    if asked.kind is FeedbackKind.SIGHTING:
        return "sighting", {"count": 1 if asked.count is None else asked.count}
    if asked.kind is FeedbackKind.OUTCOME:
        return "sighting", _outcome(FeedbackOutcome(asked.word or ""))
    if asked.kind is FeedbackKind.OPINION:
        return "opinion", {"opinion": asked.word}
    if asked.kind is FeedbackKind.DISPUTE:
        return "opinion", {"opinion": OpinionWord.STRONGLY_DISAGREE.value, "extensions": _dispute(asked)}
    return "note", {"content": asked.word, "extensions": {FEEDBACK_MARK: _PROPERTY | {"mark": asked.word}}}


def _outcome(outcome: FeedbackOutcome) -> dict[str, Any]:
    stated = _PROPERTY | {"disposition": _FOUND[outcome].value, "outcome": outcome.value}
    return {"count": 0 if outcome is FeedbackOutcome.NO_MATCH else 1, "extensions": {DISPOSITION: stated}}


def _dispute(asked: FeedbackAsked) -> dict[str, Any]:
    evidence = (asked.evidence or DisputeEvidence.NONE_GIVEN).value
    return {DISPUTE: _PROPERTY | {"reason": asked.word, "evidence": evidence}}
