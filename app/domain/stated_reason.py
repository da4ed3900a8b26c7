"""Why somebody was shut out or something was ended: what whoever did it said, in their own words.

Owns the values only; who reads them is ``services/membership/state_reason.py``'s. Kept by ``tests/domain/test_stated_reason.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

LONGEST_REASON = 500  # characters


@unique
class Stop(StrEnum):
    """What was stopped. Alphabetical, never reused."""

    AGREEMENT_END = "agreement-end"
    AGREEMENT_SUSPENSION = "agreement-suspension"
    CREDENTIAL_REVOCATION = "credential-revocation"
    PARTNER_END = "partner-end"
    PARTNER_SUSPENSION = "partner-suspension"


@dataclass(frozen=True, slots=True)
class StatedReason:
    """Why one thing was stopped. ``subject`` is the id of the partner or credential, or the number of the agreement's version.

    ``partner_id`` None: a credential of the exchange's own. ``person_id`` None: a machine said it.
    """

    stop: Stop
    subject: str
    partner_id: str | None
    person_id: str | None
    said_at: datetime
    reason: str = field(repr=False)
