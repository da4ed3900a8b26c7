from __future__ import annotations

from app.domain.signing_task import TaskState
from app.portal.answering.waiting_signatures import STATES


def test_each_state_has_words() -> None:
    assert set(STATES) == set(TaskState)
