"""What the exchange signs beside an object that its publisher did not sign: who sent exactly this content, and when.

Owns the wording of an attestation. It vouches for the channel alone: the object's bytes stay untouched, and what it says of its
creator stays a claim. Kept by ``tests/services/intake/test_attest.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.partner import Partner
from app.domain.stix_object import CheckedObject
from app.domain.vocabulary import Assurance
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.payload_type import PayloadType


@dataclass(frozen=True, slots=True)
class Attestor:
    """The exchange that attests, the partner whose channel it was, and when it came."""

    key: SigningKey
    exchange_id: str
    submitter: Partner
    received_at: datetime

    def attest(self, checked: CheckedObject, version: str) -> dict[str, Any] | None:
        """Give the attestation (a DSSE envelope) of an object that is about to be stored; None if its publisher signed it.

        It has no log index: readers are told nothing of how much lies between what they may see.
        """
        if checked.verified.assurance is not Assurance.CHANNEL_ATTESTED:
            return None
        document = {
            "type": "object-attestation",
            "exchange": self.exchange_id,
            "partner": self.submitter.partner_id,
            "identity": self.submitter.identity_id,
            "received_at": instant_text(self.received_at),
            "assurance": checked.verified.assurance.value,
            "id": checked.facts.stix_id,
            "version": version,
            "payload_digest": checked.verified.payload_digest.hex(),
        }
        return sign_envelope(PayloadType.ATTESTATION, canonical_bytes(document), self.key)
