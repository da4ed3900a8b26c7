"""Which objects say something of others."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.feedback import Feedback
from app.domain.object_vocabulary import FeedbackKind
from app.stix.feedback import feedback_of
from breakwater_client.extensions import DISPOSITION, DISPUTE, FEEDBACK_MARK

IT = "indicator--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"
SIGHTING = {"type": "sighting", "sighting_of_ref": IT}
OPINION = {"type": "opinion", "opinion": "agree", "object_refs": [IT]}
NOTE = {"type": "note", "object_refs": [IT]}


@pytest.mark.parametrize(
    ("value", "kind", "word", "is_bound"),
    [
        (SIGHTING, FeedbackKind.SIGHTING, "seen", False),
        (SIGHTING | {"count": 0}, FeedbackKind.SIGHTING, "not-seen", False),
        (SIGHTING | {"extensions": {DISPOSITION: {"disposition": "confirmed"}}}, FeedbackKind.SIGHTING, "seen", True),
        (SIGHTING | {"extensions": {DISPOSITION: {"outcome": "no-match"}}}, FeedbackKind.OUTCOME, "no-match", True),
        (OPINION, FeedbackKind.OPINION, "agree", False),
        (OPINION | {"extensions": {DISPUTE: {"reason": "outdated"}}}, FeedbackKind.DISPUTE, "outdated", True),
        (NOTE | {"extensions": {FEEDBACK_MARK: {"mark": "ingested"}}}, FeedbackKind.MARK, "ingested", True),
    ],
)
def test_what_an_object_says(value: dict[str, Any], kind: FeedbackKind, word: str, is_bound: bool) -> None:  # noqa: FBT001  # a column of the table
    assert feedback_of(value) == Feedback(kind, word, frozenset({IT}), is_bound=is_bound)


@pytest.mark.parametrize("value", [NOTE, {"type": "indicator"}, {"type": "report", "object_refs": [IT]}])
def test_what_is_no_feedback(value: dict[str, Any]) -> None:
    assert feedback_of(value) is None
