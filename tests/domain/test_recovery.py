from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.recovery import RECOVERY_LIVES, Recovery, RecoveryState
from tests.factories.policy_values import NOW

PROPOSED = Recovery("r", "p", None, "A lost phone.", "In person.", RecoveryState.PROPOSED, "first", NOW, NOW + RECOVERY_LIVES)


@pytest.mark.parametrize("state", [RecoveryState.PROPOSED, RecoveryState.AGREED])
def test_what_nobody_decided_or_used_lapses(state: RecoveryState) -> None:
    waiting = replace(PROPOSED, state=state)
    assert waiting.state_at(NOW) is state
    assert waiting.state_at(NOW + RECOVERY_LIVES) is RecoveryState.EXPIRED


@pytest.mark.parametrize("state", [RecoveryState.REFUSED, RecoveryState.USED])
def test_what_was_decided_stays_so(state: RecoveryState) -> None:
    assert replace(PROPOSED, state=state).state_at(NOW + RECOVERY_LIVES) is state
