from __future__ import annotations

import hashlib
from dataclasses import replace

from app.domain.signing_task import TASKS_WAIT, SigningTask, TaskKind, TaskState, digest_of
from tests.factories.policy_values import NOW, SECOND

TASK = SigningTask("task", TaskKind.OBJECTS, "partner", "draft", "0" * 64, "{}", "person", NOW)


def test_what_nobody_signs_in_time_has_lapsed() -> None:
    assert TASK.lapses_at == NOW + TASKS_WAIT
    assert TASK.state_at(TASK.lapses_at - SECOND) is TaskState.WAITING
    assert TASK.state_at(TASK.lapses_at) is TaskState.LAPSED


def test_what_is_settled_stays_so() -> None:
    for state in set(TaskState) - {TaskState.WAITING}:
        assert replace(TASK, state=state).state_at(TASK.lapses_at) is state


def test_a_digest_is_the_sha_256_of_the_document() -> None:
    assert digest_of(b"{}") == hashlib.sha256(b"{}").hexdigest()
