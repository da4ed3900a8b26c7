"""The document with which a recipient answers a notice: what it says, how it is signed, and how one that was sent is read.

Owns the wording (type ``recall-acknowledgement``, RFC 8785) and its strict reading. Whether its signature counts, and what
follows, is the exchange's. Kept by ``tests/client/signing/test_acknowledgement.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import MalformedInputError
from breakwater_client.instant import instant_text
from breakwater_client.object_vocabulary import AnyOutcome, HeldBasis, RecallKind, RecallOutcome, outcome_words
from breakwater_client.stix_values import timestamp_key
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.payload_type import PayloadType

TYPE = "recall-acknowledgement"
_MEMBERS = {"type", "notice", "partner", "acknowledged_at", "outcomes"}
_OF_OUTCOME = {"stix_id", "version", "outcome"}
_HELD = {"basis", "until"}
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z", re.ASCII)
_MOST_OUTCOMES = 1_000
_LONGEST_HELD = timedelta(days=3_653)


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of an answer: the version by the id and instant that the notice gives, and what was done with it."""

    stix_id: str
    version: str
    outcome: AnyOutcome
    basis: HeldBasis | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What an answer says: to which notice, whose it is, when it was made, and what became of which version."""

    notice_id: str
    partner_id: str
    acknowledged_at: datetime
    outcomes: Sequence[Answered]


def sign_acknowledgement(acknowledgement: Acknowledgement, key: SigningKey) -> dict[str, Any]:
    """Give the DSSE envelope of an answer, for recipients."""
    return sign_envelope(PayloadType.RECALL_ACKNOWLEDGEMENT, acknowledgement_payload(acknowledgement), key)


def acknowledgement_payload(acknowledgement: Acknowledgement) -> bytes:
    """Give the bytes of an answer that are signed, in canonical form (RFC 8785)."""
    return canonical_bytes(_spelled(acknowledgement))


def _spelled(acknowledgement: Acknowledgement) -> dict[str, Any]:
    return {
        "type": TYPE,
        "notice": acknowledgement.notice_id,
        "partner": acknowledgement.partner_id,
        "acknowledged_at": instant_text(acknowledgement.acknowledged_at),
        "outcomes": [_spell(one) for one in acknowledgement.outcomes],
    }


def _spell(one: Answered) -> dict[str, Any]:
    stated = {"stix_id": one.stix_id, "version": one.version, "outcome": one.outcome.value}
    if one.basis is None or one.until is None:
        return stated
    return stated | {"basis": one.basis.value, "until": instant_text(one.until)}


def read_acknowledgement(payload: bytes, kind: RecallKind) -> Acknowledgement:
    """Give what a signed payload (its signature is verified, its content untrusted) says, in answer to a notice of this kind.

    Exactly the known members, in canonical form (RFC 8785), so that there is one document for one answer.

    Raises:
        MalformedInputError: it is none.
    """
    document = parse(payload)
    if not isinstance(document, dict) or canonical_bytes(document) != payload:
        raise MalformedInputError("An acknowledgement is signed in its canonical form (RFC 8785).", pointer="/payload")
    if document.keys() != _MEMBERS or document["type"] != TYPE:
        raise MalformedInputError("An acknowledgement has type, notice, partner, acknowledged_at and outcomes, and no more.")
    for name in ("notice", "partner"):
        if not isinstance(document[name], str):
            raise MalformedInputError("An acknowledgement names its notice and its partner by their ids.", pointer=f"/{name}")
    at = _instant(document["acknowledged_at"], "/acknowledged_at")
    return Acknowledgement(document["notice"], document["partner"], at, read_outcomes(document["outcomes"], kind, at))


def read_outcomes(stated: object, kind: RecallKind, at: datetime) -> list[Answered]:
    """Give the lines of an answer (untrusted) that is made ``at``: at least one, each version once, words of this kind of notice.

    What is held is held until a day that is still to come, and within ten years: what is kept for ever is not answered.

    Raises:
        MalformedInputError: they are none.
    """
    if not isinstance(stated, list) or not 1 <= len(stated) <= _MOST_OUTCOMES:
        raise MalformedInputError(f"outcomes is a list of 1 to {_MOST_OUTCOMES} versions.", pointer="/outcomes")
    found = [_answered(one, kind, f"/outcomes/{number}") for number, one in enumerate(stated)]
    for number, one in enumerate(found):
        if one.until is not None and not at < one.until <= at + _LONGEST_HELD:
            sentence = "What is held is held until after the answer, and for ten years at most; answer again then."
            raise MalformedInputError(sentence, pointer=f"/outcomes/{number}/until")
    if len({(one.stix_id, timestamp_key(one.version)) for one in found}) != len(found):
        raise MalformedInputError("Each version is answered once.", pointer="/outcomes")
    return found


def _answered(one: object, kind: RecallKind, at: str) -> Answered:
    if not isinstance(one, dict) or not _OF_OUTCOME <= one.keys() <= _OF_OUTCOME | _HELD:
        raise MalformedInputError("An outcome has stix_id, version and outcome; where held, basis and until as well.", pointer=at)
    if not isinstance(one["stix_id"], str) or not isinstance(one["version"], str) or timestamp_key(one["version"]) is None:
        raise MalformedInputError("A version is named by stix_id and version, as in the notice.", pointer=at)
    words = outcome_words(kind)
    if one["outcome"] not in [word.value for word in words]:
        raise MalformedInputError(f"An outcome is one of: {', '.join(words)}.", pointer=f"{at}/outcome")
    outcome = words(one["outcome"])
    if (outcome is RecallOutcome.HELD) != (one.keys() >= _HELD) or (one.keys() & _HELD and not one.keys() >= _HELD):
        raise MalformedInputError("What is held has a basis and until when, and nothing else has.", pointer=at)
    if outcome is not RecallOutcome.HELD:
        return Answered(one["stix_id"], one["version"], outcome)
    if one["basis"] not in [basis.value for basis in HeldBasis]:
        raise MalformedInputError(f"A basis is one of: {', '.join(HeldBasis)}.", pointer=f"{at}/basis")
    return Answered(one["stix_id"], one["version"], outcome, HeldBasis(one["basis"]), _instant(one["until"], f"{at}/until"))


def _instant(stated: object, at: str) -> datetime:
    if isinstance(stated, str) and _INSTANT.fullmatch(stated):
        try:
            return datetime.fromisoformat(stated).astimezone(UTC)
        except ValueError:
            pass
    raise MalformedInputError("A time is written as 2026-01-31T08:00:00Z: RFC 3339, in UTC.", pointer=at)
