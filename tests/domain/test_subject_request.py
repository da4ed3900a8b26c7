from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.object_vocabulary import ContestReason
from app.domain.subject_request import (
    ANSWERING,
    CORRECTING,
    EXTENDING,
    REJECTING,
    Selector,
    SelectorKind,
    SubjectGround,
    SubjectRequest,
    SubjectRight,
    SubjectState,
    months_after,
    next_warning,
)

AT = datetime(2026, 3, 31, 10, tzinfo=UTC)
REQUEST = SubjectRequest("r", "DP-1", SubjectRight.ACCESS, AT, AT, SubjectState.OPEN, "person-a", AT)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-03-01", 1, "2026-04-01"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_of_a_shorter_month(start: str, months: int, end: str) -> None:
    at = datetime.fromisoformat(f"{start}T10:00:00Z")
    assert months_after(at, months) == datetime.fromisoformat(f"{end}T10:00:00Z")


def test_warnings_come_a_week_before_at_the_deadline_and_daily_for_a_month() -> None:
    due = [next_warning(AT, number) for number in range(33)]
    assert due[:4] == [AT - timedelta(days=7), AT, AT + timedelta(days=1), AT + timedelta(days=2)]
    assert due[30] == AT + timedelta(days=29)
    assert due[31:] == [None, None]


def test_a_request_is_settled_by_an_answer_or_by_being_closed() -> None:
    assert not REQUEST.is_settled
    assert replace(REQUEST, answered_at=AT).is_settled
    assert replace(REQUEST, state=SubjectState.CLOSED).is_settled


def test_selectors_and_salt_are_in_no_text_form() -> None:
    selector = Selector(SelectorKind.HANDLE, "somebody-77", "example-chat")
    for text in (repr(selector), repr(replace(REQUEST, selectors=(selector,), salt=b"somebody-77"))):
        assert "somebody-77" not in text
        assert "example-chat" not in text


def test_every_ground_belongs_to_an_act_and_none_extends_and_answers() -> None:
    assert set(SubjectGround) == ANSWERING | CORRECTING | EXTENDING | REJECTING
    assert {str(ground) for ground in CORRECTING} == {str(reason) for reason in ContestReason}
    assert not EXTENDING & (ANSWERING | REJECTING)
