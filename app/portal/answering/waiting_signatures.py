"""What became of what somebody decided here and their partner's key has to sign, in words.

Kept by ``tests/portal/answering/test_waiting_signatures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.permissions import Permission
from app.domain.signing_task import SigningTask, TaskState
from app.portal.answering.beside import may
from app.portal.plain_words import badge_of, called
from app.services.signing_tasks.look_up import SeenTask, tasks_about
from app.services.signing_tasks.take_back import may_take_back
from app.web.context import exchange, principal

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task in words: its state, how that looks, and why it was not taken, if it was not.

    ``is_mine``: who is signed in may take it back.
    """

    task: SigningTask
    state: TaskState
    words: str
    badge: str
    why: Sequence[str]
    is_mine: bool

    @property
    def waits(self) -> bool:
        """Whether nobody has signed it yet."""
        return self.state is TaskState.WAITING


def signatures_for(subject: str) -> list[ShownTask]:
    """Give what was decided about a notice or an object, the newest first; nothing for who may not see it."""
    if not may(Permission.SIGNING_TASKS_READ):
        return []
    found = tasks_about(exchange(), principal(), subject)[:MOST_SHOWN]
    return [_shown(one) for one in found]


def _shown(one: SeenTask) -> ShownTask:
    why, is_mine = [each.sentence for each in one.task.refusals], may_take_back(principal(), one.task)
    return ShownTask(one.task, one.state, called(one.state), badge_of(one.state), why, is_mine)
