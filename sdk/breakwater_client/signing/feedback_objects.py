"""Which STIX object says what feedback, ready to be signed by whoever gives it.

Owns the objects. Made by whoever signs, and by the exchange for those who ask it: nobody has to sign what another made. Whether
its subject is there is the exchange's to say. Kept by ``tests/client/signing/test_feedback_objects.py``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from breakwater_client.errors import MalformedInputError
from breakwater_client.extensions import DISPOSITION, DISPUTE, FEEDBACK_MARK
from breakwater_client.object_vocabulary import (
    Disposition,
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    OpinionWord,
)

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


def check_feedback(asked: FeedbackAsked) -> None:
    """Return if this can be said.

    Raises:
        MalformedInputError: no word of the kind, or what does not go with it.
    """
    words = _WORDS.get(asked.kind)
    is_known = asked.word is None if words is None else asked.word in {one.value for one in words}
    if not is_known:
        sentence = (
            "A sighting has no word." if words is None else f"Feedback of this kind has one of these words: {', '.join(words)}."
        )
        raise MalformedInputError(sentence, pointer="/word")
    if (asked.evidence is None) is (asked.kind is FeedbackKind.DISPUTE):
        raise MalformedInputError("A dispute says on what it rests; nothing else does.", pointer="/evidence")
    if asked.count is not None and asked.kind is not FeedbackKind.SIGHTING:
        raise MalformedInputError("Only a sighting says how often.", pointer="/count")


def feedback_object(stix_id: str, asked: FeedbackAsked, identity_id: str | None, now: datetime) -> dict[str, Any]:
    """Give the unsigned object that says this of ``stix_id``, by the identity that gives it, made ``now`` (aware).

    Raises:
        MalformedInputError: as ``check_feedback``.
    """
    check_feedback(asked)
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    name, said = _said(asked)
    about_it: dict[str, Any] = {"sighting_of_ref": stix_id} if name == "sighting" else {"object_refs": [stix_id]}
    created_by = {} if identity_id is None else {"created_by_ref": identity_id}
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
