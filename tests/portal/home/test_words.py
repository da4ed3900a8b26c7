from __future__ import annotations

from app.domain.object_vocabulary import FeedbackKind, FeedbackMark, FeedbackOutcome
from app.portal.home.words import SAID, SAID_OF_KIND


def test_whatever_others_say_is_said() -> None:
    assert set(SAID_OF_KIND) == set(FeedbackKind)
    outcomes = {f"outcome:{one}" for one in FeedbackOutcome}
    marks = {f"mark:{one}" for one in FeedbackMark}
    assert outcomes | marks | {"sighting:seen", "sighting:not-seen"} == set(SAID)
