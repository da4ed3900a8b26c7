"""Plain STIX 2.1 objects that are valid under the ``ocsea`` profile, for tests to vary. Unsigned; nothing in them is real.

Ids are random unless given; ``seed`` makes them and the text repeatable.
"""

from __future__ import annotations

import random
import uuid
from typing import Any

from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT

CREATED = "2026-01-05T10:00:00.000Z"
TLP_AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
TLP_GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
TLP_RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1 §2.9, deterministic ids of observables


def stix_id(kind: str, rng: random.Random | None = None) -> str:
    number = rng.getrandbits(128) if rng else uuid.uuid4().int
    return f"{kind}--{uuid.UUID(int=number, version=4)}"


def context(**changes: Any) -> dict[str, Any]:
    stated = {
        "extension_type": "property-extension",
        "harm_types": ["live-streamed-csa"],
        "sensitivity": "behavioural",
        "surfaces": ["live-stream"],
        "subject_status": "unknown",
        "review": "human-reviewed",
        "provenance": "behavioural-rule",
    }
    return {OCSEA_CONTEXT: {name: value for name, value in (stated | changes).items() if value is not None}}


def _common(kind: str, rng: random.Random | None) -> dict[str, Any]:
    return {"type": kind, "spec_version": "2.1", "id": stix_id(kind, rng), "created": CREATED, "modified": CREATED}


def indicator(rng: random.Random | None = None, *, stated: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    number = rng.randrange(10**6) if rng else 1
    return (
        _common("indicator", rng)
        | {
            "name": "Repeated short-lived rooms",
            "description": "Rooms that open and close within minutes, announced by the same invite link.",
            "indicator_types": ["anomalous-activity"],
            "pattern": f"[url:value = 'https://rooms.example.org/{number}']",
            "pattern_type": "stix",
            "valid_from": CREATED,
            "kill_chain_phases": [{"kill_chain_name": "ocsea-disruption", "phase_name": "live-abuse-facilitation"}],
            "extensions": context() if stated is None else stated,
        }
        | changes
    )


def user_account(login: str = "account-1", **changes: Any) -> dict[str, Any]:
    number = uuid.uuid5(_NAMESPACE, f'{{"account_login":"{login}"}}')
    stated = {"type": "user-account", "spec_version": "2.1", "id": f"user-account--{number}", "account_login": login}
    return stated | {"extensions": context(sensitivity="identifying")} | changes


def report(refs: list[str], **changes: Any) -> dict[str, Any]:
    stated = {"name": "What one week showed", "report_types": ["observed-data"], "published": CREATED, "object_refs": refs}
    return _common("report", None) | stated | {"extensions": context()} | changes


def marking(audience_id: str | None = None, *, tlp: str = "amber", **terms: Any) -> dict[str, Any]:
    stated: dict[str, Any] = {"extension_type": "property-extension", "tlp": tlp} | terms
    if audience_id is not None:
        stated["audience_id"] = audience_id
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": stix_id("marking-definition"),
        "created": CREATED,
        "extensions": {HANDLING: stated},
    }


def newer(value: dict[str, Any], modified: str = "2026-01-06T10:00:00.000Z", **changes: Any) -> dict[str, Any]:
    """The next version of an object, unsigned."""
    extensions = {key: stated for key, stated in value.get("extensions", {}).items() if "signatures" not in stated}
    return value | {"modified": modified, "extensions": extensions} | changes
