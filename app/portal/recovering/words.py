"""What the states of a recovery are called on pages. Kept by ``tests/portal/recovering/test_words.py``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.recovery import RecoveryState

STATES: Mapping[RecoveryState, tuple[str, str]] = MappingProxyType(
    {
        RecoveryState.AGREED: ("Agreed: the link waits to be used", "good"),
        RecoveryState.EXPIRED: ("Lapsed", ""),
        RecoveryState.PROPOSED: ("Waits for a second person", "warning"),
        RecoveryState.REFUSED: ("Refused or taken back", ""),
        RecoveryState.USED: ("Done: set up anew", "good"),
    }
)
"""The words for each state, and the badge that goes with them."""
