"""Which objects are feedback, and what they say: sighting, opinion, and note with a mark.

Owns the reading. The object has passed schema and profile before; whether what it is about is there is decided elsewhere.
Kept by ``tests/stix/test_feedback.py``.
"""

from __future__ import annotations

from app.domain.feedback import Feedback
from app.domain.object_vocabulary import FeedbackKind
from app.domain.stix_object import JsonObject
from breakwater_client.extensions import DISPOSITION, DISPUTE, FEEDBACK_MARK

SEEN = "seen"
NOT_SEEN = "not-seen"


def feedback_of(value: JsonObject) -> Feedback | None:
    """Give what a checked object says of others; None: it is no feedback."""
    extensions = value.get("extensions", {})
    if value["type"] == "sighting":
        return _sighting(value, extensions.get(DISPOSITION))
    if value["type"] == "opinion":
        dispute = extensions.get(DISPUTE)
        kind = FeedbackKind.OPINION if dispute is None else FeedbackKind.DISPUTE
        word = value["opinion"] if dispute is None else dispute["reason"]
        return Feedback(kind, word, frozenset(value["object_refs"]), is_bound=dispute is not None)
    if value["type"] == "note" and FEEDBACK_MARK in extensions:
        return Feedback(FeedbackKind.MARK, extensions[FEEDBACK_MARK]["mark"], frozenset(value["object_refs"]), is_bound=True)
    return None


def _sighting(value: JsonObject, disposition: JsonObject | None) -> Feedback:
    subjects = frozenset({value["sighting_of_ref"]})
    if disposition is not None and "outcome" in disposition:
        return Feedback(FeedbackKind.OUTCOME, disposition["outcome"], subjects, is_bound=True)
    word = NOT_SEEN if value.get("count") == 0 else SEEN
    return Feedback(FeedbackKind.SIGHTING, word, subjects, is_bound=disposition is not None)
