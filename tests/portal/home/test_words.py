from __future__ import annotations

from app.domain.object_vocabulary import FeedbackKind, FeedbackMark, FeedbackOutcome
from app.domain.vocabulary import Purpose
from app.portal.home.words import PURPOSES, SAID, SAID_OF_KIND


def test_each_purpose_is_offered_in_plain_words() -> None:
    assert set(PURPOSES) == set(Purpose)
    assert len(set(PURPOSES.values())) == len(Purpose)


def test_whatever_others_say_is_said() -> None:
    assert set(SAID_OF_KIND) == set(FeedbackKind)
    outcomes = {f"outcome:{one}" for one in FeedbackOutcome}
    marks = {f"mark:{one}" for one in FeedbackMark}
    assert outcomes | marks | {"sighting:seen", "sighting:not-seen"} == set(SAID)
