"""The document of one version of an agreement: what the exchange signs, what two persons agree to, and what digests are of.

Owns the wording (``schemas/agreement.json``), both ways. Does not store anything and decides nothing. Kept by
``tests/services/membership/test_agreement_documents.py``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.agreement import Agreement
from app.domain.approval import ApprovalKind
from app.policy.agreement_changes import Change, changes_from_start
from app.storage import agreements
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.payload_type import PayloadType

TYPE = "agreement"
_ONCE_MADE = ("created_at", "approval_id")


@dataclass(frozen=True, slots=True)
class KeptAgreement:
    """A version, its document, and the DSSE envelope in which the exchange signed that; None: it is older than such envelopes."""

    agreement: Agreement
    document: dict[str, Any]
    envelope: dict[str, Any] | None

    @property
    def digest(self) -> str:
        """The hexadecimal SHA-256 of the document's RFC 8785 form, which is the envelope's payload."""
        return document_digest(self.document)


def agreement_document(agreement: Agreement, exchange_id: str, approval_id: str | None = None) -> dict[str, Any]:
    """Give a version's document; ``approval_id`` is the proposal by which two persons agreed to it, None where one sufficed."""
    return {
        "type": TYPE,
        "exchange": exchange_id,
        "partner_id": agreement.partner_id,
        "version": agreement.version,
        "starts_at": instant_text(agreement.starts_at),
        "ends_at": None if agreement.ends_at is None else instant_text(agreement.ends_at),
        **agreements.spelled_terms(agreement),
        "created_at": instant_text(agreement.created_at),
        "approval_id": approval_id,
    }


def document_digest(document: Mapping[str, Any]) -> str:
    """Give the hexadecimal SHA-256 of a document's RFC 8785 form."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def sign_agreement(document: Mapping[str, Any], key: SigningKey) -> dict[str, Any]:
    """Give the DSSE envelope of a version's document."""
    return sign_envelope(PayloadType.AGREEMENT, canonical_bytes(document), key)


def kept(agreement: Agreement, envelope: dict[str, Any] | None, exchange_id: str) -> KeptAgreement:
    """Give a stored version with its document: the signed one where there is one (trusted: the exchange wrote it)."""
    if envelope is None:
        return KeptAgreement(agreement, agreement_document(agreement, exchange_id), None)
    return KeptAgreement(agreement, json.loads(base64.b64decode(envelope["payload"])), envelope)


# --- what two persons agree to ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """A version to be, and for each kept version that it would displace what changes; None: there was nothing then."""

    new: Agreement
    against: tuple[tuple[KeptAgreement | None, tuple[Change, ...]], ...]


def compare(known: Sequence[KeptAgreement], new: Agreement) -> Comparison:
    """Compare a version to be with whatever would govern from its start on."""
    by_version = {one.agreement.version: one for one in known}
    found = changes_from_start([one.agreement for one in known], new)
    return Comparison(new, tuple((None if one is None else by_version[one.version], against) for one, against in found))


def proposal_document(comparison: Comparison, exchange_id: str, *, starts_when_approved: bool) -> dict[str, Any]:
    """Give what two persons agree to: the version's document without what is only known then, and what it was compared with."""
    document = agreement_document(comparison.new, exchange_id)
    told = {name: value for name, value in document.items() if name not in _ONCE_MADE}
    if starts_when_approved:
        told["starts_at"] = None
    return {
        "type": ApprovalKind.AGREEMENT_VERSION.value,
        "agreement": told,
        "compared_with": [spelled_comparison(one, against) for one, against in comparison.against],
    }


def spelled_comparison(one: KeptAgreement | None, against: Sequence[Change]) -> dict[str, Any]:
    """Give the changes against one version as JSON; version and digest are null where nothing would govern."""
    named = {"version": None, "digest": None} if one is None else {"version": one.agreement.version, "digest": one.digest}
    return {**named, "changes": [_spelled(change) for change in against]}


def agreed_version(document: Mapping[str, Any], now: datetime, created_by: str) -> Agreement:
    """Give the version that a proposal's document (trusted: it was kept as proposed) says, made at ``now``."""
    said = document["agreement"]
    return Agreement(
        partner_id=said["partner_id"],
        version=said["version"],
        starts_at=_instant(said["starts_at"]) or now,
        ends_at=_instant(said["ends_at"]),
        created_at=now,
        created_by=created_by,
        **agreements.read_terms(said),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _spelled(change: Change) -> dict[str, Any]:
    told = {"before": _plain(change.before), "after": _plain(change.after)}
    return {"pointer": change.pointer, "direction": change.direction.value, **told}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, datetime):
        return instant_text(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(one) for name, one in asdict(value).items()}
    return value.value if isinstance(value, StrEnum) else value
