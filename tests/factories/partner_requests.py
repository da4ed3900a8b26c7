"""Requests between partners, as their publishers write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from breakwater_client.extensions import ACCESS_OFFER, INFORMATION_REQUEST, OCSEA_CONTEXT, PRESERVATION_REQUEST
from breakwater_client.instant import instant_text
from tests.factories.stix_objects import stix_id

_EXTENSIONS = {"information-request": INFORMATION_REQUEST, "preservation-request": PRESERVATION_REQUEST}


def request_of(kind: str, recipients: Iterable[str], now: datetime, **changes: Any) -> dict[str, Any]:
    """Give a request to these identities, or to all readers; one to preserve needs its ``preserve_until``."""
    moment = instant_text(now)[:23] + "Z"
    value = {"type": kind, "spec_version": "2.1", "id": stix_id(kind), "created": moment, "modified": moment}
    value |= {"about_refs": [stix_id("indicator")], "request_state": "open"}
    named = list(recipients)
    value |= {"recipient_refs": named} if named else {}
    if kind == "preservation-request":
        value |= {"authority": "Synthetic agency, example.org", "legal_basis": "national-law:synthetic"}
    else:
        value |= {"question": "Was it seen again?", "purpose": "investigation"}
    return value | {"extensions": {_EXTENSIONS[kind]: {"extension_type": "new-sdo"}}} | changes


def offer_of(now: datetime, **changes: Any) -> dict[str, Any]:
    """Give an offer of access to some handles: which kinds there are, and what is considered."""
    moment = instant_text(now)[:23] + "Z"
    value = {"type": "access-offer", "spec_version": "2.1", "id": stix_id("access-offer"), "created": moment, "modified": moment}
    value |= {"observable_kinds": ["handle"], "count_band": "tens", "first_month": "2026-08", "last_month": "2026-10"}
    value |= {"considered_purposes": ["detection", "investigation"], "respond_within_days": 14}
    context = {"extension_type": "property-extension", "harm_types": ["csam"], "sensitivity": "aggregate"}
    context |= {"surfaces": ["direct-message"], "behaviours": ["OP-012"]}
    return value | {"extensions": {ACCESS_OFFER: {"extension_type": "new-sdo"}, OCSEA_CONTEXT: context}} | changes
