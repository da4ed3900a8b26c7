"""What clocks let a request ask, and which warnings are due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.partner_request import (
    ASK_AGAIN_AFTER,
    OUTCOMES,
    WARN_DAYS,
    Answer,
    DeclineReason,
    GrantWay,
    PartnerRequest,
    RequestKind,
    RequestOutcome,
    StatutoryClock,
    may_ask_again,
    still_stands,
    warnings_due,
    why_unfit,
)

NOW = datetime(2026, 11, 27, tzinfo=UTC)
DAY = timedelta(days=1)
CLOCK = StatutoryClock("c", "C", RequestKind.PRESERVATION, "a law", lasts=90 * DAY, renewal=30 * DAY)
REQUEST = PartnerRequest("r", "o", "i", 1, RequestKind.PRESERVATION, None, False, NOW, None, None)  # noqa: FBT003  # in the order of its fields


def test_each_kind_has_its_outcomes() -> None:
    assert OUTCOMES.keys() == set(RequestKind)
    assert frozenset().union(*OUTCOMES.values()) == set(RequestOutcome)


def test_a_clock_bounds_and_a_renewal_adds_once() -> None:
    assert CLOCK.latest_end(NOW, is_renewed=False) == NOW + 90 * DAY
    assert CLOCK.latest_end(NOW, is_renewed=True) == NOW + 120 * DAY
    assert StatutoryClock("c", "C", RequestKind.INFORMATION, "a law").latest_end(NOW, is_renewed=True) is None
    unrenewable = StatutoryClock("c", "C", RequestKind.PRESERVATION, "a law", lasts=DAY)
    assert unrenewable.latest_end(NOW, is_renewed=True) == NOW + DAY


def test_a_request_is_open_until_it_is_closed() -> None:
    assert REQUEST.is_open


@pytest.mark.parametrize(
    ("days", "warned", "due"),
    [(15, [], []), (14, [], [14]), (2, [14], [3]), (2, [], [14, 3]), (0.5, [14, 3, 1], []), (-1, [], [])],
)
def test_warnings_come_once_each_and_not_afterwards(days: float, warned: list[int], due: list[int]) -> None:
    assert warnings_due(NOW + timedelta(days=days), warned, NOW) == due
    assert set(due) <= set(WARN_DAYS)


def test_what_has_no_moment_warns_nobody() -> None:
    assert warnings_due(None, (), NOW) == []


GRANTED, DECLINED = RequestOutcome.GRANTED, RequestOutcome.DECLINED
WIDER, NOT_NOW = GrantWay.HANDLING, DeclineReason.NOT_NOW


@pytest.mark.parametrize(
    ("kind", "outcome", "more", "member"),
    [
        (RequestKind.INFORMATION, DECLINED, {}, None),
        (RequestKind.INFORMATION, DECLINED, {"reason": NOT_NOW}, "reason"),
        (RequestKind.INFORMATION, GRANTED, {"way": WIDER}, "outcome"),
        (RequestKind.ACCESS, RequestOutcome.PROVIDED, {}, "outcome"),
        (RequestKind.ACCESS, GRANTED, {}, "way"),
        (RequestKind.ACCESS, GRANTED, {"way": WIDER}, "object_ids"),
        (RequestKind.ACCESS, GRANTED, {"way": WIDER, "object_ids": ("note--1",)}, None),
        (RequestKind.ACCESS, GRANTED, {"way": GrantWay.SHARING_GROUP}, None),
        (RequestKind.ACCESS, GRANTED, {"way": GrantWay.SHARING_GROUP, "reason": NOT_NOW}, "reason"),
        (RequestKind.ACCESS, DECLINED, {"reason": NOT_NOW, "way": WIDER}, "way"),
        (RequestKind.ACCESS, DECLINED, {}, "reason"),
        (RequestKind.ACCESS, DECLINED, {"reason": NOT_NOW}, None),
    ],
)
def test_who_grants_access_says_how_and_who_declines_it_why(
    kind: RequestKind, outcome: RequestOutcome, more: dict[str, Any], member: str | None
) -> None:
    unfit = why_unfit(kind, Answer(outcome, NOW, **more))
    assert (None if unfit is None else unfit.member) == member


@pytest.mark.parametrize(
    ("changes", "is_answered", "days", "version", "stands", "again"),
    [
        ({}, False, 13, 1, True, False),
        ({}, False, 14, 1, False, True),  # it lapsed
        ({}, True, 1, 1, False, False),
        ({}, True, 14, 1, False, False),
        ({}, True, 1, 2, False, True),  # a newer offer
        ({}, True, 30, 1, False, True),
        ({"closed_at": NOW}, False, 1, 1, False, False),
        ({"closed_at": NOW}, False, 14, 1, False, False),
        ({"due_at": None}, False, 29, 1, True, False),
    ],
)
def test_access_is_asked_once_until_it_is_settled(
    changes: dict[str, Any], *, is_answered: bool, days: int, version: int, stands: bool, again: bool
) -> None:
    request, now = replace(REQUEST, **{"due_at": NOW + 14 * DAY} | changes), NOW + days * DAY
    assert ASK_AGAIN_AFTER == 30 * DAY
    assert still_stands(request, is_answered=is_answered, now=now) is stands
    assert may_ask_again(request, version, is_answered=is_answered, now=now) is again
