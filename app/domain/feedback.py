"""What one partner says of what another published: kind, word, and what it is about.

Owns the values, and the names under which they are found again (facets). Kept by ``tests/domain/test_feedback.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.object_vocabulary import FeedbackKind

FEEDBACK = "feedback"
"""Facet of feedback: its kind, and its kind with its word (``outcome:no-match``)."""
FEEDBACK_ON = "feedback-on"
"""Facet of feedback: the partner whose object it is about."""
FEEDBACK_ABOUT = "feedback-about"
"""Facet of feedback: what it is about, as ``name_of`` names it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What an object says of others. ``is_bound``: it carries one of our words, so that its publisher must be told."""

    kind: FeedbackKind
    word: str
    subjects: frozenset[str]
    is_bound: bool


def name_of(stix_id: str) -> str:
    """Give a STIX id in 64 characters, however long it is."""
    return hashlib.sha256(stix_id.encode()).hexdigest()


def word_of(kind: FeedbackKind, word: str) -> str:
    """Give kind and word together."""
    return f"{kind.value}:{word}"


def facets_of(feedback: Feedback, statements: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Give the facets of feedback on statements, each an owner and an id; on none it has none."""
    stated = list(statements)
    if stated:
        yield FEEDBACK, feedback.kind.value
        yield FEEDBACK, word_of(feedback.kind, feedback.word)
    for owner_id, stix_id in stated:
        yield FEEDBACK_ON, owner_id
        yield FEEDBACK_ABOUT, name_of(stix_id)
