"""What receipts say of erased objects: it is taken out, and with it the exchange's signature, which was over all of it.

Owns the wording of what is left: results keep their place, decision and log index, ids and digests go, and the document names the
leaves for whose sake. Whoever submitted holds the receipt that it was given. Kept by
``tests/services/retention/test_erased_receipts.py``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.storage.submissions import KeptSubmission
from breakwater_client.trust.canonical import canonical_bytes

_OF_AN_ERASED_ONE = ("pointer", "decision", "log_index")


@dataclass(frozen=True, slots=True)
class Gone:
    """What no receipt may name any more: log indexes of erased versions, and ids under which nothing of their owner is left."""

    log_indexes: frozenset[int]
    stix_ids: frozenset[str]


def without(kept: KeptSubmission, gone: Gone) -> KeptSubmission | None:
    """Give a submission of which nothing names what is gone; None if nothing does as it is."""
    document = json.loads(base64.b64decode(kept.receipt["payload"]))
    objects = [_without(one, gone) for one in document["objects"]]
    refused = None if kept.refused is None else tuple((None, None) if one[0] in gone.stix_ids else one for one in kept.refused)
    if refused == kept.refused and objects == document["objects"]:
        return None
    if objects == document["objects"]:
        return replace(kept, refused=refused)
    named = {one.get("log_index") for one in document["objects"]} & gone.log_indexes
    erased = sorted({*document.get("erased", ()), *(named or {min(gone.log_indexes)})})
    payload = canonical_bytes({**document, "objects": objects, "erased": erased})
    receipt = {"payloadType": kept.receipt["payloadType"], "payload": base64.b64encode(payload).decode(), "signatures": []}
    return replace(kept, receipt=receipt, refused=refused)


def _without(result: Mapping[str, Any], gone: Gone) -> Mapping[str, Any]:
    if result.get("log_index") in gone.log_indexes:
        return {name: result[name] for name in _OF_AN_ERASED_ONE}
    narrowing = result.get("narrowed_by")
    if not narrowing or gone.stix_ids.isdisjoint(narrowing):
        return result
    left = [one for one in narrowing if one not in gone.stix_ids]
    rest = {name: value for name, value in result.items() if name != "narrowed_by"}
    return rest | ({"narrowed_by": left} if left else {})
