"""A signing task as its pages show it: what it is in words, who decided it, and what became of it.

Kept by ``tests/portal/signing/test_shown_tasks.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.object_vocabulary import ContestOutcome, RecallOutcome
from app.domain.signing_task import SigningTask, TaskKind, TaskState
from app.portal.plain_words import badge_of, called, type_words
from app.services.signing_tasks.look_up import SeenTask

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is signed: what kind of thing it is, and what it is called."""

    what: str
    called: str


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task in words. ``lines`` are what is signed while it waits, at most ``MOST_LINES``; ``counts`` count all of it."""

    task: SigningTask
    state: TaskState
    title: str
    badge: str
    state_words: str
    counts: Sequence[tuple[str, int]] = ()
    lines: Sequence[Line] = ()

    @property
    def waits(self) -> bool:
        """Whether it can still be signed or taken back."""
        return self.state is TaskState.WAITING


def shown_task(seen: SeenTask) -> ShownTask:
    """Give a task in words."""
    lines = [] if seen.task.document is None else _lines(seen.task.kind, json.loads(seen.task.document))
    counts = sorted(Counter(one.what for one in lines).items())
    kind, state = called(seen.task.kind), called(seen.state)
    return ShownTask(seen.task, seen.state, kind, badge_of(seen.state), state, counts, lines[:MOST_LINES])


def _lines(kind: TaskKind, document: Mapping[str, Any]) -> list[Line]:
    if kind is TaskKind.OBJECTS:
        return [Line(type_words(str(one["id"])), _called(one)) for one in document["objects"]]
    return [Line(called(_outcome(str(one["outcome"]))), type_words(str(one["stix_id"]))) for one in document["outcomes"]]


def _called(value: Mapping[str, Any]) -> str:
    """Give what an object calls itself, with addresses that nobody follows by mistake."""
    named = next((str(value[name]) for name in ("name", "value", "user_id", "pattern", "opinion") if value.get(name)), "")
    return named.replace("://", "[://]").replace(".", "[.]").replace("http", "hxxp") if "name" not in value else named


def _outcome(word: str) -> RecallOutcome | ContestOutcome:
    """Give what was done, whichever of the two lists says so; their common word means the same."""
    return RecallOutcome(word) if word in set(RecallOutcome) else ContestOutcome(word)
