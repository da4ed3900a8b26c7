"""The kinds of document that are signed.

Owns the names that go into the pre-authentication encoding (``envelope.pae``), one per kind, so that a signature of one kind
never verifies as another. Kept by ``tests/client/trust/test_payload_type.py``.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class PayloadType(StrEnum):
    """What a signed payload is. ASCII, alphabetical, never reused; every payload so far is RFC 8785 canonical JSON."""

    AGREEMENT = "application/vnd.breakwater.agreement+json"
    ATTESTATION = "application/vnd.breakwater.attestation+json"
    AUDIENCE = "application/vnd.breakwater.audience+json"
    CATALOGUE_RELEASE = "application/vnd.breakwater.catalogue-release+json"
    EXPORT_MANIFEST = "application/vnd.breakwater.export-manifest+json"
    KEY_DIRECTORY = "application/vnd.breakwater.key-directory+json"
    KEY_ROTATION = "application/vnd.breakwater.key-rotation+json"
    POSSESSION = "application/vnd.breakwater.possession+json"
    PREVENTION_RELEASE = "application/vnd.breakwater.prevention-release+json"
    RECALL_ACKNOWLEDGEMENT = "application/vnd.breakwater.recall-acknowledgement+json"
    RECEIPT = "application/vnd.breakwater.receipt+json"
    STIX_OBJECT = "application/vnd.breakwater.stix-object+json"
