"""The ledger's value: one committed row for each non-empty answer that left the exchange.

Owns the value; writing and reading it is in ``app/storage/disclosures.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.vocabulary import Channel, Extent, Purpose


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Who was given which versions, when, why, by which way and under which rule.

    ``version_ids`` are the exchange's row ids of object versions, exact and in ascending order. ``extent`` says how much of them
    left, ``position`` the last place of the order in the snapshot that was read; both None in rows from before that was kept.
    """

    partner_id: str
    credential_id: str
    purpose: Purpose
    channel: Channel
    agreement_version: int
    policy_epoch: int
    disclosed_at: datetime
    version_ids: tuple[int, ...]
    extent: Extent | None = None
    position: int | None = None
