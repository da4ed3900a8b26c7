"""Plain words of the first page for what others said of one's objects.

Kept by ``tests/portal/home/test_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.object_vocabulary import FeedbackKind

SAID: Mapping[str, tuple[str, str]] = {
    "sighting:seen": ("%(num)s time others looked and saw it", "%(num)s times others looked and saw it"),
    "sighting:not-seen": ("%(num)s time others looked and did not see it", "%(num)s times others looked and did not see it"),
    "outcome:actioned": ("%(num)s time somebody acted on it", "%(num)s times somebody acted on it"),
    "outcome:reported": ("%(num)s time it was reported", "%(num)s times it was reported"),
    "outcome:referred": ("%(num)s time it went to law enforcement", "%(num)s times it went to law enforcement"),
    "outcome:no-match": ("%(num)s time nothing matched", "%(num)s times nothing matched"),
    "outcome:match-not-violating": (
        "%(num)s time what matched broke no rule",
        "%(num)s times what matched broke no rule",
    ),
    "outcome:false-positive": ("%(num)s time it matched what it does not mean", "%(num)s times it matched what it does not mean"),
    "mark:ingested": ("%(num)s time somebody has it in use", "%(num)s times somebody has it in use"),
    "mark:reviewed": ("%(num)s time people looked at it", "%(num)s times people looked at it"),
}
"""What is said of feedback of one kind and word, in the order in which it is shown; of others ``SAID_OF_KIND`` says it."""
SAID_OF_KIND: Mapping[FeedbackKind, tuple[str, str]] = {
    FeedbackKind.SIGHTING: ("%(num)s sighting", "%(num)s sightings"),
    FeedbackKind.OUTCOME: ("%(num)s outcome", "%(num)s outcomes"),
    FeedbackKind.OPINION: ("%(num)s opinion was given", "%(num)s opinions were given"),
    FeedbackKind.DISPUTE: ("%(num)s time it was disputed", "%(num)s times it was disputed"),
    FeedbackKind.MARK: ("%(num)s mark", "%(num)s marks"),
}
