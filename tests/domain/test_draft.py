from __future__ import annotations

from dataclasses import replace

from app.domain.draft import Corrects, Draft, DraftState
from tests.factories.policy_values import NOW

EMPTY = Draft("d", "p", "a", DraftState.OPEN, 1, NOW, NOW)


def test_a_draft_may_say_nothing_yet() -> None:
    assert EMPTY.document == {}
    assert EMPTY.title == ""
    assert not EMPTY.is_urgent
    assert EMPTY.frozen_document == {}


def test_a_draft_is_called_as_its_form_says_and_urgent_where_a_child_may_be_in_danger() -> None:
    said = replace(EMPTY, form='{"what":{"title":"Rooms"},"urgency":"imminent-risk"}', frozen='{"objects":[]}')
    assert (said.title, said.is_urgent, said.frozen_document) == ("Rooms", True, {"objects": []})


def test_what_is_printed_of_a_draft_says_nothing_of_its_content() -> None:
    said = replace(EMPTY, form='{"what":{"title":"Rooms"}}', frozen="Rooms", remark="Rooms")
    assert "Rooms" not in repr(said)


def test_a_correction_names_what_it_corrects() -> None:
    said = replace(EMPTY, form='{"corrects":{"stix_id":"i","version":"v","reason":"outdated"}}')
    assert said.corrects == Corrects("i", "v", "outdated")
    assert EMPTY.corrects is None
