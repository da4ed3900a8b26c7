"""The kinds of signed documents, as partners' own tools spell them."""

from __future__ import annotations

from breakwater_client.trust.payload_type import PayloadType


def test_the_kinds_are_the_published_ones() -> None:
    assert {kind.value for kind in PayloadType} == {
        "application/vnd.breakwater.agreement+json",
        "application/vnd.breakwater.attestation+json",
        "application/vnd.breakwater.audience+json",
        "application/vnd.breakwater.catalogue-release+json",
        "application/vnd.breakwater.export-manifest+json",
        "application/vnd.breakwater.key-directory+json",
        "application/vnd.breakwater.key-rotation+json",
        "application/vnd.breakwater.possession+json",
        "application/vnd.breakwater.prevention-release+json",
        "application/vnd.breakwater.recall-acknowledgement+json",
        "application/vnd.breakwater.receipt+json",
        "application/vnd.breakwater.stix-object+json",
    }


def test_the_kinds_are_ascii_in_order() -> None:
    assert all(kind.isascii() for kind in PayloadType)
    assert list(PayloadType) == sorted(PayloadType)
