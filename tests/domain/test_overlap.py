from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.overlap import DECONFLICTION, Interest, InterestKind, Meeting, scoped_input

NOW = datetime(2026, 11, 27, tzinfo=UTC)
INTEREST = Interest("i", "p", "e", b"digest", InterestKind.INVESTIGATION, "c", NOW + timedelta(days=1), NOW)


def test_inputs_of_other_scopes_kinds_and_values_differ() -> None:
    said = {
        scoped_input(scope, kind, value)
        for scope in (DECONFLICTION, "group")
        for kind in ("phone", "email")
        for value in ("1", "2")
    }
    assert len(said) == 8


def test_an_interest_stands_until_it_lapses_or_is_withdrawn() -> None:
    assert INTEREST.stands(NOW)
    assert not INTEREST.stands(INTEREST.until)
    assert not replace(INTEREST, ended_at=NOW).stands(NOW)
    assert "digest" not in repr(INTEREST)


def test_each_side_of_a_meeting_finds_its_own_interest_and_the_other_partner() -> None:
    meeting = Meeting("m", "i", "A", "j", "B", NOW, NOW)
    assert meeting.other_side("A") == ("i", "B")
    assert meeting.other_side("B") == ("j", "A")
