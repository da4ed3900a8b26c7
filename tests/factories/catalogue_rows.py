"""Rows of the catalogue to test storage and policy with."""

from __future__ import annotations

import uuid
from typing import Any

from app.domain.catalogue_proposal import EntryKind, Proposal, ProposalKind, Review, Verdict
from app.storage.catalogue_releases import CatalogueObject, KeptRelease
from tests.factories.policy_values import NOW


def kept_release(number: int = 1) -> KeptRelease:
    """Give a release of which nothing but its number counts."""
    return KeptRelease(number, f'{{"release":{number}}}', f"{number:064}", "{}", NOW, 7, None)


def catalogue_object(position: int, release: int = 1, **changes: Any) -> CatalogueObject:
    """Give a version of an object."""
    version = f"2026-01-0{release}T00:00:00.000Z"
    values = {"stix_id": f"attack-pattern--{position}", "version": version, "version_key": version.removesuffix(".000Z")}
    return CatalogueObject(position=position, release=release, added_at=NOW, content=b"{}", **values | changes)


def proposal(**changes: Any) -> Proposal:
    """Give a proposal of the exchange's own people to change a behaviour."""
    values: dict[str, Any] = {
        "proposal_id": str(uuid.uuid4()),
        "kind": ProposalKind.CHANGE,
        "entry": EntryKind.BEHAVIOUR,
        "code": "OP-001",
        "document": "{}",
        "reason": "It reads better so.",
        "based_on": 1,
        "partner_id": None,
        "person_id": None,
        "credential_id": "credential",
        "proposed_at": NOW,
    }
    return Proposal(**values | changes)


def review(of: Proposal, **changes: Any) -> Review:
    """Give an approving review of a proposal by a partner's person."""
    values: dict[str, Any] = {
        "proposal_id": of.proposal_id,
        "organisation": "partner-a",
        "partner_id": "partner-a",
        "person_id": "person-a",
        "credential_id": "credential",
        "verdict": Verdict.APPROVE,
        "reason": "So do we see it.",
        "reviewed_at": NOW,
    }
    return Review(**values | changes)
