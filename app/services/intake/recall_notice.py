"""The notice of a recall: what the exchange says, and signs, to whoever was given what its owner withdrew.

Owns the wording (``schemas/extensions/recall-notice``): ids, versions and digests of what is called back, why, and what to do.
The signature is in the object, as a publisher's would be, so that it can be verified wherever the notice travels. Who is told,
and where it stands, is ``notify_recall``'s. Kept by ``tests/services/intake/test_recall_notice.py``.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.handling import ObjectContext
from app.domain.recall import NOTICE_TYPE, Recall, RecalledVersion
from app.domain.stix_object import CheckedObject, ObjectFacts, ParsedObject, VerifiedObject, timestamp_key
from app.domain.vocabulary import Assurance, Profile, Sensitivity, Tlp
from breakwater_client.extensions import RECALL_NOTICE, SIGNATURE
from breakwater_client.instant import instant_text
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.tlp_markings import TLP_MARKINGS
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.object_signature import sign_object, signed_payload

MOST_RECALLED = 1_000
"""Most versions in one notice."""

TYPE = NOTICE_TYPE
_AMBER = next(stix_id for stix_id, label in TLP_MARKINGS.items() if label is Tlp.AMBER)
"""A recipient may tell those of its own clients who had the objects from it, and nobody else (TLP 2.0)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice is about: the recall, those of its versions that its addressees were given, and what these are filtered by.

    ``exchange_identity_id`` is the STIX identity under which the exchange signs; ``answer_by`` is when its answer is due.
    """

    recall: Recall
    versions: Sequence[RecalledVersion]
    exchange_identity_id: str
    facets: frozenset[tuple[str, str]]
    answer_by: datetime


def sign_notice(notice: Notice, key: SigningKey, now: datetime) -> CheckedObject:
    """Give a new notice as it is stored: signed with the exchange's key, and owned by whoever withdrew.

    The exchange made it, so that it is not checked again as what comes from outside is.
    """
    moment = _milliseconds(now)
    stix_id = f"{TYPE}--{uuid.uuid4()}"
    value: dict[str, Any] = {
        "type": TYPE,
        "spec_version": "2.1",
        "id": stix_id,
        "created_by_ref": notice.exchange_identity_id,
        "created": moment,
        "modified": moment,
        "object_marking_refs": [_AMBER],
        "recalled": [
            {"stix_id": one.stix_id, "version": one.version, "payload_digest": one.payload_digest.hex()}
            for one in notice.versions
        ],
        "reason": notice.recall.reason.value,
        "act": notice.recall.act.value,
        "acknowledge_by": instant_text(notice.answer_by),
        "extensions": {RECALL_NOTICE: {"extension_type": "new-sdo"}},
    }
    return _signed(value, notice.recall.owner_id, notice.facets, key, now)


def sign_revocation(
    body: bytes, owner_id: str, facets: frozenset[tuple[str, str]], key: SigningKey, now: datetime
) -> CheckedObject:
    """Give the newer version of a notice (its stored bytes) that says that it counts no more; signed as the notice was."""
    before = json.loads(body)
    del before["extensions"][SIGNATURE]
    later = max(now, datetime.fromisoformat(before["modified"]) + timedelta(milliseconds=1))
    return _signed(before | {"modified": _milliseconds(later), "revoked": True}, owner_id, facets, key, now)


def _milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _signed(
    value: dict[str, Any], owner_id: str, facets: frozenset[tuple[str, str]], key: SigningKey, now: datetime
) -> CheckedObject:
    signed = sign_object(hub_stable(value), key, signer=value["created_by_ref"], signed_at=now)
    digest = hashlib.sha256(signed_payload(signed)).digest()
    parsed = ParsedObject("", signed, canonical_bytes(signed))
    verified = VerifiedObject(parsed, owner_id, key.public.keyid, digest, Assurance.PUBLISHER_SIGNED)
    return CheckedObject(verified, _facts(value, facets))


def _facts(value: dict[str, Any], facets: frozenset[tuple[str, str]]) -> ObjectFacts:
    """Give what is kept beside a notice: no references, since what it names is gone and must not narrow it."""
    return ObjectFacts(
        stix_id=value["id"],
        type=TYPE,
        spec_version="2.1",
        version=value["modified"],
        version_key=timestamp_key(value["modified"]),
        created_by_ref=value["created_by_ref"],
        references=frozenset(),
        marking_refs=frozenset({_AMBER}),
        context=ObjectContext(),
        sensitivity_floor=Sensitivity.AGGREGATE,
        names_person=False,
        profile=Profile.STIX,
        created_key=timestamp_key(value["created"]),
        is_revoked=value.get("revoked") is True,
        defines=None,
        facets=facets,
        confidence=None,
        valid_from=None,
        valid_until=None,
    )
