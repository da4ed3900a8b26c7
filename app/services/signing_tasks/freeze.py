"""Freezing what is to be signed: the document of a task, of which a signer may change nothing.

Owns the documents by kind. Of objects it is ``{"group_id", "objects"}``, each object unsigned and in the spelling that survives
other tools; of an answer to a notice it is the payload itself. The time in an answer is when the person decided: what an
answer holds back until a day is judged by then, and a later answer replaces it. Kept by
``tests/services/signing_tasks/test_freeze.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from app.domain.errors import MalformedInputError, UntrustedSignatureError
from app.domain.signing_task import digest_of
from app.domain.stix_object import JsonObject
from breakwater_client.documents.strict_json import MAX_OBJECTS
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.extensions import SIGNATURE
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.trust.canonical import canonical_bytes


def freeze_objects(objects: Sequence[JsonObject], group_id: str | None = None) -> dict[str, Any]:
    """Give the document of objects that are to be submitted, to a sharing group if one is named.

    Raises:
        MalformedInputError: none, or more than one submission takes.
        ProfileError: an object that other tools would respell, so that its signature broke.
        UntrustedSignatureError: an object that is signed already.
    """
    if not 1 <= len(objects) <= MAX_OBJECTS:
        raise MalformedInputError(f"One task has 1 to {MAX_OBJECTS} objects.", pointer="/objects")
    for place, value in enumerate(objects):
        if SIGNATURE in value.get("extensions", {}):
            raise UntrustedSignatureError("This object is signed already.", pointer=f"/objects/{place}")
    return {"group_id": group_id, "objects": [one if is_well_known(one) else hub_stable(one) for one in objects]}


def freeze_acknowledgement(payload: bytes) -> dict[str, Any]:
    """Give the document of an answer to a notice, of its payload as ``prepare_acknowledgement`` gives it (trusted)."""
    document: dict[str, Any] = json.loads(payload)
    return document


def document_digest(document: JsonObject) -> str:
    """Give the digest of a document, as whoever approves it, its task and its signer name it."""
    return digest_of(canonical_bytes(document))
