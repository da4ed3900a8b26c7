"""Requests between partners, as their publishers write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.domain.extensions import INFORMATION_REQUEST, PRESERVATION_REQUEST
from app.domain.instant import instant_text
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
