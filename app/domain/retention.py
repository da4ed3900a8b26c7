"""How long what is submitted may be stored: at most so many days from its admission, by what kinds of thing are in it.

Owns the published table (``docs/retention.md`` repeats it: ``tests/promises/test_retention_document.py`` keeps both equal), and
the rule: the shortest of the kinds that an object has in it counts; where none is, how near the object comes to a person. An
exchange may shorten these times and never lengthen them. ``valid_until`` is the publisher's word on when to stop detecting, this
is about storing. Kept by ``tests/domain/test_retention.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.errors import BreakwaterError
from app.domain.vocabulary import Sensitivity

MOST_DAYS: Mapping[str, int] = {
    "blinded-identifier": 730,
    "domain-name": 365,
    "email-addr": 730,
    "email-message": 730,
    "file": 3650,
    "ipv4-addr": 180,
    "ipv6-addr": 180,
    "mac-addr": 180,
    "network-traffic": 180,
    "payment-handle": 730,
    "perceptual-hash": 3650,
    "url": 365,
    "user-account": 730,
    Sensitivity.IDENTIFYING.value: 730,
    Sensitivity.BEHAVIOURAL.value: 3650,
}
"""Most days by kind: STIX types, and for what has none of these in it, its sensitivity. What is only aggregate has no end."""

KINDS = frozenset(MOST_DAYS) - {one.value for one in Sensitivity}
"""The object types among them."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """The table as an exchange applies it: ``shorter`` are its own days for some of the kinds.

    Raises:
        BreakwaterError: a kind that the table does not have, or days that are none or longer than the table's.
    """

    shorter: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no shortening."""
        for kind, days in self.shorter.items():
            if not 1 <= days <= MOST_DAYS.get(kind, 0):
                raise BreakwaterError("Retention is only made shorter, of kinds that the published table has.")

    @property
    def days(self) -> Mapping[str, int]:
        """Give the table in force."""
        return {**MOST_DAYS, **self.shorter}

    def retain_until(self, kinds: Collection[str], sensitivity: Sensitivity, admitted_at: datetime) -> datetime | None:
        """Give until when an object with these kinds in it may be stored; None without an end. Other kinds do not count."""
        days = self.days
        named = [days[kind] for kind in kinds if kind in KINDS]
        if named:
            return admitted_at + timedelta(days=min(named))
        if sensitivity is Sensitivity.AGGREGATE:
            return None
        return admitted_at + timedelta(days=days[sensitivity.value])
