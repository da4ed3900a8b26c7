from __future__ import annotations

from app.domain.object_vocabulary import ContestOutcome, RecallOutcome
from app.domain.signing_task import TaskKind, TaskState
from app.portal.signing.words import KINDS, OUTCOMES, STATES


def test_every_word_of_a_task_is_said_in_words() -> None:
    assert KINDS.keys() == set(TaskKind)
    assert STATES.keys() == set(TaskState)
    assert OUTCOMES.keys() == {*map(str, RecallOutcome), *map(str, ContestOutcome)}
