"""Verifying offline a version of an agreement, as the exchange signed it.

Owns the steps, and what the document must be. Needs no exchange, no database and no network. Kept by
``tests/services/offline/test_verify_agreements.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.domain.errors import MalformedInputError
from breakwater_client.documents.long_envelopes import member_of, parse_envelope
from breakwater_client.documents.strict_json import parse
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import Step, at_step
from breakwater_client.verifying.verify_receipts import open_stated

AGREEMENT_STEPS = (
    Step(1, "The text is a DSSE envelope in strict JSON, of the kind agreement.", "Who made it."),
    Step(
        2,
        "It names a key of the exchange that you gave or that the directory lists, and nobody reported that key as compromised.",
        "That this is the exchange's key: take it, or the directory's, from where you trust it.",
    ),
    Step(3, "The signature is over the payload as it is here.", "Whether the partner agreed: the exchange alone signs."),
    Step(
        4,
        "The payload is a version of an agreement with all its members, in its one spelling, of this exchange, and the same as "
        "what is shown beside the envelope.",
        "Whether a later version governs, and when it was made: the log holds each version.",
    ),
)
"""How an agreement is verified."""

_MEMBERS = frozenset(
    {
        *("type", "exchange", "partner_id", "version", "starts_at", "ends_at", "created_at", "approval_id"),
        *("read", "write", "default_handling", "recall", "is_listed", "is_suspended"),
    }
)


@dataclass(frozen=True, slots=True)
class VerifiedAgreement:
    """A version's document as the exchange signed it, and the id of the key."""

    document: dict[str, Any]
    keyid: str


def verify_agreement(raw: bytes, keys: Iterable[ExchangeKey], exchange: str | None = None) -> VerifiedAgreement:
    """Give a version (unverified bytes: its envelope, or an answer with it) if the exchange signed it, by ``AGREEMENT_STEPS``.

    ``exchange`` is the id of the one whose keys these are, None if nobody said.

    Raises:
        FailedStepError: a step fails.
    """
    with at_step(1):
        value = parse_envelope(raw)
        envelope = value if member_of(value, "payloadType") is not None else member_of(value, "envelope")
    opened = open_stated(envelope, PayloadType.AGREEMENT, keys)
    with at_step(4):
        document = parse(opened.payload)
        if not isinstance(document, dict) or document.keys() != _MEMBERS or document["type"] != "agreement":
            raise MalformedInputError("The payload is no version of an agreement.", pointer="/payload")
        if canonical_bytes(document) != opened.payload:
            raise MalformedInputError("The payload is not in its one spelling (RFC 8785).", pointer="/payload")
        if exchange is not None and document["exchange"] != exchange:
            raise MalformedInputError("The agreement is another exchange's.", pointer="/payload")
        if envelope is not value and member_of(value, "document") != document:
            raise MalformedInputError("The document beside the envelope is not the one that was signed.", pointer="/document")
        return VerifiedAgreement(document, opened.keyid)
