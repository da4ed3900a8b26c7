"""What a form came to, as a document: the same over REST and from the command line.

Owns the spelling; ``app/http/composer_payloads.py`` describes it. Kept by ``tests/services/composing/test_tell.py``.
"""

from __future__ import annotations

from typing import Any

from app.domain.composed import Composed


def composed_document(composed: Composed) -> dict[str, Any]:
    """Give the objects, what is told about each, warnings and refusals, without whom to call."""
    return {
        "objects": composed.objects,
        "told": [
            {
                "id": one.value["id"],
                "type": one.value["type"],
                "pointer": one.origin,
                "tier": one.tier.value,
                "sensitivity": one.sensitivity.value,
                "handling": one.handling,
            }
            for one in composed.made
        ],
        "warnings": [{"pointer": one.pointer, "detail": one.sentence} for one in composed.remarks],
        "refusals": [{"code": one.code.value, "detail": one.sentence, "pointer": one.pointer or ""} for one in composed.refusals],
        "group_id": composed.group_id,
    }
