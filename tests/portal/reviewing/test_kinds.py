from __future__ import annotations

from app.portal.reviewing.kinds import in_words


def test_what_is_in_a_draft_is_counted_in_words() -> None:
    assert in_words({"user-account": 2, "url": 1, "marking-definition": 4, "x-unheard": 1}) == [
        "2 accounts",
        "1 web address",
        "1 other thing",
    ]
    assert in_words({"identity": 1}) == ["nothing yet"]
