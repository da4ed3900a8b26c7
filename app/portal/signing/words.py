"""What kinds and states of signing tasks mean, as people say it.

Owns the wording; each word of a closed list has one. Kept by ``tests/portal/signing/test_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.object_vocabulary import ContestOutcome, RecallOutcome
from app.domain.signing_task import TaskKind, TaskState

KINDS: Mapping[TaskKind, str] = {
    TaskKind.OBJECTS: "Sharing with others",
    TaskKind.RECALL_ACKNOWLEDGEMENT: "Answer to a recall",
}
STATES: Mapping[TaskState, tuple[str, str]] = {
    TaskState.WAITING: ("waits for the signature", "warning"),
    TaskState.DONE: ("signed and done", "good"),
    TaskState.REFUSED: ("signed, but not taken", "problem"),
    TaskState.TAKEN_BACK: ("taken back", ""),
    TaskState.LAPSED: ("nobody signed it in time", "problem"),
}
"""Each with the kind of badge that it has."""
OUTCOMES: Mapping[str, str] = {
    RecallOutcome.DELETED: "deleted",
    RecallOutcome.HELD: "kept, because it must be",
    RecallOutcome.NOT_HELD: "not held",
    RecallOutcome.STOPPED_USING: "not used any more",
    ContestOutcome.CORRECTED: "changed or removed",
    ContestOutcome.KEPT: "looked at again, and stays",
}
"""What an answer says was done with what a recall calls back."""
