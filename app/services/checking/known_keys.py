"""All keys that may have signed what is checked, read once: partners' with whose they are, and the exchange's own.

Owns opening what the exchange signed of itself. Whether a key counted at the time was asked at the time. Kept by
``tests/services/checking/test_known_keys.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import BreakwaterError, UnfitKeyError
from app.domain.vocabulary import KeyUsage
from app.services.checking.findings import Findings
from app.services.exchange import ExchangeKeys
from app.services.proving.key_events import by_usage
from app.storage import credentials, key_directory
from app.storage.session import Connection
from breakwater_client.trust.envelope import open_envelope
from breakwater_client.trust.keys import PublicKey, public_key_from_spki
from breakwater_client.trust.payload_type import PayloadType


@dataclass(slots=True)
class KnownKeys:
    """Keys by id. ``partners``: whose, for what, and the key; ``own``: those with which the exchange signs statements."""

    partners: Mapping[str, tuple[str, KeyUsage, PublicKey]]
    by_use: Mapping[KeyUsage, Mapping[str, PublicKey]]
    exchange_id: str
    own: Mapping[str, PublicKey] = field(init=False)

    def __post_init__(self) -> None:
        """Name the ones that are asked for most."""
        self.own = self.by_use.get(KeyUsage.STATEMENT_SIGNING, {})

    def receipt(self, text: str) -> dict[str, Any] | None:
        """Give what a receipt says, None for what the exchange did not sign."""
        said = self._opened(text, PayloadType.RECEIPT)
        return None if said is None else said[0]

    def attestation(self, text: str | None) -> tuple[dict[str, Any], str] | None:
        """Give what an attestation says, and the id of its key; None for what the exchange did not sign."""
        return None if text is None else self._opened(text, PayloadType.ATTESTATION)

    def opened_payload(self, text: str | None, kind: PayloadType) -> bytes | None:
        """Give the payload (not yet read) of an envelope of a kind; None for what the exchange did not sign."""
        try:
            return open_envelope(json.loads(text or ""), kind, self.own).payload
        except (BreakwaterError, ValueError, AttributeError, TypeError):
            return None

    def _opened(self, text: str, kind: PayloadType) -> tuple[dict[str, Any], str] | None:
        try:
            opened = open_envelope(json.loads(text), kind, self.own)
            document = json.loads(opened.payload)
        except (BreakwaterError, ValueError, AttributeError, TypeError):
            return None
        if not isinstance(document, dict) or document.get("exchange") != self.exchange_id:
            return None
        return document, opened.keyid


def known_keys(connection: Connection, keys: ExchangeKeys, findings: Findings, exchange_id: str) -> KnownKeys:
    """Read them; what is no key is named, and no key then."""
    partners = {}
    for one in credentials.keys(connection, None):
        try:
            partners[one.keyid] = (one.partner_id, one.usage, public_key_from_spki(one.public_key))
        except UnfitKeyError:
            findings.add(f"partner_key {one.keyid}", "is no key")
    by_use = {usage: {key.public.keyid: key.public} for usage, key in by_usage(keys).items()}
    for own in key_directory.exchange_keys(connection):
        try:
            by_use.setdefault(own.usage, {}).setdefault(own.keyid, public_key_from_spki(own.public_key))
        except UnfitKeyError:
            findings.add(f"exchange_key {own.keyid}", "is no key")
    return KnownKeys(partners, by_use, exchange_id)
