from __future__ import annotations

from app.domain.recovery import RecoveryState
from app.portal.recovering.words import STATES


def test_every_state_has_words_of_its_own() -> None:
    assert set(STATES) == set(RecoveryState)
    assert len({words for words, _ in STATES.values()}) == len(STATES)
